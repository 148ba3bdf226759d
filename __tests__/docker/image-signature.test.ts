import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry } from "../../src/aws/index.ts";
import {
  BuiltImage,
  type BuiltImageProps,
  DockerHub,
  HealthCheck,
  type IRepository,
  LocalHost,
  RegistryLogin,
  SelfHostedRegistry,
  Signing,
  type SigningKeyOptions,
} from "../../src/index.ts";
import { only, type SynthesizedStack, synthesize } from "../synthesize.ts";
import { keyPair } from "./registry-of-signatures.ts";

const ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const PLACE = { account: "111122223333", region: "eu-west-1" };
const pair = keyPair();
const folder = mkdtempSync(join(tmpdir(), "slipway-signing-"));
const lockfile = process.env.SLIPWAY_LOCKFILE;

beforeAll(() => {
  mkdirSync(join(folder, "app"));
  writeFileSync(join(folder, "app/Dockerfile"), `FROM scratch\nCOPY Dockerfile /\nEXPOSE 80\n`);
  const digest = `sha256:${"a".repeat(64)}`;
  const images = { "docker.io/library/nginx:1.30.5": digest, "docker.io/library/registry:2.8.3": digest };
  process.env.SLIPWAY_LOCKFILE = file("slipway.lock.json", JSON.stringify({ version: 1, images }));
});
afterAll(() => {
  process.env.SLIPWAY_LOCKFILE = lockfile;
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const local = (scope: TerraformStack) => new SelfHostedRegistry(scope, "registry", { port: 5001 }).repository("web");
const image = (scope: TerraformStack, repository: IRepository, sign?: Signing | unknown) =>
  new BuiltImage(scope, "web", {
    ...{ context: join(folder, "app"), repository },
    ...(sign === undefined ? {} : { sign: sign as Signing }),
  } satisfies BuiltImageProps);
const byKey = () => Signing.key({ file: file("signing.key", pair.privateKey) });
const refusal = (make: (scope: TerraformStack) => unknown) => {
  try {
    synthesize((scope) => void make(scope));
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

interface Step {
  readonly triggers_replace: Record<string, string>;
  readonly depends_on: string[];
  readonly provisioner: { "local-exec": { command: string; environment: Record<string, string> } }[];
}
const step = (stack: SynthesizedStack, which = "Signature_Verify") =>
  only(stack, "terraform_data", `web_${which}`) as unknown as Step;
const environment = (stack: SynthesizedStack) => step(stack).provisioner[0]?.["local-exec"].environment ?? {};

test("a step signs what was pushed, a second one verifies that, and whatever runs the image waits for both", () => {
  const stack = synthesize((scope) => {
    const web = image(scope, local(scope), byKey());
    new LocalHost(scope, "host").run("web", { image: web, port: 80, health: HealthCheck.http("/") });
  });
  const { triggers_replace: triggers, provisioner } = step(stack);
  expect(triggers.image).toMatch(/^localhost:5001\/web@\$\{docker_registry_image\./);
  expect(triggers.by).toBe(join(folder, "signing.key"));
  expect(provisioner[0]?.["local-exec"].command).toMatch(/^sh files\/[0-9a-f]{16}\/sign-image\.sh$/);
  expect(environment(stack)).toMatchObject({
    SLIPWAY_IMAGE: triggers.image,
    SLIPWAY_ENDPOINT: "http://localhost:5001",
    SLIPWAY_KEY: join(folder, "signing.key"),
  });
  const steps = Object.keys(stack.resource.terraform_data ?? {}).filter((name) => name.startsWith("web_Signature_"));
  expect(steps).toHaveLength(2);
  const pull = only(stack, "docker_image", "host_web_Container_Image") as { depends_on: string[] };
  expect(pull.depends_on.filter((each) => /web_Signature_/.test(each))).toHaveLength(2);
  expect(stack.json).not.toContain("PRIVATE KEY");
  expect(stack.json).not.toContain(pair.privateKey.split("\n")[1]);
});

test("an image that nothing signs has no step for it", () => {
  const { json } = synthesize((scope) => void image(scope, local(scope)));
  expect(json).not.toMatch(/Signature|sign-image/);
});

test("a password goes by the name of its variable, a registry's login by Terraform's", () => {
  const stack = synthesize((scope) => {
    const login = new RegistryLogin(scope, "login");
    const registry = new DockerHub(scope, "hub", { namespace: "shop" });
    const repository = { ...registry.repository("web"), pullAccess: login.accessTo("docker.io") };
    image(scope, repository, Signing.key({ file: "~/signing.key", passwordVariable: "KEY_PASSWORD" }));
  });
  expect(environment(stack)).toMatchObject({
    SLIPWAY_KEY: "~/signing.key",
    SLIPWAY_PASSWORD: "KEY_PASSWORD",
    SLIPWAY_LOGIN: "${var.login_username}:${var.login_password}",
  });
});

test("a key of KMS signs as the stack's deployer, who may do that and no more", () => {
  const stack = synthesize((scope) => {
    new AwsAccount(scope, "aws", { ...PLACE, assumeRole: "arn:aws:iam::111122223333:role/deploy" });
    image(scope, new EcrRegistry(scope, "ecr").repository("web"), Signing.kms(ARN));
    expect(AwsAccount.of(scope).deployerPolicy).toBeDefined();
  });
  expect(environment(stack)).toMatchObject({
    SLIPWAY_KMS_KEY: ARN,
    SLIPWAY_REGION: "eu-west-1",
    SLIPWAY_ROLE: "arn:aws:iam::111122223333:role/deploy",
    SLIPWAY_AWS_CLI: expect.stringMatching(/aws-cli\.sh$/),
  });
  expect(step(stack).triggers_replace.by).toBe(ARN);
});

test.each<[string, () => unknown, RegExp]>([
  [
    "a path with white space",
    () => ({ file: "my key" }),
    /file of a private key must be a path without white space, got "something else"/,
  ],
  ["a key's own text", () => ({ file: pair.privateKey }), /got "something else"/],
  ["a variable that is none", () => ({ file: "a.key", passwordVariable: "a b" }), /variable of a password must be/],
  ["an option that is none", () => ({ file: "a.key", password: "secret" }), /password/],
])("Signing.key refuses %s", (_, options, problem) => {
  expect(() => Signing.key(options() as SigningKeyOptions)).toThrow(problem);
});

test("Signing.kms refuses what is no ARN of a key, and takes a reference", () => {
  for (const arn of ["alias/signing", "arn:aws:kms:eu-west-1:111122223333:alias/signing", undefined as never]) {
    expect(() => Signing.kms(arn)).toThrow(/KMS key must be the ARN of a key/);
  }
  expect(`${Signing.kms("${aws_kms_key.signing.arn}")}`).toBe("${aws_kms_key.signing.arn}");
});

test("what does not sign is refused at synth, as far as synth can tell", () => {
  const key = (name: string, text: string) => Signing.key({ file: file(name, text) });
  expect(refusal((scope) => image(scope, local(scope), "signing.key"))).toMatch(/web: sign: sign must be a Signing/);
  const p384 = key("p384.key", keyPair("P-384").privateKey);
  expect(refusal((scope) => image(scope, local(scope), p384))).toMatch(
    /web: sign: private key must be a key of the curve P-256, got ".*p384\.key": make one by openssl genpkey/,
  );
  const tracked = mkdtempSync(join(tmpdir(), "slipway-tracked-"));
  writeFileSync(join(tracked, "signing.key"), pair.privateKey);
  for (const words of [
    ["init", "-q"],
    ["add", "signing.key"],
  ])
    execFileSync("git", words, { cwd: tracked });
  expect(refusal((scope) => image(scope, local(scope), Signing.key({ file: join(tracked, "signing.key") })))).toMatch(
    /web: sign: file of a secret must not be in git/,
  );
  const elsewhere = Signing.kms(ARN.replace("eu-west-1", "us-east-1"));
  const problem = refusal((scope) => {
    new AwsAccount(scope, "aws", PLACE);
    image(scope, new EcrRegistry(scope, "ecr").repository("web"), elsewhere);
  });
  expect(problem).toMatch(/web: sign: KMS key must be in the registry's region, eu-west-1, got "arn:aws:kms:us-east-1/);
});
