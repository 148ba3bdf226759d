import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CELLS } from "../../scripts/consumer/cells.mjs";
import { Workshop } from "../../scripts/consumer/workshop.mjs";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";

/** Long the first time, when the packages beside ours are installed. */
jest.setTimeout(600_000);

const packed = mkdtempSync(join(tmpdir(), "slipway-package-"));
let workshop: Workshop;
const folders = new Map<string, string>();

beforeAll(async () => {
  workshop = new Workshop(await Workshop.pack(packed));
});

afterAll(() => {
  workshop?.close();
  rmSync(packed, { recursive: true, force: true });
});

test("publint and attw find nothing in the package", async () => {
  await workshop.check();
});

test.each(CELLS.filter(({ slow }) => slow === undefined))("a project of one's own: $name", async (cell) => {
  folders.set(cell.name, await workshop.run(cell));
});

test("what is installed without Amazon's provider has none", async () => {
  const installed = await workshop.folder("without-aws");
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
  ]);
  const { resource } = JSON.parse(readFileSync(join(stacks, "cloud/cdk.tf.json"), "utf8"));
  const [instance] = Object.values<{ user_data_base64: string }>(resource.aws_instance);
  expect(Buffer.from(instance?.user_data_base64 ?? "", "base64").toString()).toContain("/usr/local/sbin/slipway-agent");
  // the agent that this clone has, as the one file that the build has made of it
  const [document] = Object.values<{ content: string }>(resource.aws_ssm_document);
  expect(document?.content).toContain(agentArtifact().sha256);
});

test("the agent of a host is in the package as one file", async () => {
  const nano = join(await workshop.folder("all"), "node_modules/slipway/lib/aws/nano");
  expect(existsSync(join(nano, "agent.tar.gz"))).toBe(true);
  expect(existsSync(join(nano, "agent"))).toBe(false);
});
