import { execFileSync } from "node:child_process";
import fs, { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { BuildContext } from "../../src/context/build-context.ts";
import type { ContentInputs } from "../../src/context/content-id.ts";
import { ContextError } from "../../src/context/context-path.ts";
import { scratchFolder } from "./scratch-folder.ts";

const { path, plant } = scratchFolder();
const DOCKERFILE = { Dockerfile: "FROM scratch\n" };

function open(tree: Parameters<typeof plant>[0], options?: Parameters<typeof BuildContext.open>[1]): BuildContext {
  return BuildContext.open(plant({ ...DOCKERFILE, ...tree }), options);
}

function pathsOf(context: BuildContext): string[] {
  return context.files.map((file) => file.path);
}

describe("BuildContext.open refuses", () => {
  it.each<[why: string, message: string, directory: () => string, dockerfile: string]>([
    ["a directory that is not there", "must be a directory that exists", () => path("nowhere"), "Dockerfile"],
    ["a file", "must be a directory, not a file", () => join(plant({ f: "" }), "f"), "Dockerfile"],
    ["an empty directory", "must not be empty,", () => plant({}), "Dockerfile"],
    ["a missing Dockerfile", "Dockerfile must be a file in the build context", () => plant({ a: "" }), "Dockerfile"],
    ["a folder as Dockerfile", "Dockerfile must be a file", () => plant({ a: "", "Dockerfile/x": "" }), "Dockerfile"],
    ["a Dockerfile above the context", "must be a path inside", () => plant(DOCKERFILE), "../Dockerfile"],
    ["an absolute Dockerfile", "must be a path inside", () => plant(DOCKERFILE), "/etc/Dockerfile"],
    ["no name for a Dockerfile", "must be a path inside", () => plant(DOCKERFILE), ""],
    [
      "a Dockerfile that is a link out of the context",
      "must not be a link out of it",
      () => plant({ a: "", Dockerfile: { link: "/etc/passwd" } }),
      "Dockerfile",
    ],
    [
      "an ignore file that Docker refuses",
      ".dockerignore line 2 is refused by Docker",
      () => plant({ ...DOCKERFILE, ".dockerignore": "a\n[" }),
      "Dockerfile",
    ],
    [
      "a root ignore file that a provider would stumble over though it does not count",
      ".dockerignore line 1 is refused by Docker",
      () => plant({ ...DOCKERFILE, ".dockerignore": "[", "Dockerfile.dockerignore": "a" }),
      "Dockerfile",
    ],
  ])("%s", (_, message, directory, dockerfile) => {
    expect(() => BuildContext.open(directory(), { dockerfile })).toThrow(message);
  });

  it("sockets and pipes, unless they are ignored", async () => {
    const directory = plant(DOCKERFILE);
    execFileSync("mkfifo", [join(directory, "pipe")]);
    expect(() => BuildContext.open(directory)).toThrow('not a pipe, got "pipe"');
    plant({ ".dockerignore": "pipe" });
    expect(pathsOf(BuildContext.open(directory))).toEqual([".dockerignore", "Dockerfile"]);

    const server = createServer().listen(join(directory, "s"));
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      expect(() => BuildContext.open(directory)).toThrow('not a socket, got "s"');
    } finally {
      server.close();
    }
  });

  it("names that are not UTF-8, unless they are ignored", () => {
    const directory = plant(DOCKERFILE);
    const name = Buffer.concat([Buffer.from(`${directory}/bad`), Buffer.from([0xff])]);
    writeFileSync(name, "");
    expect(() => BuildContext.open(directory)).toThrow(/must be UTF-8, got "bad\\+xff"/);
    plant({ ".dockerignore": "bad*" });
    expect(pathsOf(BuildContext.open(directory))).toEqual([".dockerignore", "Dockerfile"]);
  });

  const asRoot = process.getuid?.() === 0;
  it(`folders that cannot be read${asRoot ? " (as root: links that lead nowhere as folders)" : ""}`, () => {
    const directory = plant({ ...DOCKERFILE, "closed/a": "" });
    if (asRoot) {
      rmSync(join(directory, "closed"), { recursive: true });
      symlinkSync("/nowhere", join(directory, "closed"));
      expect(() => BuildContext.open(join(directory, "closed"))).toThrow("must be a directory that exists");
      return;
    }
    chmodSync(join(directory, "closed"), 0);
    expect(() => BuildContext.open(directory)).toThrow("cannot be read (EACCES)");
    chmodSync(join(directory, "closed"), 0o755);
  });
});

