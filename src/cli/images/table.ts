import { shown } from "../../context/context-report-text.ts";

const GAP = "  ";

/** A table for people: headers, and columns as wide as what is in them. The last one may be of any width. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headers, ...rows].map((row) => row.map(shown));
  const widths = headers.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(column === headers.length - 1 ? 0 : (widths[column] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
}

/** Where the last column of such a table begins, which may go on below. */
export function lastColumn(lines: readonly string[], headers: readonly string[]): number {
  return lines[0]?.lastIndexOf(headers.at(-1) ?? "") ?? 0;
}

const DIGITS = 12;

/** The first digits of a digest or a content id, as people compare them. */
export function short(digest: string | undefined): string {
  return digest === undefined ? "-" : digest.replace(/^sha256:/, "").slice(0, DIGITS);
}
