import { execFile } from "node:child_process";
import { generateKeyPairSync, verify } from "node:crypto";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keyPair, RegistryOfSignatures } from "./registry-of-signatures.ts";
import { digestOf } from "./signature-artifact.ts";

const SOURCE = resolve(__dirname, "../../src/docker");
const DIGEST = `sha256:${"d".repeat(64)}`;
const PATH = "team/web";
const ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";

const pair = keyPair();
const other = keyPair();
let registry: RegistryOfSignatures;
let folder: string;

beforeEach(async () => {
  registry = await new RegistryOfSignatures().start();
  folder = mkdtempSync(join(tmpdir(), "slipway-sign-"));
});
afterEach(() => registry.stop());

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Runs the step; the event loop goes on, for the registry lives in it. */
function sign(environment: Record<string, string> = { SLIPWAY_KEY: file("signing.key", pair.privateKey) }) {
  return new Promise<{ status: number; output: string }>((done) => {
    const env = {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      SLIPWAY_REGISTRY_REQUEST: join(SOURCE, "signing/registry-request.sh"),
      SLIPWAY_SIGNATURE: join(SOURCE, "signing/signature.sh"),
      SLIPWAY_DOCKER_LOGIN: join(SOURCE, "docker-login.sh"),
      SLIPWAY_IMAGE: `${registry.host}/${PATH}@${DIGEST}`,
      SLIPWAY_ENDPOINT: registry.endpoint,
      ...environment,
    };
    execFile("/bin/sh", [join(SOURCE, "sign-image.sh")], { env }, (error, stdout, stderr) =>
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

/** By whom the artifact is signed, each layer checked as cosign does. */
function signers(): string[] {
  return registry.signatures(PATH, DIGEST).layers.map(({ digest, annotations }) => {
    const payload = registry.blobs.get(digest) as Buffer;
    expect(JSON.parse(payload.toString())).toEqual({
      critical: {
        identity: { "docker-reference": `${registry.host}/${PATH}` },
        image: { "docker-manifest-digest": DIGEST },
        type: "cosign container image signature",
      },
      optional: null,
    });
    const signature = Buffer.from(annotations["dev.cosignproject.cosign/signature"] as string, "base64");
    const keys = { pair: pair.publicKey, other: other.publicKey };
    return Object.entries(keys).find(([, key]) => verify("sha256", payload, key, signature))?.[0] ?? "nobody";
  });
}

test("signs the digest as cosign does, once: a second run asks for the signature and pushes nothing", async () => {
  expect(await sign()).toEqual({ status: 0, output: `${registry.host}/${PATH}: signed ${DIGEST}\n` });
  expect(signers()).toEqual(["pair"]);
  const { config } = registry.signatures(PATH, DIGEST) as unknown as { config: { digest: string; size: number } };
  expect(digestOf(registry.blobs.get(config.digest) as Buffer)).toBe(config.digest);
  expect(registry.blobs.get(config.digest)).toHaveLength(config.size);
  registry.asked.length = 0;
  expect(await sign()).toEqual({ status: 0, output: `${registry.host}/${PATH}: ${DIGEST} is signed already\n` });
  expect(registry.asked).toEqual([`GET /v2/${PATH}/manifests/${DIGEST.replace(":", "-")}.sig`]);
});

test("another key signs beside the first, whose signature stays", async () => {
  await sign();
  expect(await sign({ SLIPWAY_KEY: file("other.key", other.privateKey) })).toMatchObject({
    status: 0,
    output: expect.stringContaining("signed"),
  });
  expect(signers()).toEqual(["pair", "other"]);
});

test("a key with a password, which stands in a variable alone", async () => {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret words" },
  });
  const SLIPWAY_KEY = file("locked.key", privateKey);
  expect((await sign({ SLIPWAY_KEY })).output).toContain(
    "has a password: name the variable that holds it by passwordVariable",
  );
  const SLIPWAY_PASSWORD = "KEY_PASSWORD";
  expect((await sign({ SLIPWAY_KEY, SLIPWAY_PASSWORD })).output).toContain(
    "the variable KEY_PASSWORD is not set: export it where Terraform runs",
  );
  const wrong = await sign({ SLIPWAY_KEY, SLIPWAY_PASSWORD, KEY_PASSWORD: "other words" });
  expect(wrong.output).toContain("or KEY_PASSWORD is not its password");
  expect(registry.asked).toEqual([]);
  expect(await sign({ SLIPWAY_KEY, SLIPWAY_PASSWORD, KEY_PASSWORD: "secret words" })).toMatchObject({
    status: 0,
    output: expect.stringContaining("signed"),
  });
});

test.each([
  ["is not there", () => join(folder, "no.key"), "cannot be read: put it there, outside of git"],
  ["is none", () => file("text.key", "words"), "is no private key that openssl reads"],
  ["is of another curve", () => file("p384.key", keyPair("P-384").privateKey), "is no key of the curve P-256"],
  [
    "is encrypted by cosign",
    () => file("cosign.key", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nwords\n"),
    "is encrypted as cosign does it, which openssl cannot read: take a PKCS #8 key, and give cosign the same by cosign import-key-pair",
  ],
])("a private key that %s: nothing is asked of the registry", async (_, key, problem) => {
  const { status, output } = await sign({ SLIPWAY_KEY: key() });
  expect(status).toBe(1);
  expect(output).toContain(problem);
  expect(registry.asked).toEqual([]);
});

test("a registry that takes no artifacts says so, and one whose tags do not move", async () => {
  registry.refuses = { status: 415, code: "MANIFEST_INVALID", message: "media type is not supported" };
  const { status, output } = await sign();
  expect(status).toBe(1);
  expect(output).toContain(
    "takes no signature beside the image, sha256-" +
      `${"d".repeat(64)}.sig: keep signed images in a registry that takes OCI artifacts; it said: 415 MANIFEST_INVALID: media type is not supported`,
  );
});

test("what was pushed and reads otherwise afterwards is no signature", async () => {
  registry.manifests.set = () => registry.manifests;
  expect((await sign()).output).toContain("the signature was pushed, and ");
});

test.each(["basic", "bearer"] as const)(
  "logs in (%s) as Docker's configuration says, or by what Terraform has",
  async (scheme) => {
    registry.login = 'robot:pass word"\\';
    registry.scheme = scheme;
    const key = file("signing.key", pair.privateKey);
    const refused = await sign();
    expect(refused.status).toBe(1);
    expect(refused.output).toContain("refuses the login, or there is none");
    const auth = Buffer.from(registry.login).toString("base64");
    file("config.json", JSON.stringify({ auths: { [registry.host]: { auth } } }));
    expect(await sign({ SLIPWAY_KEY: key, DOCKER_CONFIG: folder })).toMatchObject({ status: 0 });
    expect(signers()).toEqual(["pair"]);
    registry.manifests.clear();
    expect(await sign({ SLIPWAY_KEY: key, SLIPWAY_LOGIN: registry.login })).toMatchObject({ status: 0 });
    registry.manifests.clear();
    const helper = file(
      "docker-credential-pretended",
      `#!/bin/sh\nread -r server\n[ "$server" = ${registry.host} ] && cat '${folder}/login.json'\n`,
    );
    chmodSync(helper, 0o755);
    file("login.json", JSON.stringify({ Username: "robot", Secret: 'pass word"\\' }));
    file("config.json", JSON.stringify({ credsStore: "pretended" }));
    expect(await sign({ SLIPWAY_KEY: key, DOCKER_CONFIG: folder })).toMatchObject({ status: 0 });
  },
);

describe("by a key of KMS", () => {
  /** An aws command that signs by `key`, as KMS does: it is shown the digest and never the payload. */
  function kms(spec: string, key = pair, refusal = "") {
    const priv = file("kms.key", key.privateKey);
    const pub = file("kms.pub", key.publicKey);
    const program = `#!/bin/sh
printf '%s\\n' "$*" >>'${folder}/aws.log'
[ -z '${refusal}' ] || { echo '${refusal}' >&2; exit 254; }
case "$*" in
  *'kms get-public-key'*) printf '%s\\t%s\\n' ${spec} "$(grep -v -- ----- '${pub}' | tr -d '\\n')" ;;
  *'kms sign'*) for word; do case $word in fileb://*) openssl pkeyutl -sign -inkey '${priv}' -in "\${word#fileb://}" | base64 -w 0 ;; esac; done ;;
esac
`;
    chmodSync(file("aws", program), 0o755);
  }

  test("asks in the key's region, and what it makes is verified before it is believed", async () => {
    kms("ECC_NIST_P256");
    expect(await sign({ SLIPWAY_KMS_KEY: ARN })).toMatchObject({ status: 0 });
    expect(signers()).toEqual(["pair"]);
  });

  test.each([
    ["ECC_NIST_P384", "", `the key ${ARN} is a key of ECC_NIST_P384: take one of ECC_NIST_P256`],
    [
      "ECC_NIST_P256",
      "An error occurred (NotFoundException): no such key",
      `KMS does not let ${ARN} be used, in eu-west-1: An error`,
    ],
  ])("a key of %s that does not do: %s", async (spec, refusal, problem) => {
    kms(spec, pair, refusal);
    const { status, output } = await sign({ SLIPWAY_KMS_KEY: ARN });
    expect(status).toBe(1);
    expect(output).toContain(problem);
    expect(registry.asked).toEqual([]);
  });
});
