import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCosign } from "../../scripts/engines/cosign.mjs";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { run as runCommand } from "../../src/cli/command.mjs";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { pageServer } from "./page-server.ts";
import { docker, Project } from "./project.ts";
import { request, requestStream } from "./request-stream.ts";

jest.setTimeout(180_000);

const PORT = 8908;
const NAME = "page.localhost";
const REPOSITORY = "localhost:5908/page";
const REGISTRY = "http://localhost:5908/v2/page";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const server = (body: string) => pageServer(`body, status = "${body}", 200\n`);
const project = new Project("signing.ts", "slipway-test-signing", {
  Dockerfile: `FROM python:3.12.8-slim-bookworm
WORKDIR /app
COPY . .
EXPOSE 5000
CMD ["python3", "server.py"]
`,
  "server.py": server("one"),
});
const ours = keyPair();
let program: string;

const file = (name: string) => join(project.directory, name);
const declare = (keys: string, sign?: string) =>
  project.synth({ SLIPWAY_TEST_KEYS: keys, ...(sign === undefined ? {} : { SLIPWAY_TEST_SIGN: sign }) });
const body = async () => (await request(PORT, NAME)).body;

/** Runs cosign as a person would whose signatures stand in no public log. */
function cosign(...words: string[]) {
  const env = { ...process.env, COSIGN_PASSWORD: "", HOME: project.directory };
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: project.directory, env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}
const cosignVerify = (image: string, key: string) =>
  cosign("verify", "--insecure-ignore-tlog=true", "--key", key, image);

/** The states of the service's containers. */
const states = () =>
  docker(
    "ps",
    "--all",
    "--filter",
    "label=dev.slipway.construct=slipway-test-signing/host/page/Container",
    "--format",
    "{{.State}}",
  )
    .split("\n")
    .sort();

beforeAll(async () => {
  // once on a machine: what was built stays in the cache
  program = await buildCosign({ cacheDir: cacheFolder(), run: runCommand, log: () => {}, install: async () => {} });
  await project.cleanUp();
  writeFileSync(file("ours.key"), ours.privateKey);
  writeFileSync(file("ours.pub"), ours.publicKey);
  execFileSync("openssl", [
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-out",
    file("next.key"),
  ]);
  execFileSync("openssl", ["pkey", "-in", file("next.key"), "-pubout", "-out", file("next.pub")]);
}, 1_200_000);
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
});

test("what the apply has signed cosign accepts, and a host that demands it serves it; the next plan has nothing to do", async () => {
  await declare("ours.pub", "ours.key");
  await project.init();
  const run = await project.apply();
  expect(run).toMatchObject({ status: 0 });
  const [, digest] = /page: signed (sha256:[0-9a-f]{64})/.exec(run.output) ?? [];
  expect(await body()).toBe("one");
  expect(await project.plan()).toMatchObject({ status: 0 });
  expect(cosignVerify(`${REPOSITORY}@${digest}`, "ours.pub")).toMatchObject({ status: 0 });
  expect(cosignVerify(`${REPOSITORY}@${digest}`, "next.pub").status).not.toBe(0);
  expect(project.state()).not.toContain("PRIVATE KEY");
  expect(project.state()).not.toContain(ours.privateKey.split("\n")[1]);
});

test("what nobody has signed, another key, or for another image, is never started; what cosign has signed serves", async () => {
  const stream = requestStream(PORT, NAME);
  project.write("server.py", server("two"));
  await declare("ours.pub");
  const unsigned = await project.apply();
  expect(unsigned.status).toBe(1);
  const [image, digest = ""] =
    /localhost:5908\/page@(sha256:[0-9a-f]{64})(?= is not signed)/.exec(unsigned.output) ?? [];
  expect(image).toBeDefined();
  expect(states()).toEqual(["created", "running"]);

  // the very signature of what serves, put beside what is to serve
  const { tags } = (await (await fetch(`${REGISTRY}/tags/list`)).json()) as { tags: string[] };
  const first = tags.find((each) => each.endsWith(".sig"));
  const signature = await (await fetch(`${REGISTRY}/manifests/${first}`, { headers: { accept: MANIFEST } })).text();
  const tag = `${digest.replace(":", "-")}.sig`;
  const headers = { "content-type": MANIFEST };
  const put = await fetch(`${REGISTRY}/manifests/${tag}`, { method: "PUT", headers, body: signature });
  expect(put.status).toBe(201);
  const copied = await project.apply();
  expect(copied).toMatchObject({ status: 1, output: expect.stringContaining("has the signature of another image") });

  expect(cosign("import-key-pair", "--key", "next.key", "--output-key-prefix", "imported")).toMatchObject({
    status: 0,
  });
  expect(cosign("sign", "--yes", "--tlog-upload=false", "--key", "imported.key", `${image}`)).toMatchObject({
    status: 0,
  });
  const other = await project.apply();
  expect(other).toMatchObject({ status: 1, output: expect.stringContaining("signed by none of the required keys") });
  expect([await body(), states()]).toEqual(["one", ["created", "running"]]);

  await declare("ours.pub,next.pub");
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(await body()).toBe("two");
  expect(await project.plan()).toMatchObject({ status: 0 });
  const answers = await stream.stop();
  expect(answers.failed).toEqual([]);
  expect([...answers.bodies.keys()]).toEqual(["one", "two"]);
});
