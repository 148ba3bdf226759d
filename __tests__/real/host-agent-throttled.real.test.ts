import { join, resolve } from "node:path";
import { runProgram } from "../../src/rehearsal/program.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";

const PARTS = resolve(__dirname, "../../src/aws/nano/agent/lib/slipway");
const ACTION = "AmazonSSM.GetParameter";

const aws = new AwsDouble();
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  const { metadata, ssm } = await aws.start();
  environment = { PATH: process.env.PATH, SLIPWAY_METADATA: metadata, SLIPWAY_SSM: ssm };
  aws.putParameter("/shop/release", "value");
});

afterAll(() => aws.stop());

/** Asks as the agent does, without the seconds between two questions. */
const ask = async () => {
  const script = `. ${join(PARTS, "aws.sh")}; sleep() { :; }
ask_aws ssm ${ACTION} '{"Name":"/shop/release"}'; echo "$? $problem_kind"`;
  aws.calls.length = 0;
  const { stdout } = await runProgram("sh", ["-u", "-c", script], { env: environment });
  return { said: stdout.trim(), asked: aws.calls.length };
};

test.each(["ThrottlingException", "TooManyUpdates", "InternalServerError"])("asks again after %s", async (kind) => {
  aws.busy.set(ACTION, { kind, times: 3 });
  expect(await ask()).toEqual({ said: "0", asked: 4 });
});

test("gives up on an AWS that stays busy, and says so", async () => {
  aws.busy.set(ACTION, { kind: "ThrottlingException", times: 9 });
  expect(await ask()).toEqual({ said: "1 ThrottlingException", asked: 4 });
  aws.busy.clear();
});

test("asks once what AWS refuses for good", async () => {
  aws.refusals.set(ACTION, "AccessDeniedException");
  expect(await ask()).toEqual({ said: "1 AccessDeniedException", asked: 1 });
});