describe("BuildContext.files", () => {
  it("lists files, links as links and empty folders, sorted by bytes", () => {
    const context = open({
      "b/x": "123",
      "b-c": "",
      "a/run.sh": { executable: "#!/bin/sh\n" },
      "\u{1f600}": "",
      "\uff5e": "",
      "line\nbreak": "",
      empty: { folder: true },
      "gone.txt": { link: "/nowhere" },
      loop: { link: "." },
      "a/up": { link: "../../.." },
    });
    expect(context.files).toEqual([
      { path: "Dockerfile", kind: "file", executable: false, size: 13 },
      { path: "a/run.sh", kind: "file", executable: true, size: 10 },
      { path: "a/up", kind: "link", executable: false, size: 0, target: "../../.." },
      { path: "b-c", kind: "file", executable: false, size: 0 },
      { path: "b/x", kind: "file", executable: false, size: 3 },
      { path: "empty", kind: "folder", executable: false, size: 0 },
      { path: "gone.txt", kind: "link", executable: false, size: 0, target: "/nowhere" },
      { path: "line\nbreak", kind: "file", executable: false, size: 0 },
      { path: "loop", kind: "link", executable: false, size: 0, target: "." },
      { path: "\uff5e", kind: "file", executable: false, size: 0 },
      { path: "\u{1f600}", kind: "file", executable: false, size: 0 },
    ]);
  });

  it("keeps a folder that its ignore file has emptied, as BuildKit does", () => {
    expect(pathsOf(open({ "logs/a.log": "", ".dockerignore": "**/*.log" }))).toEqual([
      ".dockerignore",
      "Dockerfile",
      "logs",
    ]);
  });

  it("finds what is taken back in an excluded folder", () => {
    const context = open({ "src/keep/a": "", "src/b": "", ".dockerignore": "src\n!src/keep" });
    expect(pathsOf(context)).toEqual([".dockerignore", "Dockerfile", "src/keep/a"]);
    expect(context.excluded.map(({ path, line, pattern }) => [path, line, pattern])).toEqual([["src/b", 1, "src"]]);
  });

  it.each<[string, Record<string, string>, string, string[]]>([
    ["the Dockerfile", { a: "", ".dockerignore": "Docker*" }, "Dockerfile", [".dockerignore", "Dockerfile", "a"]],
    ["both", { a: "", ".dockerignore": "*" }, "Dockerfile", [".dockerignore", "Dockerfile"]],
    ["the ignore file", { ".dockerignore": ".*\na", a: "" }, "Dockerfile", [".dockerignore", "Dockerfile"]],
    [
      "in a folder that is left out",
      { "docker/app": "FROM scratch\n", "docker/b": "", ".dockerignore": "docker" },
      "docker/app",
      [".dockerignore", "Dockerfile", "docker/app"],
    ],
    [
      "in a folder whose files are left out",
      { "docker/app": "FROM scratch\n", "docker/b": "", ".dockerignore": "docker/*" },
      "docker/app",
      [".dockerignore", "Dockerfile", "docker/app"],
    ],
    [
      "an ignore file of its own",
      { a: "", "Dockerfile.dockerignore": "Dockerfile*" },
      "Dockerfile",
      ["Dockerfile", "Dockerfile.dockerignore", "a"],
    ],
  ])("sends what the build needs although its ignore file leaves it out: %s", (_, tree, dockerfile, paths) => {
    const context = open(tree, { dockerfile });
    expect(pathsOf(context)).toEqual(paths);
    expect(context.excluded.filter(({ path: left, folder }) => !folder && paths.includes(left))).toEqual([]);
    expect(context.dockerfileText).toBe("FROM scratch\n");
  });

  it("goes by `<Dockerfile>.dockerignore` before `.dockerignore`", () => {
    const tree = { a: "", b: "", other: "FROM scratch\n", ".dockerignore": "a", "other.dockerignore": "b" };
    expect(pathsOf(open(tree))).not.toContain("a");
    const context = BuildContext.open(path(), { dockerfile: "./other" });
    expect(pathsOf(context)).toContain("a");
    expect(pathsOf(context)).not.toContain("b");
    expect(context.dockerfile).toBe("./other");
  });
});

