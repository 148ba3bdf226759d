import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage } from "../../src/docker/built-image.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import type { IHost } from "../../src/hosts/host.ts";
import { LocalHost } from "../../src/hosts/local/local-host.ts";
import { Platform } from "../../src/values/platform.ts";
import { only, synthesize } from "../synthesize.ts";

const { LINUX_386, LINUX_AMD64, LINUX_ARM64, LINUX_ARM_V7, LINUX_RISCV64 } = Platform;
const environment = { ...process.env };

beforeEach(() => {
  const lockfile = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  const images = { "docker.io/library/nginx:1.30.5": `sha256:${"a".repeat(64)}` };
  writeFileSync(lockfile, JSON.stringify({ version: 1, images }));
  process.env.SLIPWAY_LOCKFILE = lockfile;
});
afterEach(() => {
  process.env = { ...environment };
});

function context(): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(directory, "Dockerfile"), "FROM scratch\nCOPY . /\nEXPOSE 80\n");
  return directory;
}

const local = (platform?: Platform) => (stack: TerraformStack) => new LocalHost(stack, "host", { platform });
const nano = (stack: TerraformStack) => {
  new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
  return new NanoHost(stack, "host");
};

function run(makeHost: (stack: TerraformStack) => IHost, platforms: readonly Platform[]) {
  return synthesize((stack) => {
    const host = makeHost(stack);
    const registry =
      host instanceof NanoHost
        ? new EcrRegistry(stack, "registry")
        : SelfHostedRegistry.fromAddress(stack, "registry", { address: "localhost:5001" });
    const image = new BuiltImage(stack, "app", {
      context: context(),
      repository: registry.repository("app"),
      platforms,
    });
    host.run("web", { image });
  });
}

test.each<[string, Platform | undefined, readonly Platform[], string | undefined]>([
  ["the engine's own, where the host says no other", undefined, [LINUX_AMD64, LINUX_ARM64], undefined],
  ["the host's", LINUX_ARM64, [LINUX_AMD64, LINUX_ARM64], "linux/arm64"],
  ["what its processor understands", LINUX_AMD64, [LINUX_386, LINUX_ARM64], "linux/386"],
  ["its very own before that", LINUX_AMD64, [LINUX_386, LINUX_AMD64], "linux/amd64"],
])("a local host takes %s", (_, platform, platforms, side) => {
  const image = only(run(local(platform), platforms), "docker_image", /web_Container/);
  expect(image.platform).toBe(side);
  expect(image.name).toMatch(
    /^localhost:5001\/app@\$\{data\.docker_registry_image\.app_Pushed_[0-9A-F]+\.sha256_digest\}$/,
  );
});

test("a nano takes its own, by the digest of the index", () => {
  const { json } = run(nano, [LINUX_AMD64, LINUX_ARM64]);
  expect(json).toMatch(/amazonaws\.com\/app@\$\{data\.aws_ecr_image\.app_Pushed_[0-9A-F]+\.image_digest\}/);
});

test.each<[string, (stack: TerraformStack) => IHost, readonly Platform[], string]>([
  [
    "a nano",
    nano,
    [LINUX_AMD64, LINUX_RISCV64],
    'stack/host/web: image: is built for linux/amd64, linux/riscv64, but the host stack/host runs linux/arm64: add linux/arm64 to its platforms, or declare instanceType: "t3.nano"',
  ],
  [
    "a local host",
    local(LINUX_AMD64),
    [LINUX_ARM64, LINUX_ARM_V7],
    "stack/host/web: image: is built for linux/arm/v7, linux/arm64, but the host stack/host runs linux/amd64: add linux/amd64 to its platforms, or choose another host",
  ],
])("an index without the side of %s is refused at synth", (_, host, platforms, message) => {
  expect(() => run(host, platforms)).toThrow(message);
});
