import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

export const ROOT = resolve(__dirname, "../..");

/** An import as a source file writes it. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The file it leads to, relative to the root; absent for packages. */
  readonly to?: string;
  readonly typeOnly: boolean;
  /** By `import()` or `require()`, at the time that it is asked for. */
  readonly isDynamic: boolean;
}

/** Every TypeScript file below `folder`, relative to the root. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path).split(sep).join("/"))
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules/"))
    .sort();
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\b(?:import|require)\(\s*["']([^"']+)["']\s*\)/g;

/** The imports of `file`, static and dynamic. */
export function imports(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found = [...text.matchAll(IMPORT)].map((match) => ({
    specifier: match[2] as string,
    typeOnly: Boolean(match[1]),
    isDynamic: false,
  }));
  for (const [, specifier = ""] of text.matchAll(DYNAMIC)) found.push({ specifier, typeOnly: false, isDynamic: true });
  return found.map((each) => ({ ...each, from: file, to: target(file, each.specifier) }));
}

function target(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = relative(ROOT, resolve(ROOT, dirname(file), specifier))
    .split(sep)
    .join("/");
  for (const candidate of [path, `${path}.ts`, `${path}/index.ts`]) {
    if (candidate && isFile(candidate)) return candidate;
  }
  throw new Error(`${file} imports ${specifier}, which is no file`);
}

function isFile(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A circle of files that import each other, or nothing. */
export function circle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of edges.get(file) ?? []) {
      const found = visit(next, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}