describe("a Dockerfile whose text is given", () => {
  it("takes the place of the file, or is added", () => {
    const given = "FROM busybox\n";
    expect(pathsOf(BuildContext.open(plant({ z: "" }), { dockerfileText: given }))).toEqual(["Dockerfile", "z"]);
    expect(open({}, { dockerfileText: given }).files).toEqual([
      { path: "Dockerfile", kind: "file", executable: false, size: 13 },
      { path: "z", kind: "file", executable: false, size: 0 },
    ]);
  });

  it("has the same id as a file with that text", () => {
    const fromFile = open({ a: "1" }).contentId();
    expect(open({}, { dockerfileText: "FROM scratch\n" }).contentId()).toBe(fromFile);
    expect(open({}).withDockerfileText("FROM scratch\n").contentId()).toBe(fromFile);
    expect(open({}).withDockerfileText("FROM scratch\n\n").contentId()).not.toBe(fromFile);
    rmSync(path("app/Dockerfile"));
    expect(BuildContext.open(path(), { dockerfileText: "FROM scratch\n" }).contentId()).toBe(fromFile);
  });

  it("goes into a folder that is empty so far, and refuses to replace one", () => {
    const context = open({ docker: { folder: true } }, { dockerfile: "docker/app", dockerfileText: "FROM scratch" });
    expect(pathsOf(context)).toEqual(["Dockerfile", "docker/app"]);
    plant({ "d/x": "", l: { link: "d" } });
    for (const dockerfile of ["d", "d/x/y", "l/y"]) {
      expect(() => BuildContext.open(path(), { dockerfile, dockerfileText: "" })).toThrow("must not take the place of");
    }
  });
});

describe("BuildContext.contentId", () => {
  const tree = {
    "a.txt": "a",
    "dir/b.sh": { executable: "b" },
    link: { link: "a.txt" },
    empty: { folder: true },
  } as const;

  it("is 64 hexadecimal digits that no release may change", () => {
    expect(open(tree).contentId()).toBe("becd6e7568d994a8a4f931dbc0b61690de8d8bff5988d39cb81ac7a8004a942b");
  });

  it.each<[what: string, change: (directory: string) => void]>([
    ["a byte", () => plant({ "a.txt": "b" })],
    ["a length", () => plant({ "a.txt": "aa" })],
    ["a permission", (directory) => chmodSync(join(directory, "a.txt"), 0o755)],
    ["a permission taken away", (directory) => chmodSync(join(directory, "dir/b.sh"), 0o644)],
    ["a link's target", (directory) => relink(join(directory, "link"), "dir/b.sh")],
    ["a link that becomes a file", (directory) => replaceByFile(join(directory, "link"), "a.txt")],
    ["a new file", () => plant({ new: "" })],
    ["a file less", (directory) => rmSync(join(directory, "a.txt"))],
    ["another name", (directory) => execFileSync("mv", [join(directory, "a.txt"), join(directory, "c.txt")])],
    ["an empty folder less", (directory) => rmSync(join(directory, "empty"), { recursive: true })],
    ["the Dockerfile", () => plant({ Dockerfile: "FROM scratch\nUSER 1\n" })],
    ["what is sent", () => plant({ ".dockerignore": "a.txt" })],
  ])("changes with %s", (_, change) => {
    const before = open(tree).contentId();
    change(path());
    expect(BuildContext.open(path()).contentId()).not.toBe(before);
    expect(BuildContext.open(path()).contentId()).toBe(BuildContext.open(path()).contentId());
  });

  it.each<[what: string, change: (directory: string) => void]>([
    ["times", (directory) => utimesSync(join(directory, "a.txt"), 1, 1)],
    ["permissions of group and others", (directory) => chmodSync(join(directory, "a.txt"), 0o600)],
    ["permissions of folders", (directory) => chmodSync(join(directory, "dir"), 0o700)],
    ["what is ignored", () => plant({ "x.log": "other" })],
  ])("does not change with %s", (_, change) => {
    const before = open({ ...tree, "x.log": "1", ".dockerignore": "*.log" }).contentId();
    change(path());
    expect(BuildContext.open(path()).contentId()).toBe(before);
  });

  it("changes with every input, however inputs are cut", () => {
    const context = open(tree);
    const inputs: ContentInputs[] = [
      {},
      { args: { A: "1" } },
      { args: { A: "", B: "1" } },
      { args: { A1: "" } },
      { args: { A: "B1" } },
      { target: "A1" },
      { target: "A", platform: "1" },
      { platform: "A" },
      { labels: { A: "1" } },
      { args: { A: "1" }, target: "x" },
      { secrets: ["a", "b"] },
      { secrets: ["ab"] },
      { secrets: [["a"], "b"] },
      { noCache: true },
      { noCache: "true" },
      { noCache: 1 },
    ];
    expect(new Set(inputs.map((input) => context.contentId(input))).size).toBe(inputs.length);
  });

  it("does not change with the order of inputs, or with inputs that say nothing", () => {
    const context = open(tree);
    expect(context.contentId({ args: { A: "1", B: "2" }, target: undefined, labels: {}, secrets: [] })).toBe(
      context.contentId({ args: { B: "2", A: "1" } }),
    );
  });

  it("depends on the Dockerfile's path", () => {
    open({ other: "FROM scratch\n" });
    const [a, b] = ["Dockerfile", "other"].map((dockerfile) => BuildContext.open(path(), { dockerfile }).contentId());
    expect(a).not.toBe(b);
    expect(BuildContext.open(path(), { dockerfile: "./other" }).contentId()).toBe(b);
  });

  it("reads files that do not fit the buffer", () => {
    const big = Buffer.alloc(700_001, 7);
    const before = open({ big }).contentId();
    big[700_000] = 8;
    expect(open({ big }).contentId()).not.toBe(before);
    expect(pathsOf(open({ big }))).toContain("big");
  });

  it("is a property of the content: order, umask and times do not matter, any difference does", () => {
    const name = fc.constantFrom("a", "b", "c", "a-b", "é", "\u{1f600}", "\uff5e", "sp ace", "new\nline");
    const file = fc.record({
      kind: fc.constant("file"),
      bytes: fc.uint8Array({ maxLength: 8 }),
      executable: fc.boolean(),
    });
    const link = fc.record({ kind: fc.constant("link"), target: fc.constantFrom("a", "../x", "/etc", ".") });
    const leaf = fc.oneof(file, link);
    const trees = fc.dictionary(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
      leaf,
      { minKeys: 1, maxKeys: 5, noNullPrototype: true },
    );
    const seen = new Map<string, string>();
    let run = 0;
    fc.assert(
      fc.property(trees, fc.boolean(), fc.constantFrom(0o022, 0o077, 0o002), (tree, reversed, umask) => {
        const names = Object.keys(tree).filter((at) => !Object.keys(tree).some((other) => other.startsWith(`${at}/`)));
        const content = JSON.stringify(names.sort().map((at) => [at, tree[at]]));
        run += 1;
        const ids = [0o022, umask].map((mask, i) => {
          const at = path(`tree-${run}-${i}`);
          const order = i === 1 && reversed ? [...names].reverse() : names;
          const before = process.umask(mask);
          try {
            for (const leafName of order) plantLeaf(join(at, leafName), tree[leafName] as Leaf, i * 1000);
          } finally {
            process.umask(before);
          }
          return BuildContext.open(at, { dockerfile: "D", dockerfileText: "", remember: false }).contentId();
        });
        expect(ids[0]).toBe(ids[1]);
        const id = ids[0] as string;
        expect(seen.get(id) ?? content).toBe(content);
        seen.set(id, content);
      }),
      { numRuns: 60 },
    );
    expect(new Set(seen.values()).size).toBe(seen.size);
  });
});

