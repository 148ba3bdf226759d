import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BuildContext } from "../../src/context/build-context.ts";
import { DockerIgnore } from "../../src/context/docker-ignore.ts";

const IMAGE = `slipway-test-context-${process.pid}`;
const EXECUTABLE = Symbol("executable");
type Planted = string | { readonly link: string } | { readonly folder: true } | typeof EXECUTABLE;

/** A path in an image: what `docker build` showed of the context. */
interface InImage {
  readonly path: string;
  readonly mode: string;
  readonly target?: string;
}

function docker(args: readonly string[], env: Record<string, string> = {}): Buffer {
  return execFileSync("docker", args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
}

/** Builds as Docker's client without BuildKit does: it archives the folder, filtered by the root's `.dockerignore`. */
function buildByArchive(directory: string): InImage[] {
  docker(["build", "--no-cache", "--quiet", "--tag", IMAGE, directory], { DOCKER_BUILDKIT: "0" });
  return contentOfImage();
}

/** Has the engine's BuildKit build a folder that is handed over whole. */
async function buildByBuildKit(directory: string): Promise<InImage[]> {
  const archive = execFileSync("tar", ["--create", "--directory", directory, "."], { maxBuffer: 1 << 26 });
  const host = docker(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]).toString().trim();
  const answer = await new Promise<string>((resolve, reject) => {
    const posted = request(
      {
        socketPath: new URL(process.env.DOCKER_HOST ?? host).pathname,
        method: "POST",
        path: `/v1.41/build?version=2&nocache=1&dockerfile=Dockerfile&t=${IMAGE}`,
        headers: { "content-type": "application/x-tar" },
      },
      (response) => {
        let text = "";
        response.on("data", (data) => {
          text += data;
        });
        response.on("end", () => resolve(text));
      },
    );
    posted.on("error", reject);
    posted.end(archive);
  });
  expect(answer).toContain(`Successfully tagged ${IMAGE}`);
  return contentOfImage();
}

function contentOfImage(): InImage[] {
  const container = docker(["create", IMAGE, "/none"]).toString().trim();
  try {
    const exported = docker(["export", container]);
    const list = execFileSync("tar", ["--list", "--verbose", "--quoting-style=literal"], {
      input: exported,
      encoding: "utf8",
    });
    return list
      .split("\n")
      .flatMap((line) => readListed(line) ?? [])
      .sort(byPath);
  } finally {
    docker(["rm", container]);
    docker(["image", "rm", IMAGE]);
  }
}

/** Reads a line like `-rwxr-xr-x 0/0  3 2001-09-09 01:46 ctx/a -> b`. */
function readListed(line: string): InImage | undefined {
  const [, kind, mode, path, target] = /^(.)(\S{9}) \S+ +\d+ \S+ \S+ ctx\/(.+?)(?: -> (.*))?$/.exec(line) ?? [];
  if (path === undefined) return undefined;
  return kind === "l" ? { path, mode: "link", target } : { path, mode: mode as string };
}

/** What an image must show of a context, folders included; what is sent although it is ignored is not copied. */
function expected(context: BuildContext, ignoreText = ""): InImage[] {
  const ignore = DockerIgnore.parse(ignoreText);
  const shown = new Map<string, InImage>();
  for (const { path, kind, executable, target } of context.files) {
    if (ignore.decide(path).ignored) continue;
    const parts = path.split("/");
    for (let i = 1; i < parts.length; i += 1) addFolder(shown, parts.slice(0, i).join("/"));
    if (kind === "folder") addFolder(shown, path);
    else if (kind === "link") shown.set(path, { path, mode: "link", target });
    else shown.set(path, { path, mode: executable ? "rwxr-xr-x" : "rw-r--r--" });
  }
  return [...shown.values()].sort(byPath);
}

function addFolder(shown: Map<string, InImage>, path: string): void {
  shown.set(`${path}/`, { path: `${path}/`, mode: "rwxr-xr-x" });
}

function byPath(a: InImage, b: InImage): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

