import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Construct } from "constructs";
import type { NanoHost } from "../../src/aws/index.ts";
import { Secret } from "../../src/aws/index.ts";
import { HealthCheck, PulledImage, Tls } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { changedFiles } from "../../src/review/context-files.ts";
import { page } from "../../src/review/page.ts";
import { DESCRIPTION_FILE } from "../../src/terraform/stack-description.ts";
import { type StackClass, type SynthesizedStack, synthesize } from "../../src/testing/index.ts";
import { NetflixAwsStack } from "../../stacks/netflix-aws.ts";
import { expectGolden } from "../golden.ts";

const environment = { ...process.env };
const APPS: Readonly<Record<string, string>> = {
  "catalog/app.py": "print('catalog')\n",
  "catalog/requirements.txt": "flask==3.0.0\n",
  "frontend/package.json": "{}\n",
  "frontend/server.js": "// front end\n",
};
let apps: string;

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("SLIPWAY_")) delete process.env[name];
  apps = mkdtempSync(join(tmpdir(), "slipway-apps-"));
  const images = ["python:3.12.8-slim-bookworm", "node:22.12.0-slim"];
  const pins = Object.fromEntries(images.map((name) => [`docker.io/library/${name}`, `sha256:${"0".repeat(64)}`]));
  writeFileSync(join(apps, "slipway.lock.json"), JSON.stringify({ version: 1, images: pins }));
  put(APPS);
  process.env.SLIPWAY_LOCKFILE = join(apps, "slipway.lock.json");
  process.env.SLIPWAY_CATALOG_DIR = join(apps, "catalog");
  process.env.SLIPWAY_FRONTEND_DIR = join(apps, "frontend");
});
afterEach(() => {
  process.env = { ...environment };
});

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(apps, path)), { recursive: true });
    writeFileSync(join(apps, path), text);
  }
}

const synth = (Stack: StackClass = NetflixAwsStack) =>
  synthesize(Stack, { id: "netflix-aws", outdir: mkdtempSync(join(tmpdir(), "slipway-review-")) });

function review(before: SynthesizedStack, after: SynthesizedStack): string {
  const comparison = compare(before.model, after.model);
  const files = changedFiles(comparison.images, before.directory, after.directory);
  return page(comparison, after.model, { base: "main", files });
}

const expectPage = (name: string, text: string) => expectGolden(join(__dirname, "golden", `${name}.md`), text);

/** The stack with a name by TLS, and an agent that reads a secret. */
class Wider extends NetflixAwsStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const host = this.node.findChild("host") as NanoHost;
    const image = new PulledImage(this, "mailer-image", {
      image: `ghcr.io/shop/mailer@sha256:${"1".repeat(64)}`,
      platform: host.platform,
    });
    const mailer = host.run("mailer", {
      image,
      port: 8025,
      health: HealthCheck.http("/up"),
      memoryMiB: 32,
      secrets: { TOKEN: Secret.fromParameter("/netflix/mail-token") },
    });
    const tls = Tls.acme({ email: "ops@devops-days-upes.com", agreeToTerms: true });
    host.serve("mail.devops-days-upes.com", { "/": mailer }, { tls });
  }
}

test("an unchanged commit's page says so, and nothing else", () => {
  expectPage("unchanged", review(synth(), synth()));
});

test("a version with another file rolls in place, and the page names the file", () => {
  const before = synth();
  put({ "catalog/app.py": "print('catalogue')\n", "catalog/data/movies.json": "[]\n" });
  rmSync(join(apps, "frontend/server.js"));
  process.env.SLIPWAY_VERSION = "1.0.1";
  expectPage("version", review(before, synth()));
});

test("an instance type of another processor is another machine", () => {
  const before = synth();
  process.env.SLIPWAY_INSTANCE_TYPE = "t3.nano";
  expectPage("other-processor", review(before, synth()));
});

test("one of the same processor is a restart, and its price is known where its region's is", () => {
  process.env.SLIPWAY_AWS_REGION = "us-east-1";
  const before = synth();
  process.env.SLIPWAY_INSTANCE_TYPE = "t4g.micro";
  expectPage("larger-type", review(before, synth()));
});

test("what is declared fits a nano, by its reservations and by its limits", () => {
  const { hosts, findings } = synth().model;
  expect(findings.filter(({ path }) => path === hosts[0]?.path)).toEqual([]);
  expect(hosts[0]?.fit).toMatchObject({
    memory: { leftMiB: 256, limitsMiB: 224, smallestType: "t4g.nano" },
    findings: [],
  });
});

test("a port and a right more stand on the first screen", () => {
  const text = review(synth(), synth(Wider));
  expectPage("wider", text);
  const first = text.split("\n").slice(0, 16).join("\n");
  expect(first).toContain("`tcp 443` is now open to the world");
  expect(first).toContain("`ssm:GetParameter on arn:aws:ssm:eu-west-1:123456789012:parameter/netflix/mail-token`");
});

test("what a review reads is the same from another folder, and has nothing of this machine in it", () => {
  const first = readFileSync(join(synth().directory, DESCRIPTION_FILE), "utf8");
  const moved = mkdtempSync(join(tmpdir(), "slipway-apps-"));
  cpSync(apps, moved, { recursive: true });
  process.env.SLIPWAY_CATALOG_DIR = join(moved, "catalog");
  process.env.SLIPWAY_FRONTEND_DIR = join(moved, "frontend");
  expect(readFileSync(join(synth().directory, DESCRIPTION_FILE), "utf8")).toBe(first);
  for (const path of [tmpdir(), process.cwd()]) expect(first).not.toContain(path);
});
