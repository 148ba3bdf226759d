import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../values/nearest-word.cjs";

/** The stacks that the app declared last, sorted. @param directory the app's output folder */
export function stackNames(directory: string): string[] {
  const file = join(directory, "manifest.json");
  return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, "utf8")).stacks ?? {}).sort() : [];
}

/** Why `name` is none of the stacks that there are, and which was probably meant; undefined where it is one. */
export function unknownStack(name: string, names: readonly string[]): string | undefined {
  if (names.includes(name)) return undefined;
  const meant = nearest(name, names);
  const rule = `stack must be one of ${names.join(", ") || "(the app declares none)"}, got ${name}`;
  return meant === undefined ? rule : `${rule}: did you mean ${meant}?`;
}
