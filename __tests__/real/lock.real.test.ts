import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { type EndedChild, endOf } from "../ended-child.ts";

jest.setTimeout(60_000);

const SLIPWAY = resolve(__dirname, "../../src/cli/slipway.mjs");
const folder = mkdtempSync(join(tmpdir(), "slipway-lock-real-"));
let registry: ChildProcess;
let host: string;

beforeAll(async () => {
  host = `127.0.0.1:${await freePort()}`;
  const configuration = `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${join(folder, "registry")}\nhttp:\n  addr: ${host}\n`;
  writeFileSync(join(folder, "registry.yml"), configuration);
  registry = spawn("docker-registry", ["serve", join(folder, "registry.yml")], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  registry.stderr?.on("data", (text) => {
    said += text;
  });
  registry.once("error", (error) => {
    said += error.message;
  });
  for (const deadline = Date.now() + 20_000; !(await answers()); await sleep(50)) {
    if (registry.exitCode !== null || Date.now() > deadline)
      throw new Error(`docker-registry does not come up: ${said}`);
  }
});

afterAll(() => {
  registry.kill();
});

function answers(): Promise<boolean> {
  return fetch(`http://${host}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

const sha256 = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

async function pushBlob(repository: string, bytes: string): Promise<{ digest: string; size: number }> {
  const started = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const url = new URL(started.headers.get("location") as string, `http://${host}`);
  url.searchParams.set("digest", sha256(bytes));
  const headers = { "content-type": "application/octet-stream" };
  const done = await fetch(url, { method: "PUT", body: bytes, headers });
  expect(done.status).toBe(201);
  return { digest: sha256(bytes), size: bytes.length };
}

async function pushManifest(repository: string, tag: string, mediaType: string, document: object): Promise<string> {
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...document });
  const url = `http://${host}/v2/${repository}/manifests/${tag}`;
  const { status } = await fetch(url, { method: "PUT", body, headers: { "content-type": mediaType } });
  expect(status).toBe(201);
  return sha256(body);
}

/** An image of one platform and an index of it, as a build for several platforms leaves them. */
async function push(repository: string, tag: string, text: string) {
  const config = await pushBlob(repository, JSON.stringify({ os: "linux", architecture: "amd64", text }));
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = { config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config }, layers: [] };
  const image = await pushManifest(repository, `${tag}-amd64`, mediaType, manifest);
  const size = JSON.stringify({ schemaVersion: 2, mediaType, ...manifest }).length;
  const platform = { os: "linux", architecture: "amd64" };
  const index = await pushManifest(repository, tag, "application/vnd.oci.image.index.v1+json", {
    manifests: [{ mediaType, digest: image, size, platform }],
  });
  return { image, index };
}

function lock(...references: string[]): Promise<EndedChild> {
  const app = `require("fs").appendFileSync(process.env.SLIPWAY_LOCK_COLLECT, ${JSON.stringify(references.join("\n"))} + "\\n")`;
  writeFileSync(join(folder, "app.js"), app);
  writeFileSync(join(folder, "cdktf.json"), JSON.stringify({ app: `"${process.execPath}" app.js` }));
  const env = { ...process.env };
  delete env.SLIPWAY_LOCKFILE;
  const child = spawn(process.execPath, [SLIPWAY, "lock"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env });
  return endOf(child);
}

const images = () => JSON.parse(readFileSync(join(folder, "slipway.lock.json"), "utf8")).images;

test("a real registry's tags are pinned to the index where there is one, and follow when they move", async () => {
  const first = await push("team/app", "1", "first");
  const [tag, platformTag] = [`${host}/team/app:1`, `${host}/team/app:1-amd64`];
  const { status: code, output } = await lock(tag, platformTag);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(images()).toEqual({ [tag]: first.index, [platformTag]: first.image });

  const second = await push("team/app", "1", "second");
  expect(second.index).not.toBe(first.index);
  const moved = await lock(tag);
  expect(moved.output).toContain(`~ ${tag} ${first.index} -> ${second.index}`);
  expect(moved.output).toContain(`- ${platformTag}: no stack asks for it`);
  expect(images()).toEqual({ [tag]: second.index });
});

test("a tag that is not there fails, and the lockfile stays", async () => {
  await push("team/app", "2", "x");
  await lock(`${host}/team/app:2`);
  const before = images();
  const { status: code, output } = await lock(`${host}/team/app:2`, `${host}/team/none:1`);
  expect(code).toBe(1);
  expect(output).toContain(`${host}/team/none:1: ${host} has no such image or tag`);
  expect(images()).toEqual(before);
});
