import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { literalPattern } from "../values/literal-pattern.ts";

const LEFT_OUT =
  /^(?:node_modules|\.git|vendor|dist|target|cdktf\.out|.*\.(?:md|lock|svg|png|jpe?g)|.*compose.*\.ya?ml|package-lock\.json)$/;
const LARGEST_FILE = 64 * 1024;
const MOST_FILES = 500;

/**
 * Where a build context names neighbours as hosts, the first place of each as `path:line`. Why looked for: what a program
 * says in its own code is the one thing of a compose file that no declaration can translate.
 *
 * @param folder absolute @param from the folder that the paths are relative to
 */
export function namesInContext(folder: string, names: readonly string[], from: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (names.length === 0 || !existsSync(folder)) return found;
  for (const path of filesOf(folder)) {
    const text = readFileSync(path, "utf8");
    for (const name of names) {
      const index = found.has(name) || !text.includes(name) ? -1 : text.search(hostNamed(name));
      if (index >= 0) found.set(name, `${relative(from, path)}:${text.slice(0, index + 1).split("\n").length}`);
    }
  }
  return found;
}

/** In quotes and no key of a mapping, behind a scheme or a user, as Nginx's `server`, or with a port. */
function hostNamed(name: string): RegExp {
  const text = literalPattern(name);
  return new RegExp(
    `(?<=["'\`(=])${text}(?=["'\`](?!\\s*:)|:\\d)|(?<=://|@|tcp\\()${text}(?=[:/"'\`)\\s;]|$)|(?<=\\bserver\\s)${text}(?=[:;])|(?<=[\\s,])${text}(?=:\\d)`,
    "m",
  );
}

function filesOf(folder: string): string[] {
  const files: string[] = [];
  const open = [folder];
  for (let next = open.shift(); next !== undefined && files.length < MOST_FILES; next = open.shift()) {
    for (const entry of readdirSync(next, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (LEFT_OUT.test(entry.name)) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile() && statSync(path).size <= LARGEST_FILE) files.push(path);
    }
  }
  return files;
}
