import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StackClass, type SynthesizedStack, synthesize } from "../../src/testing/index.ts";
import { AvailabilityStack } from "../../stacks/availability.ts";
import { CatsStack } from "../../stacks/cats.ts";
import { NetflixStack } from "../../stacks/netflix.ts";
import { NetflixAwsStack } from "../../stacks/netflix-aws.ts";
import { NetflixFleetStack } from "../../stacks/netflix-fleet.ts";
import { NetflixHubStack } from "../../stacks/netflix-hub.ts";
import { NetflixSshStack } from "../../stacks/netflix-ssh.ts";
import { NetflixSwarmStack } from "../../stacks/netflix-swarm.ts";
import { NginxFrontStack } from "../../stacks/nginx-front.ts";
import { expectGolden } from "../golden.ts";

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

/** With content ids numbered in order of appearance: an application may change, and the stack stays. */
function withoutContents(text: string, ids: string[]): string {
  const named = text.replace(/files\/[0-9a-f]{16}\/(?=agent\.tar|slipway-agent)/g, "files/AGENT/");
  return named.replace(/[0-9a-f]{12}(?=-\$\{substr)/g, "CONTENT").replace(/\b(?!0{64})[0-9a-f]{64}\b/g, (content) => {
    if (!ids.includes(content)) ids.push(content);
    return `CONTENT-${ids.indexOf(content) + 1}`;
  });
}

/** A script's lines without the host's agent, which comes in one of them. */
function withoutAgent(lines: readonly unknown[]): readonly unknown[] {
  const from = lines.findIndex((line) => typeof line === "string" && line.endsWith("<<'end'"));
  return from < 0 ? lines : [...lines.slice(0, from + 1), "AGENT", ...lines.slice(lines.indexOf("end", from))];
}

/** Attributes whose text is base64: user data, and a config of a swarm. */
const CODED = /^(user_data_base64|data)$/;

/** The probe of a swarm's tasks, which is no part of a stack either. */
function withoutProbe(text: string): string {
  return text.startsWith("# Whether a task can serve") ? "PROBE" : text;
}

/** With the documents in it as themselves: JSON, base64, and texts line by line; one that is a file of its own by its name. */
function readable(value: unknown, files: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return withoutAgent(value).map((each) => readable(each, files));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        readable(
          CODED.test(key) && typeof each === "string" ? withoutProbe(Buffer.from(each, "base64").toString()) : each,
          files,
        ),
      ]),
    );
  if (typeof value !== "string") return value;
  const file = files.get(value);
  if (file !== undefined) return `see ${file}`;
  if (/^\{"/.test(value)) return { "JSON of": readable(JSON.parse(value), files) };
  return value.includes("\n") ? value.split("\n") : value;
}

/** The texts of the stack's hosts that have files of their own, and the names of these. */
function textsOf(stack: SynthesizedStack): Map<string, string> {
  return new Map(
    stack.model.hosts.flatMap(({ path, machine }) => {
      const { userData } = machine as { userData?: string };
      const host = path.split("/").at(-1);
      return [
        ...Object.entries(stack.nginx(path)).map(([name, text]) => [text, `${host}/${name}`] as const),
        ...(userData === undefined ? [] : [[stack.userData(path), `${host}/user-data.yaml`] as const]),
      ];
    }),
  );
}

/**
 * What a reviewer reads of each stack: what Terraform reads, the model, what the hosts' Nginx is told and what they boot with. A change of an
 * application or of the agent is no change of the stack.
 */
test.each([
  ["availability", AvailabilityStack],
  ["cats", CatsStack],
  ["netflix", NetflixStack],
  ["netflix-aws", NetflixAwsStack],
  ["netflix-fleet", NetflixFleetStack],
  ["netflix-hub", NetflixHubStack],
  ["netflix-ssh", NetflixSshStack],
  ["netflix-swarm", NetflixSwarmStack],
  ["nginx-front", NginxFrontStack],
] as const)("%s synthesizes to what was reviewed", (id, Stack) => {
  const stack = synthesize(Stack as StackClass, { id });
  const ids: string[] = [];
  const golden = (name: string, text: string) => expectGolden(join(__dirname, "golden", id, name), text);
  const files = textsOf(stack);
  const json = (value: unknown) => withoutContents(`${JSON.stringify(readable(value, files), null, 2)}\n`, ids);
  golden("terraform.json", json(JSON.parse(stack.json)));
  golden("model.json", json(stack.model));
  for (const [text, name] of files) golden(name, text);
});
