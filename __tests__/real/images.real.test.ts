import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArguments } from "../../src/cli/arguments.mjs";
import * as command from "../../src/cli/command.mjs";
import { request } from "../../src/cli/http-request.mjs";
import { images } from "../../src/cli/images/images.ts";
import { findProject } from "../../src/cli/project.mjs";
import type { Tools } from "../../src/cli/tools.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { docker, Project } from "./project.ts";
import { RegistryProcess } from "./registry-process.ts";
import { request as visit } from "./request-stream.ts";

jest.setTimeout(300_000);

const STACK = "slipway-images";
const PROGRAM = resolve(__dirname, "programs/images.ts");
const DOCKERFILE = `FROM python:3.12.8-slim-bookworm
WORKDIR /page
COPY index.html .
ENV MODE=live
EXPOSE 8080
STOPSIGNAL SIGINT
CMD ["python3", "-m", "http.server", "8080"]
`;
const application = Object.fromEntries(
  ["web", "api", "job"].flatMap((name) => [
    [`${name}/Dockerfile`, DOCKERFILE],
    [`${name}/index.html`, `the page of ${name}`],
    [`${name}/.dockerignore`, "notes\n"],
    [`${name}/notes`, "nothing for an image"],
  ]),
);
const files = mkdtempSync(join(tmpdir(), "slipway-images-real-"));
const saved = join(files, "shop.tar");
let registry: RegistryProcess;
let other: RegistryProcess;
let project: Project;
let port: number;
/** The image that another registry has by `images load`, once that is there. */
let loaded: string | undefined;

