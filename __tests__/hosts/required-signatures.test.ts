import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { HealthCheck, type IHost, LocalHost, Platform, PulledImage, SshHost } from "../../src/index.ts";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { only, type SynthesizedStack, synthesize } from "../synthesize.ts";
import { hostKey } from "./ssh/fake-server.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ours = keyPair();
const next = keyPair();
const folder = mkdtempSync(join(tmpdir(), "slipway-keys-"));
const lockfile = process.env.SLIPWAY_LOCKFILE;

beforeAll(() => {
  const images = { "docker.io/library/nginx:1.30.5": DIGEST };
  process.env.SLIPWAY_LOCKFILE = file("slipway.lock.json", JSON.stringify({ version: 1, images }));
});
afterAll(() => {
  process.env.SLIPWAY_LOCKFILE = lockfile;
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

type Keys = { readonly requireSignature?: readonly string[] };
const HOSTS: Readonly<Record<string, (scope: TerraformStack, keys: Keys) => IHost>> = {
  LocalHost: (scope, keys) => new LocalHost(scope, "host", keys),
  NanoHost: (scope, keys) => {
    new AwsAccount(scope, "aws", { account: "123456789012", region: "eu-west-1" });
    return new NanoHost(scope, "host", keys);
  },
  SshHost: (scope, keys) =>
    new SshHost(scope, "host", {
      ...{ address: "web.example.com", hostKey: hostKey("server").hostKey, platform: Platform.LINUX_ARM64 },
      ...keys,
    }),
};

function declared(name: string, requireSignature?: readonly string[]): SynthesizedStack {
  return synthesize((scope) => {
    const host = HOSTS[name]?.(scope, requireSignature === undefined ? {} : { requireSignature }) as IHost;
    const pulled = (id: string, image: string) =>
      new PulledImage(scope, id, { image: `${image}@${DIGEST}`, platform: Platform.LINUX_ARM64 });
    host.run("web", { image: pulled("web-image", "ghcr.io/octo/web"), port: 80, health: HealthCheck.http("/") });
    host.task("job", {
      image: pulled("job-image", "octo/job"),
      timeoutSeconds: 60,
    });
  });
}

const manifestOf = ({ json }: SynthesizedStack) => {
  const locals = JSON.parse(json).locals as Record<string, { signatures?: unknown }>;
  return Object.entries(locals).find(([name]) => /Manifest/.test(name))?.[1];
};

test.each(["NanoHost", "SshHost"])("a %s is told the keys, and where each registry is asked", (name) => {
  const manifest = manifestOf(declared(name, [file("ours.pub", ours.publicKey), next.publicKey, ours.publicKey]));
  expect(manifest?.signatures).toEqual({
    keys: [ours.publicKey, next.publicKey],
    endpoints: { "docker.io": "https://registry-1.docker.io", "ghcr.io": "https://ghcr.io" },
  });
});

test("a LocalHost's release is told the keys and what they must have signed, and Terraform starts nothing", () => {
  const stack = declared("LocalHost", [ours.publicKey, next.publicKey]);
  const release = only(stack, "terraform_data", "host_Release_Verify") as unknown as {
    triggers_replace: Record<string, unknown>;
    provisioner: { "local-exec": { environment: Record<string, string> } }[];
  };
  expect(release.triggers_replace.signers).toEqual([ours.publicKey, next.publicKey]);
  expect(release.provisioner[0]?.["local-exec"].environment).toMatchObject({
    SLIPWAY_SIGNERS: ours.publicKey + next.publicKey,
    SLIPWAY_SIGNED: `web ghcr.io/octo/web@${DIGEST} https://ghcr.io\njob docker.io/octo/job@${DIGEST} https://registry-1.docker.io\n`,
  });
  expect(only(stack, "docker_container", "host_web_")).toMatchObject({ start: false, must_run: false });
});

test.each(Object.keys(HOSTS))("a %s that demands no signatures knows no word of them", (name) => {
  const { json } = declared(name);
  expect(json).not.toMatch(/signatures"|signers|SIGNED|SIGNERS/);
});

test.each<[string, () => unknown, RegExp]>([
  ["no list", () => "ours.pub", /requireSignature must be a list of public keys, got "something else"/],
  ["no key", () => [], /requireSignature must name a key/],
  [
    "a file that is not there",
    () => ["no.pub"],
    /requireSignature must be the file of a public key, or its text, got "no.pub"/,
  ],
  [
    "a private key",
    () => [ours.privateKey],
    /public key must not be a private key, .*got "the text of key 1": write the public half/,
  ],
  [
    "a private key's file",
    () => [file("a.key", ours.privateKey)],
    /public key must not be a private key, .*got ".*a\.key"/,
  ],
  ["text that is none", () => [file("text.pub", "words")], /public key must be one in PEM form/],
  ["a key of another curve", () => [keyPair("P-384").publicKey], /public key must be a key of the curve P-256/],
])("a host refuses %s", (_, keys, problem) => {
  expect(() => declared("LocalHost", keys() as string[])).toThrow(problem);
});
