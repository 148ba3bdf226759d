import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentHost } from "../aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { TestImages } from "../aws/nano/agent/test-images.ts";
import { request } from "./request-stream.ts";

const USER = "reader";
const [TOKEN, NEXT] = ['ghp_t0ken"with $HOME `x`', "ghp_the-next-0ne"];

/** A line of an htpasswd file, as a registry reads it. */
function line(password: string): string {
  const program =
    "import crypt, sys; print(crypt.crypt(sys.stdin.read(), crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))";
  const words = ["-W", "ignore", "-c", program];
  return `${USER}:${execFileSync("python3", words, { input: password, encoding: "utf8" }).trim()}\n`;
}

const images = new TestImages(undefined, line(TOKEN));
const aws = new AwsDouble();
const host = new AgentHost(aws);
const configuration = mkdtempSync(join(tmpdir(), "slipway-test-login-"));

function logIn(password: string): void {
  const auth = Buffer.from(`${USER}:${password}`).toString("base64");
  writeFileSync(join(configuration, "config.json"), JSON.stringify({ auths: { [images.address]: { auth } } }));
}

jest.setTimeout(120_000);
beforeAll(async () => {
  process.env.DOCKER_CONFIG = configuration;
  await images.start();
  await host.start();
  logIn(TOKEN);
});
afterAll(async () => {
  await host.stop();
  await images.stop();
  rmSync(configuration, { recursive: true, force: true });
});

const login = (id: string) => ({
  repository: images.repository,
  registry: images.address,
  username: USER,
  password: { from: "secrets-manager", id, version: "1" },
});
const release = (version: string, id?: string) =>
  host.release([{ name: "web", image: images.reference(version) }], id === undefined ? {} : { logins: [login(id)] });
const body = async () => (await request(host.port, "web.test")).body;
const asked = () => aws.calls.filter((call) => call.includes("GetSecretValue")).length;

test("an image of a private registry is pulled by a login that lives for the pull and that nobody sees", async () => {
  aws.putSecret("registry", `${TOKEN}\n`);
  const outcome = await release("1", "registry");
  expect(outcome).toMatchObject({ status: 0 });
  expect(await body()).toBe("version 1\n");
  expect(host.read("docker-configurations")).toMatch(/^600 \S+\/run\/slipway\/work\/login\/config\.json\n$/);
  expect(host.exists("run/slipway/work")).toBe(false);
  const auth = Buffer.from(`${USER}:${TOKEN}`).toString("base64");
  expect(host.read("processes")).toContain("docker pull");
  for (const secret of [TOKEN, auth, auth.slice(0, 20)]) {
    expect(outcome.lines.join("\n")).not.toContain(secret);
    expect(host.filesWith(secret)).toEqual([]);
  }
});

test.each([
  ["without a login", undefined, ": its registry wants a login: declare its pullLogin", 0],
  [
    "by one that the registry does not know",
    "stale",
    ` does not take the login of ${USER}: put one that may pull into stale`,
    2,
  ],
  ["by one that is nowhere", "nowhere", `the password of ${USER} for`, 1],
])("a pull %s fails the release for good, and what served serves on", async (_, id, reason, questions) => {
  aws.putSecret("stale", "st4le-token");
  const before = asked();
  const outcome = await release("2", id);
  expect(outcome).toMatchObject({ status: 1, last: expect.stringContaining(reason) });
  expect(asked() - before).toBe(questions);
  expect(await body()).toBe("version 1\n");
  expect(host.exists("run/slipway/work/login")).toBe(false);
  expect(host.filesWith("st4le-token")).toEqual([]);
});

test("a login that ends under way is read anew once", async () => {
  aws.putSecret("registry", TOKEN, NEXT);
  images.admit(line(NEXT));
  const before = asked();
  expect(await release("2", "registry")).toMatchObject({ status: 0 });
  expect(asked() - before).toBe(2);
  expect(await body()).toBe("version 2\n");
});

test("a run that is told to stop at the pull leaves no login", async () => {
  logIn(NEXT);
  host.write("end-at-pull", "");
  const outcome = await release("3", "registry");
  expect(outcome.status).toBe(75);
  expect(host.exists("run/slipway/work")).toBe(false);
  expect(host.filesWith(NEXT)).toEqual([]);
});
