import { spawn } from "node:child_process";
import fs, {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BuildContext } from "../../src/context/build-context.ts";
import { scratchFolder } from "./scratch-folder.ts";

const { path, plant } = scratchFolder();
const TREE = {
  Dockerfile: "FROM scratch\nCOPY . /\n",
  "app/main.py": "print(1)\n",
  "bin/run": { executable: "#!/bin/sh\n" },
  "left.log": "",
  ".dockerignore": "*.log\n",
  empty: { folder: true },
  out: { link: "/etc/hosts" },
} as const;

interface Seen {
  path: string;
  mode?: string;
  mtime: number;
  text?: string;
  target?: string;
}

function seen(folder: string, at = ""): Seen[] {
  return readdirSync(join(folder, at))
    .sort()
    .flatMap((name) => {
      const inside = at === "" ? name : `${at}/${name}`;
      const full = join(folder, inside);
      const stats = lstatSync(full);
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) return [{ path: inside, mtime: stats.mtimeMs, target: readlinkSync(full) }];
      if (stats.isDirectory()) return [{ path: `${inside}/`, mode, mtime: stats.mtimeMs }, ...seen(folder, inside)];
      return [{ path: inside, mode, mtime: stats.mtimeMs, text: readFileSync(full, "utf8") }];
    });
}

function stage(into = "staged", options = {}): string {
  BuildContext.open(path(), options).stage(path(into));
  return path(into);
}

