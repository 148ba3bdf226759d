import { execFileSync, spawnSync } from "node:child_process";
import { ROOT } from "./house.ts";

const EXPECTED = [
  ".ci",
  ".editorconfig",
  ".github",
  ".gitignore",
  ".nvmrc",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "SECURITY.md",
  "__tests__",
  "bench",
  "biome.json",
  "cdktf.json",
  "docs",
  "jest.config.cjs",
  "main.ts",
  "package-lock.json",
  "package.json",
  "scripts",
  "slipway.lock.json",
  "src",
  "stacks",
  "tsconfig.build.json",
  "tsconfig.json",
];

test("the top level holds what people expect there, and nothing else", () => {
  const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
  const top = [...new Set(tracked.map((path) => path.split("/")[0] as string))];
  expect(top.filter((name) => !EXPECTED.includes(name))).toEqual([]);
});

test("nothing in the tree names a path of one machine", () => {
  const pattern = "(^|[^A-Za-z0-9._-])/(work|home/[a-z]+|Users/[A-Za-z]+)/[A-Za-z.]";
  const { stdout, status } = spawnSync(
    "git",
    ["grep", "-nIE", pattern, "--", ".", ":(exclude)package-lock.json", ":(exclude)__tests__/house"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  expect({ found: stdout, status }).toEqual({ found: "", status: 1 });
});
