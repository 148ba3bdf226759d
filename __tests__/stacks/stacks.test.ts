import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AvailabilityStack } from "../../stacks/availability.ts";
import { CatsStack } from "../../stacks/cats.ts";
import { NetflixStack } from "../../stacks/netflix.ts";
import { NetflixAwsStack } from "../../stacks/netflix-aws.ts";
import { NetflixHubStack } from "../../stacks/netflix-hub.ts";
import { NginxFrontStack } from "../../stacks/nginx-front.ts";

const environment = { ...process.env };

beforeEach(() => {
  const images = [
    "nginx:1.30.5",
    "registry:2.8.3",
    "python:3.12.8-slim-bookworm",
    "node:22.12.0-slim",
    "influxdb:1.8.10",
  ];
  const lockfile = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  const pins = Object.fromEntries(images.map((name) => [`docker.io/library/${name}`, `sha256:${"0".repeat(64)}`]));
  writeFileSync(lockfile, JSON.stringify({ version: 1, images: pins }));
  process.env.SLIPWAY_LOCKFILE = lockfile;
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("SLIPWAY_") && name !== "SLIPWAY_LOCKFILE") delete process.env[name];
  }
});
afterEach(() => {
  process.env = { ...environment };
});

/**
 * What a reviewer would read, with content ids numbered in order of appearance and the host's agent left out: a change of
 * an application or of the agent is no change of the stack.
 */
function synthesized(Stack: new (scope: Construct, id: string) => TerraformStack, id: string): string {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-synth-"));
  const app = new App({ outdir });
  new Stack(app, id);
  app.synth();
  const ids: string[] = [];
  return readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8")
    .replace(/(?<=<<'end'\\",).*?(?=\\"end\\")/g, "AGENT,")
    .replace(/[0-9a-f]{12}(?=-\$\{substr)/g, "CONTENT")
    .replace(/\b(?!0{64})[0-9a-f]{64}\b/g, (content) => {
      if (!ids.includes(content)) ids.push(content);
      return `CONTENT-${ids.indexOf(content) + 1}`;
    });
}

test.each([
  ["availability", AvailabilityStack],
  ["cats", CatsStack],
  ["netflix", NetflixStack],
  ["netflix-aws", NetflixAwsStack],
  ["netflix-hub", NetflixHubStack],
  ["nginx-front", NginxFrontStack],
] as const)("%s synthesizes to what was reviewed", (id, Stack) => {
  expect(synthesized(Stack, id)).toMatchSnapshot();
});
