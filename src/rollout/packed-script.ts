import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const PROBES = join(__dirname, "probes");

/** The probe that asks by HTTP, for a host whose engine asks by itself. */
export const HTTP_PROBE = join(PROBES, "http.sh");

const END = "SLIPWAY_PROBE";

/** The shell files of one kind of host. */
export interface HostScripts {
  /** Path of the file that tells the core what to do on this host. */
  readonly driver: string;
  /** Paths of files that the driver needs beside it. @default - none */
  readonly parts?: readonly string[];
  /** Path of the file that calls `rollout`. */
  readonly entry: string;
}

/**
 * One script out of the core of a release with its parts, the probes and what is the host's own. Each probe becomes a function
 * `probe_KIND` that prints it. Why: a probe runs where requests come from, in another container or on another machine,
 * and a script of one file needs no place where it finds the others.
 */
export function packedScript({ driver, parts = [], entry }: HostScripts): string {
  return [
    "#!/bin/sh\n",
    ...shellFiles(__dirname).map(read),
    ...probes(),
    read(driver),
    ...parts.map(read),
    read(entry),
  ].join("\n");
}

function probes(): string[] {
  return shellFiles(PROBES).map(
    (path) => `probe_${basename(path, ".sh")}() {\n  cat <<'${END}'\n${read(path)}${END}\n}\n`,
  );
}

function shellFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sh"))
    .sort()
    .map((file) => join(folder, file));
}

function read(path: string): string {
  return readFileSync(path, "utf8");
}
