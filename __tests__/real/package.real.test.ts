import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { programFor } from "../../scripts/consumer/cell-files.mjs";
import { CELLS } from "../../scripts/consumer/cells.mjs";
import { ConsumerWorkspace } from "../../scripts/consumer/consumer-workspace.mjs";
import { NpmRegistry } from "../../scripts/consumer/npm-registry.mjs";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { requireProgram, runProgram } from "../../src/rehearsal/program.ts";

const ROOT = resolve(__dirname, "../..");

/** Long the first time, when the packages beside ours are installed. */
jest.setTimeout(600_000);

const packed = mkdtempSync(join(tmpdir(), "slipway-package-"));
let workspace: ConsumerWorkspace;
const folders = new Map<string, string>();

beforeAll(async () => {
  workspace = new ConsumerWorkspace(await ConsumerWorkspace.pack(packed));
});

afterAll(() => {
  workspace?.close();
  rmSync(packed, { recursive: true, force: true });
});

test.each(["slipway", "slipway-cdktn"] as const)("publint and attw find nothing in the package %s", async (name) => {
  await workspace.check(name);
});

test.each(CELLS.filter(({ slow }) => slow === undefined))("a project of one's own: $name", async (cell) => {
  folders.set(cell.name, await workspace.run(cell));
});

test("what is installed without Amazon's provider has none", async () => {
  const installed = await workspace.folder("without-aws");
  expect(existsSync(join(installed, "../node_modules/@cdktf/provider-docker"))).toBe(true);
  expect(existsSync(join(installed, "../node_modules/@cdktf/provider-aws"))).toBe(false);
});

test("a synth lays every script beside it that its apply needs", () => {
  const stacks = join(folders.get("TypeScript 5.9, node10, compiled to CommonJS") as string, "cdktf.out/stacks");
  const files = readdirSync(stacks, { encoding: "utf8", recursive: true });
  expect(files.filter((file) => file.endsWith("local-release.sh"))).toHaveLength(1);
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
  const { resource } = JSON.parse(readFileSync(join(stacks, "cloud/cdk.tf.json"), "utf8"));
  const [instance] = Object.values<{ user_data_base64: string }>(resource.aws_instance);
  expect(Buffer.from(instance?.user_data_base64 ?? "", "base64").toString()).toContain("/usr/local/sbin/slipway-agent");
  // the agent that this clone has, as the one file that the build has made of it
  const [document] = Object.values<{ content: string }>(resource.aws_ssm_document);
  expect(document?.content).toContain(agentArtifact().sha256);
});

test("the agent of a host is in the package as one file", async () => {
  const nano = join(await workspace.folder("all"), "node_modules/slipway/lib/aws/nano");
  expect(existsSync(join(nano, "agent.tar.gz"))).toBe(true);
  expect(existsSync(join(nano, "agent"))).toBe(false);
  const ssh = join(nano, "../../hosts/ssh");
  expect(existsSync(join(ssh, "agent.tar.gz"))).toBe(true);
  expect(existsSync(join(ssh, "server/slipway-agent.sh"))).toBe(true);
  expect(existsSync(join(ssh, "agent"))).toBe(false);
});

/** Every stack of the repository as a user has it, beside `packages`. @returns the folder of what was synthesized */
async function stacksWith(packages: "all" | "cdktn"): Promise<string> {
  const folder = join(await workspace.folder(packages), "stacks-of-all");
  cpSync(join(ROOT, "stacks"), join(folder, "stacks"), { recursive: true });
  cpSync(join(ROOT, "slipway.lock.json"), join(folder, "slipway.lock.json"));
  const programs = readdirSync(join(ROOT, "stacks")).filter((file) => file.endsWith(".ts"));
  for (const file of ["main.ts", ...programs.map((name) => `stacks/${name}`)])
    writeFileSync(join(folder, file), programFor(readFileSync(join(ROOT, file), "utf8"), packages));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SLIPWAY_")));
  await requireProgram(process.execPath, ["--import", "tsx", "main.ts"], { cwd: folder, env });
  return join(folder, "cdktf.out/stacks");
}

