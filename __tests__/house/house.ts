import { readdirSync } from "node:fs";
import { join, resolve, sep } from "node:path";

export const ROOT = resolve(__dirname, "../..");

/** Every TypeScript file below `folder`, relative to the root. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path).split(sep).join("/"))
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules/"))
    .sort();
}