const PLANTED: Record<string, Planted> = {
  Dockerfile: "FROM scratch\nCOPY . /ctx/\n",
  "main.py": "print(1)\n",
  "tool.sh": EXECUTABLE,
  "app/views/page.html": "",
  "app/views/page.test.html": "",
  "app/keep.py": "",
  "app/cache/x.pyc": "",
  "docs/README.md": "",
  "docs/deep/note.md": "",
  "a.log": "",
  "logs/a.log": "",
  empty: { folder: true },
  current: { link: "app/views" },
  outside: { link: "/etc/hostname" },
  dangling: { link: "nowhere" },
  "sp ace/é": "",
};

describe("a context in a real engine", () => {
  let directory = "";
  let context: BuildContext;
  let umask = 0;

  beforeAll(() => {
    umask = process.umask(0o022);
    docker(["version"]);
  });
  afterAll(() => {
    process.umask(umask);
    docker(["image", "rm", "--force", IMAGE]);
  });

  function plant(ignoreFiles: Record<string, string>): void {
    directory = mkdtempSync(join(tmpdir(), "slipway-engine-"));
    process.env.SLIPWAY_CACHE_DIR = join(directory, "cache");
    for (const [name, planted] of Object.entries({ ...PLANTED, ...ignoreFiles })) {
      const at = join(directory, "app", name);
      mkdirSync(typeof planted === "object" && "folder" in planted ? at : dirname(at), { recursive: true });
      if (typeof planted === "string") writeFileSync(at, planted);
      else if (planted === EXECUTABLE) {
        writeFileSync(at, "#!/bin/sh\n");
        chmodSync(at, 0o755);
      } else if ("link" in planted) symlinkSync(planted.link, at);
    }
    context = BuildContext.open(join(directory, "app"));
    context.stage(join(directory, "staged"));
  }
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.each<[what: string, ignoreFiles: Record<string, string>]>([
    ["no ignore file", {}],
    [
      "ordinary patterns and exceptions",
      { ".dockerignore": "**/*.log\napp/cache\ndocs\n!docs/README.md\n**/*.test.*\n" },
    ],
    ["an ignore file that ignores itself", { ".dockerignore": ".dockerignore\n*.log\n" }],
    ["an ignore file that ignores the Dockerfile", { ".dockerignore": "Dockerfile*\n.dockerignore\n" }],
    ["an allow list", { ".dockerignore": "*\n!Dockerfile\n!app\napp/cache\n!.dockerignore\n" }],
    ["patterns that act as expressions", { ".dockerignore": "^a*\n[d-e]*\n\\w*.py\n!Dockerfile" }],
  ])(
    "shows of the folder what we list, and of the staged copy the same: %s",
    async (_, ignoreFiles) => {
      plant(ignoreFiles);
      const copied = expected(context, ignoreFiles[".dockerignore"]);
      expect(buildByArchive(join(directory, "app"))).toEqual(copied);
      expect(buildByArchive(join(directory, "staged"))).toEqual(copied);
      // Who is handed an archive filters nothing.
      expect(await buildByBuildKit(join(directory, "staged"))).toEqual(expected(context));
    },
    120_000,
  );

  it.each<[what: string, ignoreFiles: Record<string, string>, wouldMiss: string]>([
    [
      "an exception inside a folder that archiving clients do not look into",
      { ".dockerignore": "*\n!Dockerfile\n!.dockerignore\n!**/*.py\n" },
      "app/keep.py",
    ],
    [
      "an ignore file of the Dockerfile's own beside another one",
      { ".dockerignore": "app\n", "Dockerfile.dockerignore": "docs\n" },
      "app/keep.py",
    ],
  ])(
    "shows of the staged copy what BuildKit would, where such a client would filter again: %s",
    async (_, ignoreFiles, missed) => {
      plant(ignoreFiles);
      expect(context.files.map(({ path }) => path)).toContain(missed);
      expect(buildByArchive(join(directory, "app")).map(({ path }) => path)).not.toContain(missed);
      expect(buildByArchive(join(directory, "staged"))).toEqual(expected(context));
      expect(await buildByBuildKit(join(directory, "staged"))).toEqual(expected(context));
    },
    120_000,
  );
});