describe("BuildContext.stage", () => {
  it("copies what is sent with modes by kind and one time for everything", () => {
    plant(TREE);
    const staged = seen(stage());
    expect(staged.map(({ mtime, ...rest }) => rest)).toEqual([
      { path: ".dockerignore", mode: "644", text: "*.log\n" },
      { path: "Dockerfile", mode: "644", text: "FROM scratch\nCOPY . /\n" },
      { path: "app/", mode: "755" },
      { path: "app/main.py", mode: "644", text: "print(1)\n" },
      { path: "bin/", mode: "755" },
      { path: "bin/run", mode: "755", text: "#!/bin/sh\n" },
      { path: "empty/", mode: "755" },
      { path: "out", target: "/etc/hosts" },
    ]);
    expect(new Set([...staged.map(({ mtime }) => mtime), lstatSync(path("staged")).mtimeMs]).size).toBe(1);
    expect(lstatSync(path("staged")).mode & 0o777).toBe(0o755);
  });

  it.each([0o000, 0o077])("is the same under the umask %d and from another folder", (umask) => {
    plant(TREE);
    const here = seen(stage());
    const before = process.umask(umask);
    try {
      plant(TREE, "elsewhere/app");
      BuildContext.open(path("elsewhere/app")).stage(path("deep/er/staged"));
    } finally {
      process.umask(before);
    }
    expect(seen(path("deep/er/staged"))).toEqual(here);
  });

  it("has another time for another content, so that no cache takes it for the old one", () => {
    plant(TREE);
    const [first] = seen(stage("one"));
    plant({ "app/main.py": "print(2)\n" });
    const [second] = seen(stage("two"));
    expect(second?.mtime).not.toBe(first?.mtime);
    expect(second?.mtime).toBeLessThan(Date.now());
  });

  it("leaves a copy alone that is there", () => {
    plant(TREE);
    const { ino, ctimeMs } = lstatSync(stage());
    stage();
    expect(lstatSync(path("staged"))).toMatchObject({ ino, ctimeMs });
  });

  it.each<[what: string, harm: (staged: string) => void]>([
    ["a byte changed", (staged) => writeFileSync(join(staged, "app/main.py"), "print(9)\n")],
    ["a file more", (staged) => writeFileSync(join(staged, "more"), "")],
    ["a time moved", (staged) => utimesSync(join(staged, "Dockerfile"), 1, 1)],
    ["only a part", (staged) => rmSync(join(staged, "bin"), { recursive: true })],
    ["a file in its place", (staged) => replaceByFile(staged)],
  ])("makes a copy again in which somebody left %s", (_, harm) => {
    plant(TREE);
    const whole = seen(stage());
    harm(path("staged"));
    stage();
    expect(seen(path("staged"))).toEqual(whole);
    expect(readdirSync(path("")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("leaves nothing behind when it fails", () => {
    plant(TREE);
    const context = BuildContext.open(path());
    context.contentId();
    plant({ "bin/run": "changed" });
    expect(() => context.stage(path("staged"))).toThrow("must not change while it is read");
    expect(existsSync(path("staged"))).toBe(false);
    expect(readdirSync(path("")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("removes what a killed synth left an hour ago, and nothing newer", () => {
    plant(TREE);
    mkdirSync(path(".staged.0123456789ab"));
    stage();
    expect(existsSync(path(".staged.0123456789ab"))).toBe(true);
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + 61 * 60 * 1000);
    writeFileSync(path("staged/more"), "");
    stage();
    jest.restoreAllMocks();
    expect(existsSync(path(".staged.0123456789ab"))).toBe(false);
  });

  it("is made once by synths that run at the same time", async () => {
    plant(TREE);
    const script = `const { BuildContext } = require(${JSON.stringify(join(__dirname, "../../src/context/build-context"))});
      for (let i = 0; i < 20; i += 1) BuildContext.open(${JSON.stringify(path())}).stage(${JSON.stringify(path("shared/"))} + i);`;
    const runs = [0, 1].map(
      () =>
        new Promise<string>((resolve) => {
          const child = spawn(process.execPath, ["--import", "tsx", "-e", script], { cwd: join(__dirname, "../..") });
          let errors = "";
          child.stderr.on("data", (data) => {
            errors += data;
          });
          child.on("close", (code) => resolve(`${code} ${errors}`));
        }),
    );
    expect(await Promise.all(runs)).toEqual(["0 ", "0 "]);
    expect(readdirSync(path("shared")).filter((name) => name.startsWith("."))).toEqual([]);
    expect(seen(path("shared/0"))).toEqual(seen(stage()));
  }, 60_000);

  it("takes the copy of a synth that was quicker, and only a whole one", () => {
    plant(TREE);
    const { renameSync } = fs;
    const taken = Object.assign(new Error("taken"), { code: "ENOTEMPTY" });
    const spy = jest.spyOn(fs, "renameSync").mockImplementationOnce((from, to) => {
      renameSync(from, to);
      throw taken;
    });
    const staged = seen(stage());
    expect(staged).toHaveLength(8);
    spy.mockImplementationOnce((_, to) => {
      mkdirSync(to);
      throw taken;
    });
    expect(() => stage("other")).toThrow(taken);
    spy.mockRestore();
  });

  it("never follows a link out of the tree", () => {
    plant({ ...TREE, secrets: { link: "../outside" } });
    plant({ "key.pem": "secret" }, "outside");
    expect(seen(stage()).find((file) => file.path.startsWith("secrets"))).toMatchObject({ target: "../outside" });
  });

  it("writes a Dockerfile's given text in the file's place", () => {
    plant(TREE);
    const text = "FROM busybox\n";
    expect(readFileSync(join(stage("a", { dockerfileText: text }), "Dockerfile"), "utf8")).toBe(text);
    stage("a", { dockerfileText: text });
    BuildContext.open(path()).withDockerfileText(text).stage(path("b"));
    expect(seen(path("b"))).toEqual(seen(path("a")));
    expect(readFileSync(path("app/Dockerfile"), "utf8")).toBe(TREE.Dockerfile);
  });
});

describe("staging into the context itself", () => {
  it("is refused, with the line that helps", () => {
    plant(TREE);
    expect(() => stage("app/cdktf.out/stacks/s/contexts/x")).toThrow('add the line "cdktf.out" to .dockerignore');
    expect(() => stage("app/.")).toThrow("stage it somewhere else");
    symlinkSync(path("app"), path("alias"));
    expect(() => stage("alias/sub/x")).toThrow('add the line "sub" to .dockerignore');
    expect(existsSync(path("app/sub"))).toBe(false);
  });

  it("is allowed where the ignore file leaves the place out", () => {
    plant({ ...TREE, ".dockerignore": "cdktf.out\n" });
    const staged = stage("app/cdktf.out/x");
    expect(readdirSync(staged)).not.toContain("cdktf.out");
    expect(BuildContext.open(path()).contentId()).toBe(BuildContext.open(staged).contentId());
  });
});

describe("the ignore file of a staged folder", () => {
  const text = (): string => readFileSync(path("staged/.dockerignore"), "utf8");

  it("stays as it is where no client would leave out what is staged", () => {
    plant({ ...TREE, ".dockerignore": "# mine\n*.log\nnode_modules" });
    stage();
    expect(text()).toBe("# mine\n*.log\nnode_modules");
  });

  it("takes everything back where it did not count and would filter again", () => {
    plant({ ...TREE, ".dockerignore": "app", "Dockerfile.dockerignore": "*.log" });
    stage();
    expect(text()).toBe("app\n!**\n");
    expect(existsSync(path("staged/app/main.py"))).toBe(true);
  });

  it("takes everything back where clients that archive a folder miss an exception inside it", () => {
    plant({ ...TREE, ".dockerignore": "*\n!**/*.py\n!Dockerfile\n!.dockerignore\n" });
    stage();
    expect(text()).toBe("*\n!**/*.py\n!Dockerfile\n!.dockerignore\n!**\n");
    expect(seen(path("staged")).map((file) => file.path)).toEqual([
      ".dockerignore",
      "Dockerfile",
      "app/",
      "app/main.py",
    ]);
    const before = lstatSync(path("staged")).ino;
    stage();
    expect(lstatSync(path("staged")).ino).toBe(before);
  });

  it("is there when it leaves itself and the Dockerfile out, so that a builder copies neither", () => {
    plant({ ...TREE, ".dockerignore": ".dockerignore\napp\nDockerfile" });
    stage();
    expect(text()).toBe(".dockerignore\napp\nDockerfile");
    expect(existsSync(path("staged/Dockerfile"))).toBe(true);
    expect(existsSync(path("staged/app"))).toBe(false);
  });

  it("leaves the Dockerfile out where it takes everything else back", () => {
    plant({ ...TREE, ".dockerignore": "*\n!**/*.py\n" });
    stage();
    expect(text()).toBe("*\n!**/*.py\n!**\nDockerfile\n.dockerignore\n");
    expect(existsSync(path("staged/Dockerfile"))).toBe(true);
  });

  it("becomes a file where it is a link and must say more", () => {
    plant({ ...TREE, rules: "app\n", "Dockerfile.dockerignore": "*.log" });
    rmSync(path("app/.dockerignore"));
    symlinkSync("rules", path("app/.dockerignore"));
    stage();
    expect(lstatSync(path("staged/.dockerignore")).isFile()).toBe(true);
    expect(text()).toBe("app\n!**\n");
    const before = lstatSync(path("staged")).ino;
    stage();
    expect(lstatSync(path("staged")).ino).toBe(before);
  });
});

function replaceByFile(staged: string): void {
  rmSync(staged, { recursive: true });
  writeFileSync(staged, "");
}
