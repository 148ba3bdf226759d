import { existsSync, readFileSync } from "node:fs";
import { parse } from "dotenv";

/** The variables of a file such as `.env`; nothing where there is no such file. */
export function readEnvironmentFile(path: string): Readonly<Record<string, string>> | undefined {
  return existsSync(path) ? parse(readFileSync(path)) : undefined;
}
