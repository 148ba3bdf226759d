import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = join(__dirname, "../..");
const MODULE = pathToFileURL(join(ROOT, "src/offline/images/image-names.mjs")).href;

/** Calls a function of the module, which is ESM and runs before anything is installed. */
function call(name: string, ...args: unknown[]): unknown {
  const program = `import * as names from ${JSON.stringify(MODULE)};
    console.log(JSON.stringify(names[${JSON.stringify(name)}](...${JSON.stringify(args)}) ?? null));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));
}

describe("imagesOfDockerfile", () => {
  it.each([
    ["one image", "FROM python:3.12-slim\nRUN true", ["python:3.12-slim"]],
    ["a platform and a stage's name", "from --platform=linux/amd64 node:22 as build", ["node:22"]],
    ["stages that build on each other", "FROM node:22 AS build\nFROM build AS test\nFROM scratch\n", ["node:22"]],
    ["an argument with a default", "ARG TAG=3.12\nFROM python:${TAG}-slim", ["python:3.12-slim"]],
    ["a quoted default", 'ARG BASE="nginx:1.27.3"\nFROM $BASE', ["nginx:1.27.3"]],
    ["a default in the line itself", "ARG TAG\nFROM python:${TAG:-3.11}", ["python:3.11"]],
    ["an argument without a value", "ARG BASE\nFROM ${BASE}", []],
    ["a continued line", "FROM \\\n  nginx:1.27.3", ["nginx:1.27.3"]],
    ["Windows line ends", "FROM nginx:1.27.3\r\nRUN true\r\n", ["nginx:1.27.3"]],
    ["a comment", "# FROM nginx:1\nFROM nginx:2", ["nginx:2"]],
  ])("reads %s", (_, text, images) => {
    expect(call("imagesOfDockerfile", text)).toEqual(images);
  });
});

describe("officialImage", () => {
  it.each([
    ["python", { repository: "python", tag: "latest" }],
    ["library/python:3.12-slim", { repository: "python", tag: "3.12-slim" }],
    ["docker.io/library/nginx:1.27.3", { repository: "nginx", tag: "1.27.3" }],
    ["python:3@sha256:2199a62885a12290dc9c5be3ca0681d367576ab7bf037da120e564723292a2f0", null],
    ["someone/python:3", null],
    ["ghcr.io/library/python:3", null],
    ["localhost:5001/python:3", null],
  ])("reads %s", (name, image) => {
    expect(call("officialImage", name)).toEqual(image);
  });
});

it("imagesOfProject finds the Dockerfiles of any project, and passes over what was installed, made or is a test", () => {
  const root = mkdtempSync(join(tmpdir(), "slipway-images-"));
  const files = {
    Dockerfile: "FROM python:3.12",
    "services/api/Dockerfile.dev": "FROM node:22",
    "services/api/Dockerfile.dev.dockerignore": "FROM ignored",
    "services/worker/worker.Dockerfile": "FROM redis:7",
    "node_modules/some/Dockerfile": "FROM installed",
    "cdktf.out/stacks/shop/Dockerfile": "FROM made",
    "__tests__/app/Dockerfile": "FROM tested",
    ".hidden/Dockerfile": "FROM hidden",
    "slipway.lock.json": '{"version":1,"images":{"docker.io/library/nginx:1.27":"sha256:0"}}',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect((call("imagesOfProject", root, {}) as string[]).sort()).toEqual([
    "docker.io/library/nginx:1.27",
    "node:22",
    "python:3.12",
    "redis:7",
  ]);
});

it("imagesOfProject reads what the stacks name, and what they build from outside of the project", () => {
  const root = mkdtempSync(join(tmpdir(), "slipway-images-"));
  const stack = `import { readFileSync } from "node:fs";
    host.run("queue", { image: new PulledImage(this, "queue-image", { image: "redis:3.2-alpine" }) });
    new LocalHost(this, "host", { nginxImage: 'nginx:1.25' });
    new PulledImage(this, "other", { image: \`ghcr.io/shop/page:\${version}\` });
    new PulledImage(this, "own", { image: "registry.example.com/shop/page:1" });
    new BuiltImage(this, "web-image", { context: "../web", repository });
    new BuiltImage(this, "gone-image", { context: "../gone", repository });
    new BuiltImage(this, "api-image", { context: "api", repository });
  `;
  const files = {
    "deploy/shop.ts": stack,
    "deploy/shop.d.ts": 'image: "node:1"',
    "deploy/api/Dockerfile": "FROM python:3.12",
    "web/Dockerfile": "FROM node:7.7-alpine",
    "other/Dockerfile": "FROM node:8",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  expect((call("imagesOfProject", join(root, "deploy"), {}) as string[]).sort()).toEqual([
    "nginx:1.25",
    "node:7.7-alpine",
    "python:3.12",
    "redis:3.2-alpine",
  ]);
});

it("the lockfile pins every image that an example application builds on", () => {
  const { images } = JSON.parse(readFileSync(join(ROOT, "slipway.lock.json"), "utf8"));
  for (const app of ["cats", "netflix-catalog", "netflix-frontend", "availability-agent"]) {
    const dockerfile = readFileSync(join(ROOT, "stacks/apps", app, "Dockerfile"), "utf8");
    for (const name of call("imagesOfDockerfile", dockerfile) as string[]) {
      expect(images).toHaveProperty([`docker.io/library/${name}`], expect.stringMatching(/^sha256:[0-9a-f]{64}$/));
    }
  }
});
