import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { requireProgram } from "../../scripts/rehearsal/program.ts";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";

const ROOT = resolve(__dirname, "../..");
const PROGRAM = `
const { App, TerraformStack } = require("cdktf");
const { BuiltImage, HealthCheck, LocalHost, SelfHostedRegistry } = require("slipway");

const app = new App();
const local = new TerraformStack(app, "local");
const near = new SelfHostedRegistry(local, "registry", { port: 5001 });
const image = new BuiltImage(local, "image", { context: "app", repository: near.repository("page") });
const here = new LocalHost(local, "host");
here.serve("page.localhost", { "/": here.run("page", { image, port: 80, health: HealthCheck.http("/") }) });

if (process.argv[2] === "aws") {
  const { AwsAccount, EcrRegistry, NanoHost } = require("slipway/aws");
  const stack = new TerraformStack(app, "cloud");
  new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
  const host = new NanoHost(stack, "host");
  const repository = new EcrRegistry(stack, "registry").repository("page");
  const built = new BuiltImage(stack, "image", { context: "app", repository, platform: host.platform });
  host.serve("page.example.org", { "/": host.run("page", { image: built, port: 80 }) });
}
app.synth();
`;

const TEST = `
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { HealthCheck, LocalHost, PulledImage } = require("slipway");
const { slipwayMatchers, synthesize } = require("slipway/testing");

test("the page is reached by its name", () => {
  const stack = synthesize((stack) => {
    const host = new LocalHost(stack, "host");
    const image = new PulledImage(stack, "image", { image: "registry:2.8.3" });
    host.serve("page.localhost", { "/": host.run("page", { image, port: 80 }) });
  });
  assert.equal(stack.route("http://page.localhost:8888/a").service, "page");
  assert.equal(slipwayMatchers.toPinEveryImage(stack).pass, true);
});
test("the matchers for Jest want its expect", () => {
  assert.throws(() => require("slipway/testing/jest"), /there is no global expect/);
});
`;

const project = mkdtempSync(join(tmpdir(), "slipway-package-"));
const modules = join(project, "node_modules");
const lockfile = join(project, "slipway.lock.json");

jest.setTimeout(180_000);

/** The package as npm would deliver it, in a project that has \`peers\` and nothing else. */
beforeAll(async () => {
  const packed = await requireProgram("npm", ["pack", "--silent", "--pack-destination", project], { cwd: ROOT });
  await requireProgram("tar", ["xzf", join(project, packed.trim().split("\n").at(-1) as string), "-C", project]);
  mkdirSync(join(modules, "@cdktf"), { recursive: true });
  cpSync(join(project, "package"), join(modules, "slipway"), { recursive: true });
  for (const peer of ["cdktf", "constructs", "@cdktf/provider-docker"]) {
    symlinkSync(join(ROOT, "node_modules", peer), join(modules, peer));
  }
  mkdirSync(join(project, "app"));
  writeFileSync(join(project, "app/Dockerfile"), "FROM scratch\nCOPY Dockerfile /\nEXPOSE 80\n");
  writeFileSync(join(project, "main.cjs"), PROGRAM);
  writeFileSync(join(project, "page.test.cjs"), TEST);
  const images = ["nginx:1.30.5", "registry:2.8.3"].map((name) => [
    `docker.io/library/${name}`,
    `sha256:${"0".repeat(64)}`,
  ]);
  writeFileSync(lockfile, JSON.stringify({ version: 1, images: Object.fromEntries(images) }));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Synthesizes with plain Node, as somebody does whose project is JavaScript. @returns the names of all that was written */
async function synth(...words: string[]): Promise<string[]> {
  const env = { ...process.env, SLIPWAY_LOCKFILE: lockfile, NODE_OPTIONS: "--preserve-symlinks" };
  await requireProgram(process.execPath, ["main.cjs", ...words], { cwd: project, env });
  return readdirSync(join(project, "cdktf.out/stacks"), { encoding: "utf8", recursive: true });
}

test("the package declares a local host without anything of AWS installed", async () => {
  expect(existsSync(join(modules, "@cdktf/provider-aws"))).toBe(false);
  const files = await synth();
  expect(files).toContain("local/cdk.tf.json");
  expect(files.filter((file) => file.endsWith("local-release.sh"))).toHaveLength(1);
});

test("the package tests a stack by Node's own runner, without anything of AWS installed", async () => {
  const env = { ...process.env, SLIPWAY_LOCKFILE: lockfile, NODE_OPTIONS: "--preserve-symlinks" };
  const said = await requireProgram(process.execPath, ["--test", "page.test.cjs"], { cwd: project, env });
  expect(said).toMatch(/pass 2\n.*fail 0\n/s);
});

test("the package declares a nano host, with every script that its apply needs", async () => {
  symlinkSync(join(ROOT, "node_modules/@cdktf/provider-aws"), join(modules, "@cdktf/provider-aws"));
  const files = await synth("aws");
  const scripts = files.filter((file) => /^cloud\/.*\.(sh|awk)$/.test(file)).map((file) => file.split("/").at(-1));
  expect(scripts.sort()).toEqual([
    "aws-cli.sh",
    "deploy.sh",
    "ecr-destroy-report.sh",
    "ecr-push.sh",
    "ecr-tags.sh",
    "release-tags.sh",
    "release-window.awk",
    "run-command.sh",
    "streamed.sh",
  ]);
  const { resource } = JSON.parse(readFileSync(join(project, "cdktf.out/stacks/cloud/cdk.tf.json"), "utf8"));
  const [instance] = Object.values<{ user_data_base64: string }>(resource.aws_instance);
  expect(Buffer.from(instance?.user_data_base64 ?? "", "base64").toString()).toContain("/usr/local/sbin/slipway-agent");
  // the agent that this clone has, as the one file that the build has made of it
  const [document] = Object.values<{ content: string }>(resource.aws_ssm_document);
  expect(document?.content).toContain(agentArtifact().sha256);
  const nano = join(modules, "slipway/lib/aws/nano");
  expect(existsSync(join(nano, "agent.tar.gz"))).toBe(true);
  expect(existsSync(join(nano, "agent"))).toBe(false);
});
