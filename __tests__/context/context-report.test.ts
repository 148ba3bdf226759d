import { existsSync, rmSync } from "node:fs";
import { BuildContext } from "../../src/context/build-context.ts";
import { contextFindings } from "../../src/context/context-findings.ts";
import { contextReport } from "../../src/context/context-report.ts";
import { contextReportLines } from "../../src/context/context-report-text.ts";
import { scratchFolder } from "./scratch-folder.ts";

const { path, plant } = scratchFolder();
const TREE = {
  Dockerfile: "FROM scratch\n",
  "app.py": "x".repeat(12_345),
  run: { executable: "#!" },
  latest: { link: "app.py" },
  empty: { folder: true },
  "docs/a.md": "",
  "docs/keep.md": "",
  "x.log": "",
  ".dockerignore": "# nothing yet\n/docs/\n!docs/keep.md\n\n*.log\n",
} as const;

describe("contextReport", () => {
  it("says what is sent, what is not and which line says so", () => {
    plant(TREE);
    const report = contextReport(path());
    expect(report).toMatchObject({
      directory: path(),
      dockerfile: "Dockerfile",
      ignoreFile: ".dockerignore",
      size: 12_402,
    });
    expect(report.files.map((file) => file.path)).toEqual([
      ".dockerignore",
      "Dockerfile",
      "app.py",
      "docs/keep.md",
      "empty",
      "latest",
      "run",
    ]);
    expect(report.excluded).toEqual([
      { path: "docs/a.md", folder: false, file: ".dockerignore", line: 2, pattern: "/docs/" },
      { path: "x.log", folder: false, file: ".dockerignore", line: 5, pattern: "*.log" },
    ]);
    expect(report.contentId).toBe(BuildContext.open(path()).contentId());
  });

  it("leaves the last synth the last synth", () => {
    plant(TREE);
    expect(contextReport(path()).changes).toBeUndefined();
    expect(existsSync(path("cache"))).toBe(false);
    BuildContext.open(path()).contentId();
    plant({ "app.py": "2" });
    const changes = { added: [], removed: [], changed: ["app.py"] };
    expect(contextReport(path()).changes).toEqual(changes);
    expect(contextReport(path()).changes).toEqual(changes);
  });

  it("lets a folder stand for everything in it where nothing of it is sent", () => {
    plant({ Dockerfile: "", "a/b/x": "", "a/y": "", "c/keep": "", "c/z": "", ".dockerignore": "a\nc\n!**/keep\n" });
    expect(contextReport(path()).excluded.map((left) => [left.path, left.folder, left.line])).toEqual([
      ["a", true, 1],
      ["c/z", false, 2],
    ]);
  });

  it("names the ignore file that counts, or none", () => {
    plant({ Dockerfile: "FROM scratch", "Dockerfile.dockerignore": "x" });
    expect(contextReport(path()).ignoreFile).toBe("Dockerfile.dockerignore");
    rmSync(path("app/Dockerfile.dockerignore"));
    expect(contextReport(path()).ignoreFile).toBeUndefined();
  });
});

describe("contextReportLines", () => {
  it("prints everything for a terminal", () => {
    plant(TREE);
    BuildContext.open(path()).contentId();
    plant({ ".env": "A=1", "app.py": "y" });
    rmSync(path("app/run"));
    const report = { ...contextReport(path()), directory: "app", contentId: "0".repeat(64) };
    expect(contextReportLines(report).join("\n")).toBe(
      `build context app (Dockerfile, .dockerignore)

sent: 7 paths, 59 B
        42 B  .dockerignore
        3 B   .env
        13 B  Dockerfile
        1 B   app.py
        0 B   docs/keep.md
              empty/
  link        latest -> app.py

left out:
  docs/a.md  .dockerignore line 2: /docs/
  x.log      .dockerignore line 5: *.log

since the last synth:
  added    .env
  removed  run
  changed  app.py

look at .env: it looks like a secret, and every layer of an image can be read; to leave it out, add the line .env

content id ${"0".repeat(64)} (arguments, target and platform of a stack enter it too)`,
    );
  });

  it("prints no name that a terminal would obey", () => {
    plant({ Dockerfile: "FROM scratch", "line\nbreak": "", "red\u001b[31m": "", "c1\u009b": "" });
    const text = contextReportLines(contextReport(path()));
    expect(text.join("\n")).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text.filter((line) => line.endsWith('"line\\nbreak"'))).toHaveLength(1);
  });

  it("uses decimal units", () => {
    plant({ Dockerfile: "FROM scratch", big: Buffer.alloc(1_500_000), small: "x".repeat(999), kilo: "x".repeat(1000) });
    const text = contextReportLines(contextReport(path())).join("\n");
    expect(text).toMatch(/1\.5 MB +big/);
    expect(text).toMatch(/999 B +small/);
    expect(text).toMatch(/1\.0 kB +kilo/);
    expect(text).toContain("nothing to compare with yet");
  });
});

describe("contextFindings", () => {
  const find = (...paths: string[]) =>
    contextFindings(paths.map((at) => ({ path: at, kind: "file" as const, executable: false, size: 1 }))).map(
      (finding) => finding.path,
    );

  it.each([
    [".git/HEAD", ".git"],
    [".git", ".git"],
    ["sub/.git/config", "sub/.git"],
    ["node_modules/a/b.js", "node_modules"],
    ["web/node_modules/x", "web/node_modules"],
    [".env", ".env"],
    ["api/.env.production", "api/.env.production"],
    ["id_rsa", "id_rsa"],
    ["keys/id_ed25519", "keys/id_ed25519"],
    ["tls/server.pem", "tls/server.pem"],
    ["server.KEY", "server.KEY"],
    ["store.p12", "store.p12"],
    [".aws/credentials", ".aws/credentials"],
    ["credentials.json", "credentials.json"],
    [".netrc", ".netrc"],
    [".npmrc", ".npmrc"],
    [".docker/config.json", ".docker/config.json"],
    ["gcp-service-account.json", "gcp-service-account.json"],
    ["terraform.tfstate", "terraform.tfstate"],
    [".venv/bin/python", ".venv"],
    ["cdktf.out/stacks/a", "cdktf.out"],
  ])("points at %s by %s", (at, finding) => {
    expect(find(at)).toEqual([finding]);
  });

  it.each([
    ".env.example",
    ".gitignore",
    ".github/workflows/a.yml",
    "id_rsa.pub",
    "config.json",
    "src/environment.ts",
    "pem.txt",
    "package.json",
    "keyboard.ts",
    ".dockerignore",
  ])("says nothing of %s", (at) => {
    expect(find(at)).toEqual([]);
  });

  it("points at a folder once", () => {
    expect(find("node_modules/a", "node_modules/b", ".env")).toEqual(["node_modules", ".env"]);
  });

  it("gives a line that leaves it out, whatever characters are in it", () => {
    for (const name of ["a[b]*.pem", "{x}|y?.key", "back\\slash.pem", "^caret+.pem", "!bang.pem", "#hash.pem"]) {
      plant({ Dockerfile: "FROM scratch", [name]: "", "other.txt": "" });
      const [finding] = contextReport(path()).findings;
      expect(finding?.path).toBe(name);
      plant({ ".dockerignore": `${finding?.pattern}\n` });
      const report = contextReport(path());
      expect(report.findings).toEqual([]);
      expect(report.excluded.map((left) => left.path)).toEqual([name]);
      rmSync(path(), { recursive: true });
    }
  });
});
