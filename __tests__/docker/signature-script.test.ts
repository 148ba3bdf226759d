import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keyPair, RegistryOfSignatures } from "./registry-of-signatures.ts";
import { DAMAGED, digestOf } from "./signature-artifact.ts";

const SIGNING = resolve(__dirname, "../../src/docker/signing");
const DIGEST = `sha256:${"d".repeat(64)}`;
const OTHER = `sha256:${"e".repeat(64)}`;
const PATH = "team/web";
const TAG = `${DIGEST.replace(":", "-")}.sig`;

const ours = keyPair();
const next = keyPair();
const theirs = keyPair();
let registry: RegistryOfSignatures;
let folder: string;

beforeEach(async () => {
  registry = await new RegistryOfSignatures().start();
  folder = mkdtempSync(join(tmpdir(), "slipway-verify-"));
});
afterEach(() => registry.stop());

/** Runs a program of the shell after the two files, with these keys; the event loop goes on, for the registry lives in it. */
function shell(program: string, keys: readonly string[] = [ours.publicKey]) {
  mkdirSync(join(folder, "work"), { recursive: true });
  writeFileSync(join(folder, "keys.pem"), keys.join(""));
  const files = ["registry-request.sh", "signature.sh"].map((name) => `. '${join(SIGNING, name)}'`);
  const settings = `Q_WORK='${folder}/work' V_KEYS='${folder}/keys' Q_LOGIN='' problem=''`;
  const text = [...files, settings, `v_take_keys <'${folder}/keys.pem'`, program].join("\n");
  return new Promise<string>((done) =>
    execFile("sh", ["-u", "-c", text], (_, stdout, stderr) => done(stdout + stderr)),
  );
}

const image = () => `${registry.host}/${PATH}@${DIGEST}`;
const verified = (keys?: readonly string[], reference = image()) =>
  shell(`v_verify '${reference}' ${registry.endpoint}; echo "$? $problem"`, keys);
const signed = (by: string, more: { repository?: string; digest?: string; optional?: object } = {}) => ({
  by,
  repository: `${registry.host}/${PATH}`,
  digest: DIGEST,
  ...more,
});

test("a signature costs one request; one with words of its own, whose payload must be read, a second", async () => {
  registry.put(PATH, DIGEST, signed(ours.privateKey));
  expect(await verified()).toBe("0 \n");
  expect(registry.asked).toEqual([`GET /v2/${PATH}/manifests/${TAG}`]);
  registry.put(PATH, DIGEST, signed(ours.privateKey, { optional: { who: "ci" } }));
  expect(await verified()).toBe("0 \n");
  expect(registry.asked.slice(1)).toEqual([`GET /v2/${PATH}/manifests/${TAG}`, expect.stringMatching(/blobs/)]);
});

test("while one key takes another's place either counts, among the signatures of others too", async () => {
  const both = [ours.publicKey, next.publicKey];
  registry.put(PATH, DIGEST, signed(theirs.privateKey), signed(next.privateKey));
  expect(await verified(both)).toBe("0 \n");
  expect(await verified()).toBe(`1 ${image()} is signed by none of the required keys, or its signature is damaged\n`);
  registry.put(PATH, DIGEST, signed(ours.privateKey));
  expect(await verified(both)).toBe("0 \n");
});

test.each<[string, () => void, string]>([
  ["not signed at all", () => {}, "is not signed: REGISTRY/team/web has no TAG"],
  [
    "signed by somebody else",
    () => registry.put(PATH, DIGEST, signed(theirs.privateKey)),
    "is signed by none of the required keys",
  ],
  [
    "beside the signature of another image",
    () => registry.put(PATH, DIGEST, signed(ours.privateKey, { digest: OTHER })),
    `has the signature of another image, ${OTHER} REGISTRY/team/web`,
  ],
  [
    "with a payload of which a byte was changed where it is kept",
    () => {
      registry.put(PATH, DIGEST, signed(ours.privateKey, { optional: { who: "ci" } }));
      const [digest, payload] = [...registry.blobs][0] as [string, Buffer];
      registry.blobs.set(digest, Buffer.from(payload.toString().replace('"ci"', '"cj"')));
    },
    "has a signature whose payload is not sha256:",
  ],
  [
    "with a changed payload, named as it is",
    () => {
      registry.put(PATH, DIGEST, signed(ours.privateKey, { digest: OTHER }));
      const [digest, payload] = [...registry.blobs][0] as [string, Buffer];
      const changed = Buffer.from(payload.toString().replace(OTHER, DIGEST));
      registry.blobs.set(digestOf(changed), changed);
      const manifest = registry.manifests.get(`${PATH}/${TAG}`) as string;
      registry.manifests.set(`${PATH}/${TAG}`, manifest.replace(digest, digestOf(changed)));
    },
    "is signed by none of the required keys, or its signature is damaged",
  ],
  ...DAMAGED.map(([what, artifact, problem]): [string, () => void, string] => [
    `signed, but ${what}`,
    () => registry.keep(PATH, DIGEST, artifact(signed(ours.privateKey))),
    problem,
  ]),
  [
    "beside something that is no artifact of cosign's",
    () => registry.manifests.set(`${PATH}/${TAG}`, '{"layers":[{"mediaType":"text/plain","digest":"x"}]}'),
    "is not signed: TAG holds no signature of cosign's",
  ],
])("an image is refused that is %s", async (_, given, problem) => {
  given();
  const said = await verified();
  expect(said).toMatch(/^1 /);
  expect(said).toContain(problem.replace("REGISTRY", registry.host).replace("TAG", TAG));
});

test("an image of Docker Hub is named in a signature as cosign names it", async () => {
  const reference = `docker.io/library/nginx@${DIGEST}`;
  registry.put("library/nginx", DIGEST, signed(ours.privateKey, { repository: "index.docker.io/library/nginx" }));
  expect(await verified(undefined, reference)).toBe("0 \n");
});

test("a registry that does not answer says nothing about a signature, nor does one that fails; a login is another matter", async () => {
  registry.broken = 502;
  expect(await verified()).toMatch(/^75 the signature of .* cannot be read now: 502/);
  registry.broken = undefined;
  registry.login = "robot:secret";
  expect(await verified()).toMatch(/^2 the signature of .* refuses the login, or there is none: 401/);
  const nobody = await shell(`v_verify 127.0.0.1:1/${PATH}@${DIGEST} http://127.0.0.1:1; echo "$? $problem"`);
  expect(nobody).toMatch(/^75 the signature of .* cannot be read now: curl: /);
});

test("a release asks once an image, not again for what was verified, and again where another key counts", async () => {
  writeFileSync(
    join(folder, "lines"),
    ["web", "job"].map((name) => `${name} ${image()} ${registry.endpoint}\n`).join(""),
  );
  writeFileSync(join(folder, "known"), "");
  const all = (keys?: readonly string[]) =>
    shell(`v_login() { :; }\nv_verify_all '${folder}/lines' '${folder}/known'; echo "$? $problem"`, keys);
  registry.put(PATH, DIGEST, signed(ours.privateKey));
  expect(await all()).toBe("0 \n");
  expect(await all([next.publicKey, ours.publicKey])).toBe("0 \n");
  expect(registry.asked).toHaveLength(1);
  expect(await all([next.publicKey])).toContain("1 web: ");
  expect(registry.asked).toHaveLength(2);
});
