import { execFile } from "node:child_process";
import { join } from "node:path";
import { NANO_PARTS } from "./agent-parts.ts";
import { AwsDouble } from "./aws-double.ts";
import { TxtRecord } from "./txt-record.ts";

const RECORD = "_acme-challenge.shop.example.com.";
const QUESTION = `/2013-04-01/hostedzone/Z1/rrset?maxitems=1&name=${RECORD}&type=TXT`;

let aws: AwsDouble;
let records: TxtRecord;
let env: NodeJS.ProcessEnv;

function hook(...words: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile("sh", [join(NANO_PARTS, "dns-challenge.sh"), "Z1", ...words], { env }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}
const put = (value: string) => hook("deploy_challenge", "shop.example.com", "token", value);
const take = (value: string) => hook("clean_challenge", "shop.example.com", "token", value);

beforeEach(async () => {
  aws = new AwsDouble();
  records = new TxtRecord(RECORD);
  const { metadata } = await aws.start();
  env = { ...process.env, SLIPWAY_METADATA: metadata, SLIPWAY_ROUTE53: await records.start(), SLIPWAY_PAUSE: "0" };
});
afterEach(async () => {
  await aws.stop();
  await records.stop();
});

test("a value is put, and waited for until every name server answers it", async () => {
  expect(await put("value-1_A")).toEqual({ code: 0, said: "" });
  expect(records.values).toEqual(["value-1_A"]);
  const change = "POST /2013-04-01/hostedzone/Z1/rrset/";
  const look = "GET /2013-04-01/change/C1";
  expect(records.asked).toEqual([`GET ${QUESTION}`, change, look, look]);
});

test("hosts of one name leave each other's values, and the time that those are kept", async () => {
  records.values = ["of-another-host"];
  records.ttl = 300;
  await put("mine");
  expect(records.values).toEqual(["of-another-host", "mine"]);
  expect(await take("mine")).toEqual({ code: 0, said: "" });
  expect(records).toMatchObject({ values: ["of-another-host"], ttl: 300 });
  await take("of-another-host");
  expect(records.values).toEqual([]);
});

test("what another host puts between the look and the change is not lost", async () => {
  records.values = ["first"];
  records.meanwhile = () => {
    records.values = ["first", "faster"];
  };
  expect((await put("mine")).code).toBe(0);
  expect(records.values).toEqual(["first", "faster", "mine"]);
});

test("a value that is gone is no reason to fail, nor is anything else that dehydrated calls its hook for", async () => {
  expect(await take("gone")).toEqual({ code: 0, said: "" });
  expect(await hook("this_hookscript_is_broken__dehydrated_is_working_fine")).toEqual({ code: 0, said: "" });
  expect(await hook("exit_hook", "")).toEqual({ code: 0, said: "" });
  expect(records.values).toEqual([]);
});

test("it gives up in Route 53's words, as dehydrated's errors begin", async () => {
  records.meanwhile = undefined;
  jest.spyOn(records, "answer").mockReturnValue([403, "<Error><Message>not authorized to change it</Message></Error>"]);
  expect(await put("mine")).toEqual({
    code: 1,
    said: "ERROR: _acme-challenge.shop.example.com: Route 53 says HTTP 403 not authorized to change it\n",
  });
});

test("a host without a role says so", async () => {
  aws.hasRole = false;
  expect(await put("mine")).toEqual({ code: 1, said: expect.stringContaining("this instance has no role") });
});
