import { createPublicKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildCosign } from "../../scripts/engines/cosign.mjs";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { run } from "../../src/cli/command.mjs";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import { RegistryServer } from "../../src/rehearsal/doubles/registry-server.ts";
import { runProgram } from "../../src/rehearsal/program.ts";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { DAMAGED, digestOf, type Signed, signatureArtifact } from "../docker/signature-artifact.ts";
import { DockerConfiguration } from "./docker-configuration.ts";
import { REGION, TestAccount } from "./rehearsal-account.ts";
import { pushImage, pushSignatures } from "./rehearsal-image.ts";

/**
 * The steps that sign and verify, by the AWS CLI against an account's double, whose KMS signs by OpenSSL since moto's does
 * not as KMS does, and against registries that keep bytes: ECR's double with its login, and a plain one.
 */
const SOURCE = resolve(__dirname, "../../src/docker");
const REPOSITORY = "team/web";
const aws = new TestAccount();
const configuration = new DockerConfiguration();
const folder = mkdtempSync(join(tmpdir(), "slipway-signing-account-"));
const ours = keyPair();
const next = keyPair();
let door: Listening;
let plain: RegistryServer;
let login = "";
/** `METHOD path STATUS` of what the account's registry was asked. */
const asked: string[] = [];

jest.setTimeout(120_000);

beforeAll(async () => {
  await aws.start();
  const { listener } = aws.account.registry;
  door = await listen(
    (incoming, outgoing) => {
      outgoing.once("finish", () => asked.push(`${incoming.method} ${incoming.url} ${outgoing.statusCode}`));
      listener(incoming, outgoing);
    },
    { address: "127.0.0.1" },
  );
  plain = await RegistryServer.start(folder);
  login = await aws.query("authorizationData[0].authorizationToken", "ecr", "get-authorization-token");
  configuration.logIn({ [ecr()]: Buffer.from(login, "base64").toString() });
  // as a repository is declared unless said otherwise: no tag moves
  const immutable = ["--image-tag-mutability", "IMMUTABLE"];
  await aws.ask("ecr", "create-repository", "--repository-name", REPOSITORY, ...immutable);
}, 120_000);