beforeAll(async () => {
  registry = await RegistryProcess.start();
  other = await RegistryProcess.start();
  port = await freePort();
  project = new Project("images.ts", STACK, application, environment());
  await project.cleanUp();
  const app = `"${process.execPath}" --import "${require.resolve("tsx")}" "${PROGRAM}"`;
  writeFileSync(join(project.directory, "cdktf.json"), JSON.stringify({ app }));
  writeFileSync(join(project.directory, "package.json"), "{}");
  await project.synth();
  await project.init();
  expect(await project.apply()).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await project?.destroy();
  const left = docker("images", "--quiet", "--filter", `label=dev.slipway.stack=${STACK}`).split("\n").filter(Boolean);
  if (left.length > 0) docker("rmi", "--force", ...new Set(left));
  await registry?.stop();
  await other?.stop();
  rmSync(files, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  return {
    ...{ SLIPWAY_TEST_REGISTRY: registry.host, SLIPWAY_TEST_PORT: `${port}` },
    ...(loaded === undefined ? {} : { SLIPWAY_TEST_LOADED: loaded }),
  };
}

/** What a verb prints, as JSON or lines. */
async function run(...words: string[]): Promise<{ code: number; lines: string[]; printed: string }> {
  const lines: string[] = [];
  const printed: string[] = [];
  const say = (text: string) => void lines.push(text);
  const terminal = {
    ...{ line: say, row: say, warn: say, fail: say, note: say, interactive: false, confirm: async () => false },
    step: async (_: string, work: () => unknown) => work(),
  };
  const log = jest.spyOn(console, "log").mockImplementation((text) => void printed.push(`${text}`));
  const before = { ...process.env };
  Object.assign(process.env, environment(), {
    SLIPWAY_LOCKFILE: process.env.SLIPWAY_LOCKFILE ?? resolve("slipway.lock.json"),
  });
  try {
    const tools = { terminal, project: findProject(project.directory), command, request } as unknown as Tools;
    const code = await images(parseArguments(["images", ...words]), tools);
    return { code, lines, printed: printed.join("\n") };
  } finally {
    log.mockRestore();
    process.env = before;
  }
}

const json = async (...words: string[]) => JSON.parse((await run(...words, "--json")).printed);
const name = (image: string) => `${registry.host}/shop/${image}`;

test("images are listed where they are: built, pushed and run", async () => {
  const { images: all, undeclared, notes } = await json(STACK);
  const web = all.find(({ path }: { path: string }) => path === `${STACK}/web-image`);
  const { digest } = (await registry.manifest("shop/web", "1.4.2")) ?? {};
  expect(web).toMatchObject({
    kind: "built",
    digest,
    registry: "there",
    engine: true,
    runs: [`${STACK}/host/web`],
    differences: [],
  });
  expect(all.filter(({ registry: is }: { registry: string }) => is === "there").length).toBeGreaterThanOrEqual(3);
  expect([undeclared, notes]).toEqual([[], []]);
});

test("an image is inspected and traced to the lines of its Dockerfile", async () => {
  const { image } = await json("inspect", "web-image");
  expect(image.facts).toContainEqual({ fact: "ports", declared: "8080/tcp", actual: "8080/tcp" });
  expect(image.facts).toContainEqual({ fact: "folder", declared: "/page", actual: "/page" });
  const traced = (await json("history", "web-image")).image;
  const copy = traced.history.find(({ line }: { line?: number }) => line === 3);
  expect(copy).toMatchObject({
    createdBy: "COPY index.html .",
    digest: expect.stringMatching(/^sha256:/),
    sharedWith: [],
  });
  const [base] = traced.history.filter(({ digest }: { digest?: string }) => digest !== undefined);
  expect(base.sharedWith).toEqual([`${STACK}/api-image`, `${STACK}/job-image`]);
  expect(traced.leftOut).toEqual([expect.objectContaining({ path: "notes", pattern: "notes" })]);
});

test("a version is added by digest, and none moves", async () => {
  expect((await run("tag", "web-image", "1.5.0")).code).toBe(0);
  const before = (await registry.manifest("shop/web", "1.4.2"))?.digest;
  expect((await registry.manifest("shop/web", "1.5.0"))?.digest).toBe(before);
  const { tags } = await json("tags", "shop/web");
  expect(tags.slice(0, 2)).toMatchObject([
    { tag: "1.5.0", digest: before },
    { tag: "1.4.2", declared: true },
  ]);
});

test("a stack is saved, and loaded into an empty registry under the same digests, from which it is released", async () => {
  expect((await run("save", STACK, saved)).code).toBe(0);
  expect((await run("load", saved, "--registry", other.host)).code).toBe(0);
  for (const each of ["web", "api", "job"]) {
    const source = await registry.manifest(`shop/${each}`, "1.4.2");
    expect(await other.manifest(`shop/${each}`, "1.4.2")).toEqual(source);
  }
  const again = join(files, "again.tar");
  await run("save", STACK, again);
  expect(readFileSync(again).equals(readFileSync(saved))).toBe(true);
  loaded = `${other.host}/shop/web@${(await registry.manifest("shop/web", "1.4.2"))?.digest}`;
  await project.synth({ SLIPWAY_TEST_LOADED: loaded });
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect((await visit(port, "loaded.localhost", "/")).body).toBe("the page of web");
});

test("what a registry has lost is pushed to it again, under the same digest", async () => {
  const before = await registry.manifest("shop/job", "1.4.2");
  const lost = await fetch(`http://${registry.host}/v2/shop/job/manifests/${before?.digest}`, { method: "DELETE" });
  expect([lost.status, await registry.manifest("shop/job", "1.4.2")]).toEqual([202, undefined]);
  expect((await run("push", "job-image", "--dry-run")).lines.join(" ")).toContain(":1.4.2 would be pushed");
  expect(await registry.manifest("shop/job", "1.4.2")).toBeUndefined();
  expect((await run("push", "job-image")).code).toBe(0);
  expect(await registry.manifest("shop/job", "1.4.2")).toEqual(before);
});

test("of what the stack built before, the newest three stay, and what is declared", async () => {
  const builds = ["1", "2", "3", "4"].map((digit) => {
    const content = digit.repeat(64);
    const tag = `${name("web")}:sha-${content}`;
    const labels = [`dev.slipway.stack=${STACK}`, `dev.slipway.content=${content}`];
    const words = ["build", "--quiet", "--tag", tag, ...labels.flatMap((label) => ["--label", label]), "-"];
    execFileSync("docker", words, { input: `FROM scratch\nENV BUILD=${digit}\n`, stdio: "pipe" });
    return tag;
  });
  const there = () => {
    const all = docker("images", "--format", "{{.Repository}}:{{.Tag}}", name("web")).split("\n");
    return builds.filter((tag) => all.includes(tag));
  };
  expect((await run("prune", STACK, "--dry-run")).lines.filter((line) => line.endsWith("would go"))).toEqual([
    expect.stringContaining(builds[0] as string),
  ]);
  expect(there()).toEqual(builds);
  expect((await run("prune", STACK, "--auto-approve")).lines.at(-1)).toBe("removed 1");
  expect(there()).toEqual(builds.slice(1));
  expect((await visit(port, "images.localhost", "/")).status).toBe(200);
});

test("an engine loads what was saved, and docker load takes the same file", async () => {
  const job = join(files, "job.tar");
  expect((await run("save", "job-image", job)).code).toBe(0);
  docker("rmi", `${name("job")}:1.4.2`);
  expect((await run("load", job)).code).toBe(0);
  expect(docker("run", "--rm", `${name("job")}:1.4.2`, "cat", "/page/index.html")).toBe("the page of job");
  docker("rmi", `${name("job")}:1.4.2`);
  docker("load", "--input", job);
  expect(docker("run", "--rm", `${name("job")}:1.4.2`, "cat", "/page/index.html")).toBe("the page of job");
});

test("what runs stays; what does not is removed, pulled and flattened", async () => {
  const kept = await run("rm", "web-image", "--auto-approve");
  expect([kept.code, kept.lines.join(" ")]).toEqual([
    1,
    expect.stringMatching(/stays: the container .* has it \(running\)/),
  ]);
  expect((await visit(port, "images.localhost", "/")).status).toBe(200);
  expect(await run("rm", "job-image", "--auto-approve")).toMatchObject({ code: 0 });
  await expect(run("flatten", "job-image", "flat")).rejects.toThrow(/this engine does not have/);
  expect((await run("pull", "job-image")).code).toBe(0);
  const flat = await run("flatten", "job-image", "flat");
  expect([flat.code, flat.lines.join(" ")]).toEqual([0, expect.stringContaining("one layer of")]);
  expect(
    docker(
      "image",
      "inspect",
      "--format",
      "{{len .RootFS.Layers}} {{.Config.WorkingDir}} {{.Config.StopSignal}} {{json .Config.Cmd}}",
      `${name("job")}:flat`,
    ),
  ).toBe('1 /page SIGINT ["python3","-m","http.server","8080"]');
  expect(docker("run", "--rm", `${name("job")}:flat`, "cat", "/page/index.html")).toBe("the page of job");
  docker("rmi", `${name("job")}:flat`);
});
