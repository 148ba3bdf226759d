import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./house.ts";

const TEXT = readFileSync(join(ROOT, "docs/environment-variables.md"), "utf8");
const documented = new Set([...TEXT.matchAll(/`(SLIPWAY_[A-Z_]+)`/g)].map(([, name]) => name as string));

const sources = execFileSync("git", ["ls-files", "-z", "src", "stacks"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((file) => /\.[cm]?[jt]s$/.test(file))
  .map((file) => readFileSync(join(ROOT, file), "utf8"));

/** What is read of the process's own surroundings, one by one or several at once. */
function readNames(text: string): string[] {
  const single = [...text.matchAll(/\benv\??\.(SLIPWAY_[A-Z_]+)/g)].map(([, name]) => name as string);
  const several = [...text.matchAll(/\{([^{}]*)\} = process\.env\b/g)].flatMap(([, names = ""]) =>
    names.split(",").flatMap((name) => /SLIPWAY_[A-Z_]+/.exec(name)?.[0] ?? []),
  );
  return [...single, ...several];
}

test("every variable that is read has its line, and every line is of a variable that is read", () => {
  const known = new Set(sources.flatMap(readNames));
  expect([...documented].sort()).toEqual([...known].sort());
});