/** A synthesized stack without what may differ: which core made it, and how it spells where a provider comes from. */
function withoutCore(folder: string, stack: string): unknown {
  const { "//": comment, terraform, ...rest } = JSON.parse(readFileSync(join(folder, stack, "cdk.tf.json"), "utf8"));
  const providers = Object.entries<{ source: string }>(terraform.required_providers).map(
    ([name, { source, ...more }]) => [name, { ...more, source: source.includes("/") ? source : `hashicorp/${source}` }],
  );
  delete comment.metadata.version;
  return { "//": comment, terraform: { ...terraform, required_providers: Object.fromEntries(providers) }, ...rest };
}

test("every stack is the same with cdktf and with cdktn", async () => {
  const [cdktf, cdktn] = [await stacksWith("all"), await stacksWith("cdktn")];
  const stacks = readdirSync(cdktf).sort();
  expect(stacks.length).toBeGreaterThanOrEqual(6);
  expect(readdirSync(cdktn).sort()).toEqual(stacks);
  for (const stack of stacks) expect(withoutCore(cdktn, stack)).toEqual(withoutCore(cdktf, stack));
  const laidBeside = (folder: string) => readdirSync(folder, { encoding: "utf8", recursive: true }).sort();
  expect(laidBeside(cdktn)).toEqual(laidBeside(cdktf));
});

test("npm installs for slipway-cdktn what the Docker bindings ask for under cdktf's name", async () => {
  const upstream = await requireProgram("npm", ["config", "get", "registry"]);
  const registry = await NpmRegistry.start(upstream.trim());
  try {
    await registry.publish(workspace.tarballs["slipway-cdktn"]);
    const env = { ...process.env, npm_config_registry: registry.url, npm_config_replace_registry_host: "never" };
    const words = ["install", "slipway-cdktn", "cdktn", "constructs", "--prefer-offline", "--no-audit", "--no-fund"];
    const folder = mkdtempSync(join(packed, "own-"));
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    await requireProgram("npm", words, { cwd: folder, env });
    expect(JSON.parse(readFileSync(join(folder, "node_modules/cdktf/package.json"), "utf8")).name).toBe("cdktn");
    const program = `
      const { App, TerraformStack } = require("cdktn");
      const { LocalHost, PulledImage } = require("slipway-cdktn");
      const app = new App();
      const stack = new TerraformStack(app, "page");
      const image = new PulledImage(stack, "image", { image: "registry@sha256:${"0".repeat(64)}" });
      new LocalHost(stack, "host", { nginxImage: "nginx@sha256:${"0".repeat(64)}" }).run("page", { image, port: 80 });
      app.synth();`;
    await requireProgram(process.execPath, ["-e", program], { cwd: folder });
    const { resource } = JSON.parse(readFileSync(join(folder, "cdktf.out/stacks/page/cdk.tf.json"), "utf8"));
    expect(Object.keys(resource)).toContain("docker_container");
  } finally {
    registry.close();
  }
});

test.each([
  ["all", "slipway", "cdktf", "slipway-cdktn", "cdktn"],
  ["cdktn", "slipway-cdktn", "cdktn", "slipway", "cdktf"],
] as const)("with %s, %s for %s says in one line that a stack is one of the other core", async (...names) => {
  const [packages, name, core, otherName, otherCore] = names;
  const folder = await workspace.folder(packages);
  const other = join(await workspace.folder(packages === "all" ? "cdktn" : "all"), "../node_modules", otherCore);
  const program = `
    const { App, TerraformStack } = require(${JSON.stringify(other)});
    const { SelfHostedRegistry } = require(${JSON.stringify(name)});
    new SelfHostedRegistry(new TerraformStack(new App(), "page"), "registry", { port: 5001 });`;
  const { code, stderr } = await runProgram(process.execPath, ["-e", program], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    new RegExp(
      `^ConstructError: (\\w+): core: is made by ${otherCore}, and the package ${name} is for ${core}: import App and TerraformStack from "${core}", or use the package ${otherName}$`,
      "m",
    ),
  );
});