describe("what changes while it is read", () => {
  it("is an error, not a mixture", () => {
    const context = open({ a: "1" });
    context.contentId();
    plant({ a: "22" });
    expect(() => context.stage(path("staged"))).toThrow(ContextError);
    expect(() => context.stage(path("staged"))).toThrow('must not change while it is read, got "a"');
  });

  it.each([
    ["shorter", 0],
    ["longer", 3],
  ])("is an error when a file gets %s", (_, read) => {
    const context = open({ a: "12" });
    const spy = jest.spyOn(fs, "readSync").mockReturnValueOnce(13).mockReturnValueOnce(read);
    expect(() => context.contentId()).toThrow('must not change while it is read, got "a"');
    spy.mockReturnValueOnce(13).mockReturnValueOnce(1).mockReturnValueOnce(read);
    expect(() => context.contentId()).toThrow('must not change while it is read, got "a"');
    spy.mockRestore();
  });

  it("is an error when a file goes away or becomes a link", () => {
    const context = open({ a: "1" });
    relink(path("app/a"), "/etc/passwd");
    expect(() => context.contentId()).toThrow('must not change while it is read, got "a"');
    rmSync(path("app/a"));
    expect(() => BuildContext.open(path()) && context.contentId()).toThrow("must not change while it is read");
  });
});

type Leaf = { kind: string; bytes?: Uint8Array; executable?: boolean; target?: string };

function plantLeaf(at: string, leaf: Leaf, seconds: number): void {
  mkdirSync(join(at, ".."), { recursive: true });
  if (leaf.target !== undefined) symlinkSync(leaf.target, at);
  else {
    writeFileSync(at, leaf.bytes as Uint8Array);
    if (leaf.executable) chmodSync(at, 0o755);
    utimesSync(at, seconds, seconds);
  }
}

function relink(at: string, target: string): void {
  rmSync(at);
  symlinkSync(target, at);
}

function replaceByFile(at: string, text: string): void {
  rmSync(at);
  writeFileSync(at, text);
}