afterAll(async () => {
  await door?.close();
  await plain?.stop();
  await aws.stop();
  configuration.remove();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const ecr = () => `127.0.0.1:${door.port}`;

/** A new image in the account's registry, by its reference. */
async function image(content: string): Promise<string> {
  const { digest } = await pushImage(`http://${ecr()}`, `Basic ${login}`, REPOSITORY, content, content);
  return `${ecr()}/${REPOSITORY}@${digest}`;
}

/** The ARN of a new key of KMS. */
const kmsKey = (spec: string, region = REGION, usage = "SIGN_VERIFY") =>
  aws.query("KeyMetadata.Arn", ...["kms", "create-key", "--key-spec", spec, "--key-usage", usage, "--region", region]);

async function publicKey(arn: string): Promise<string> {
  const der = await aws.query("PublicKey", "kms", "get-public-key", "--key-id", arn);
  const key = createPublicKey({ key: Buffer.from(der, "base64"), format: "der", type: "spki" });
  return key.export({ type: "spki", format: "pem" }) as string;
}

const environment = () => ({
  ...aws.deployerEnvironment,
  HOME: folder,
  DOCKER_CONFIG: configuration.folder,
  SLIPWAY_REGISTRY_REQUEST: join(SOURCE, "signing/registry-request.sh"),
  SLIPWAY_SIGNATURE: join(SOURCE, "signing/signature.sh"),
  SLIPWAY_DOCKER_LOGIN: join(SOURCE, "docker-login.sh"),
});

/** The step of an apply that signs, as the stack's deployer. */
async function sign(reference: string, by: Record<string, string>) {
  const { code, stdout, stderr } = await runProgram("sh", [join(SOURCE, "sign-image.sh")], {
    env: { ...environment(), SLIPWAY_IMAGE: reference, SLIPWAY_ENDPOINT: `http://${reference.split("/")[0]}`, ...by },
  });
  return { code, said: stdout + stderr };
}
const byKms = (arn: string) => ({ SLIPWAY_KMS_KEY: arn });
/** As a stack says it that keeps its images in ECR and has a role to deploy by. */
const byRole = (arn: string) => ({
  ...byKms(arn),
  SLIPWAY_AWS_CLI: resolve(SOURCE, "../aws/aws-cli.sh"),
  SLIPWAY_REGION: REGION,
  SLIPWAY_ROLE: "arn:aws:iam::123456789012:role/deployer",
});
function byFile({ privateKey }: { privateKey: string }) {
  const file = join(folder, `${digestOf(privateKey).slice(7, 19)}.key`);
  writeFileSync(file, privateKey);
  return { SLIPWAY_KEY: file };
}

/** What is said of images by whoever verifies them, a line each. */
async function verify(key: string, ...references: string[]): Promise<string[]> {
  const images = references.map((each) => `${each} http://${each.split("/")[0]}\n`).join("");
  const env = { ...environment(), SLIPWAY_IMAGES: images, SLIPWAY_SIGNERS: key };
  const { stdout } = await runProgram("sh", [join(SOURCE, "verify-images.sh")], { env });
  return stdout.trim().split("\n");
}

test("a key of KMS signs in ECR, by the deployer's role and login: cosign and openssl verify it, once it is signed no more", async () => {
  const [reference, arn] = [await image("1.0.0"), await kmsKey("ECC_NIST_P256")];
  const signed = await sign(reference, byRole(arn));
  expect(signed).toEqual({ code: 0, said: `${reference.replace("@", ": signed ")}\n` });
  const key = await publicKey(arn);
  expect(await verify(key, reference)).toEqual([expect.stringMatching(new RegExp(`^${reference} [0-9a-f]{64}$`))]);
  expect(await verify(ours.publicKey, reference)).toEqual([expect.stringContaining("none of the required keys")]);
  expect(await sign(reference, byKms(arn))).toMatchObject({ code: 0, said: expect.stringContaining("signed already") });

  const log = () => {};
  const program = await buildCosign({ cacheDir: cacheFolder(), run, log, install: async () => {} });
  writeFileSync(join(folder, "kms.pub"), key);
  const words = ["verify", "--insecure-ignore-tlog=true", "--key", join(folder, "kms.pub"), reference];
  expect(await run(program, words, { env: { ...process.env, ...environment() } })).toMatchObject({ code: 0 });
}, 1_200_000);

test("where no tag moves, a second key is refused for what it is, and the signature that is there stays", async () => {
  const reference = await image("1.1.0");
  expect(await sign(reference, byFile(ours))).toMatchObject({ code: 0 });
  const second = await sign(reference, byFile(next));
  expect(second.code).toBe(1);
  expect(second.said).toContain("is signed by another key, and the tags of team/web do not move");
  expect(await verify(ours.publicKey, reference)).toEqual([expect.not.stringContaining(" - ")]);
});

test.each([
  ["of another curve", () => kmsKey("ECC_NIST_P384"), /is a key of ECC_NIST_P384: take one of ECC_NIST_P256/],
  ["of RSA", () => kmsKey("RSA_2048"), /is a key of RSA_2048: take one of ECC_NIST_P256/],
  [
    "that encrypts",
    () => kmsKey("SYMMETRIC_DEFAULT", REGION, "ENCRYPT_DECRYPT"),
    /KMS does not let arn:\S+ be used, in eu-west-1: .*UnsupportedOperationException/,
  ],
  [
    "that is in another region",
    async () => (await kmsKey("ECC_NIST_P256", "us-east-1")).replace("us-east-1", REGION),
    /KMS does not let arn:\S+ be used, in eu-west-1: .*NotFoundException/,
  ],
])("a key of KMS %s signs nothing, and the registry is not asked", async (_, make, problem) => {
  const arn = await make();
  asked.length = 0;
  const { code, said } = await sign(`${ecr()}/${REPOSITORY}@${digestOf("none")}`, byKms(arn));
  expect([code, said]).toEqual([1, expect.stringMatching(problem)]);
  expect(asked).toEqual([]);
});

test("a registry of no cloud takes a signature by a key of whichever region", async () => {
  const registry = `127.0.0.1:${plain.port}`;
  const { digest } = await pushImage(`http://${registry}`, "", REPOSITORY, "1.0.0", "plain");
  const arn = await kmsKey("ECC_NIST_P256", "us-east-1");
  const reference = `${registry}/${REPOSITORY}@${digest}`;
  expect(await sign(reference, byKms(arn))).toMatchObject({ code: 0 });
  const der = await aws.query("PublicKey", "kms", "get-public-key", "--key-id", arn, "--region", "us-east-1");
  const key = createPublicKey({ key: Buffer.from(der, "base64"), format: "der", type: "spki" });
  expect(await verify(key.export({ type: "spki", format: "pem" }) as string, reference)).toEqual([
    expect.stringMatching(/ [0-9a-f]{64}$/),
  ]);
});

describe("in a registry that keeps bytes", () => {
  const registry = () => `127.0.0.1:${plain.port}`;
  async function kept(content: string): Promise<Signed> {
    const { digest } = await pushImage(`http://${registry()}`, "", REPOSITORY, content, content);
    return { by: ours.privateKey, repository: `${registry()}/${REPOSITORY}`, digest };
  }
  const put = ({ digest }: Signed, artifact: ReturnType<typeof signatureArtifact>) =>
    pushSignatures(`http://${registry()}`, {}, { repository: REPOSITORY, of: digest }, artifact);
  const said = ({ repository, digest }: Signed) => verify(ours.publicKey, `${repository}@${digest}`);

  test.each(DAMAGED)("a signature is none where %s", async (what, artifact, problem) => {
    const signed = await kept(`damaged-${what.length}`);
    await put(signed, signatureArtifact(signed));
    expect(await said(signed)).toEqual([expect.stringMatching(/ [0-9a-f]{64}$/)]);
    await put(signed, artifact(signed));
    expect(await said(signed)).toEqual([expect.stringContaining(problem)]);
  });

  test("a signature is none where its payload rots on the registry's disk", async () => {
    const signed = { ...(await kept("rotten")), optional: { who: "somebody in particular" } };
    await put(signed, signatureArtifact(signed));
    expect(await said(signed)).toEqual([expect.stringMatching(/ [0-9a-f]{64}$/)]);
    const files = readdirSync(join(folder, "registry"), { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, "registry", name))
      .filter((file) => statSync(file).isFile() && readFileSync(file, "utf8").includes("somebody in particular"));
    expect(files).toHaveLength(1);
    const [file = ""] = files;
    writeFileSync(file, readFileSync(file, "utf8").replace("particular", "particulaR"));
    expect(await said(signed)).toEqual([expect.stringContaining("has a signature whose payload is not sha256:")]);
  });
});

test("a signature is one request an image, beside the one that says which login the registry wants", async () => {
  const references = [await image("2.0.0"), await image("2.0.1"), await image("2.0.2")];
  for (const each of references) await sign(each, byFile(ours));
  asked.length = 0;
  expect(await verify(ours.publicKey, ...references)).toHaveLength(3);
  const tags = references.map((each) => `GET /v2/${REPOSITORY}/manifests/sha256-${each.split(":").at(-1)}.sig`);
  expect(asked).toEqual([`${tags[0]} 401`, ...tags.map((each) => `${each} 200`)]);
});
