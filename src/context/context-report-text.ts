import type { ContextFile } from "./context-path.ts";
import type { ContextReport } from "./context-report.ts";
import type { TreeChanges } from "./tree-columns.ts";

/** A context's explanation for a terminal, line by line. */
export function contextReportLines(report: ContextReport): string[] {
  const { directory, dockerfile, ignoreFile = "no ignore file", files, excluded, changes, findings } = report;
  const sections = [
    [`build context ${shown(directory)} (${shown(dockerfile)}, ${shown(ignoreFile)})`],
    [`sent: ${counted(files.length, "path")}, ${formatBytes(report.size)}`, ...columns(files.map(sentRow))],
    excluded.length === 0 ? [] : ["left out:", ...columns(excluded.map(exclusionRow))],
    changes ? changeLines(changes) : ["nothing to compare with yet: no synth has read this context here"],
    findings.map(
      ({ path, why, pattern }) => `look at ${shown(path)}: it ${why}; to leave it out, add the line ${pattern}`,
    ),
    [`content id ${report.contentId} (arguments, target and platform of a stack enter it too)`],
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

function sentRow({ path, kind, executable, size, target }: ContextFile): string[] {
  if (kind === "folder") return ["", "", shown(`${path}/`)];
  if (kind === "link") return ["link", "", `${shown(path)} -> ${shown(target ?? "")}`];
  return [executable ? "executable" : "", formatBytes(size), shown(path)];
}

function exclusionRow({ path, folder, file, line, pattern }: ContextReport["excluded"][number]): string[] {
  return [shown(folder ? `${path}/` : path), `${shown(file)} line ${line}: ${shown(pattern)}`];
}

function changeLines({ added, removed, changed }: TreeChanges): string[] {
  const lines = [
    ...added.map((path) => `  added    ${shown(path)}`),
    ...removed.map((path) => `  removed  ${shown(path)}`),
    ...changed.map((path) => `  changed  ${shown(path)}`),
  ];
  return lines.length === 0 ? ["nothing changed since the last synth"] : ["since the last synth:", ...lines];
}

function columns(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

/** Bytes as a person reads them, in decimal units. */
function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return `${unit === 0 ? bytes : (bytes / 1000 ** unit).toFixed(1)} ${units[unit]}`;
}

// A name may hold a line break or an escape sequence, which a terminal would obey.
export function shown(text: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(text) ? JSON.stringify(text).replace(/[\x7f-\x9f]/g, escaped) : text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
