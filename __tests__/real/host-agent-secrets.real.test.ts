import { AgentHost } from "../aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { TestImages } from "../aws/nano/agent/test-images.ts";
import { request } from "./request-stream.ts";

const images = new TestImages();
const aws = new AwsDouble();
const host = new AgentHost(aws);
const PASSWORD = "pass'w\"ord $HOME {x} #1";
const FILE = "line 1\nline 2\n";

jest.setTimeout(120_000);
beforeAll(async () => {
  await images.start();
  await host.start();
});
afterAll(async () => {
  await host.stop();
  await images.stop();
});

const service = (secrets: object) => ({ name: "web", image: images.reference("1"), secrets }) as never;

test("a container gets its secrets as they are, and the host keeps none", async () => {
  aws.putParameter("/app/password", PASSWORD);
  aws.putSecret("app", JSON.stringify({ certificate: FILE }));
  const outcome = await host.release([
    service({
      DB_PASSWORD: { kind: "parameter", id: "/app/password" },
      certificate: { kind: "secrets-manager", id: "app", key: "certificate", as: "file" },
    }),
  ]);
  expect(outcome.status).toBe(0);
  const seen = (await request(host.port, "web.test", "/cgi-bin/env")).body;
  expect(seen).toContain(`DB_PASSWORD=${PASSWORD}\n`);
  expect(seen).toContain(FILE);

  const printed = outcome.lines.join("\n");
  const recorded = host.read("arguments");
  expect(recorded).toContain("curl -q ");
  expect(recorded).toContain("docker run ");
  for (const secret of [PASSWORD, "line 1", aws.secretKey, aws.sessionToken, aws.accessKeyId]) {
    expect(printed).not.toContain(secret);
    expect(recorded).not.toContain(secret);
    expect(host.filesWith(secret)).toEqual(
      secret === "line 1" ? [expect.stringMatching(/^\.\/run\/slipway\/secrets\//)] : [],
    );
  }
  expect(host.read("env-files")).toMatch(/^600 /);
  expect(host.exists("run/slipway/env")).toBe(false);
});

test("the search finds what is there", () => {
  host.write("var/lib/slipway/probe", "needle in it");
  expect(host.filesWith("needle in it")).toEqual(["./var/lib/slipway/probe"]);
});

test.each([
  [
    "that does not exist",
    { kind: "secrets-manager", id: "nowhere" },
    "AWS refuses GetSecretValue: ResourceNotFoundException",
  ],
  ["without its key", { kind: "secrets-manager", id: "app", key: "other" }, "it holds no text under the key other"],
  ["of several lines as a variable", { kind: "secrets-manager", id: "app", key: "certificate" }, "has several lines"],
])("a secret %s fails the release, and what served serves on", async (_, secret, reason) => {
  const outcome = await host.release([service({ OTHER: secret })]);
  expect(outcome.status).toBe(1);
  expect(outcome.last).toContain("web: the secret OTHER");
  expect(outcome.last).toContain(reason);
  expect((await request(host.port, "web.test")).body).toBe("version 1\n");
});
