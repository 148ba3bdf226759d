/**
 * Text of others as Markdown shows it: a name of a file or a service is no markup, no mention, no link. Why not every mark
 * of punctuation: the text is read as it stands, too.
 */
export function escaped(text: string): string {
  const entity = (mark: string) => `&#${mark.codePointAt(0)};`;
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]#|<>~&@]|:(?=\S)|^[-+]/g, entity);
}

/** `text` in a fixed width, whatever is in it. */
export function code(text: string): string {
  const plain = text.replace(/[\r\n]+/g, " ").replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 || plain === "" ? " " : "";
  return `${fence}${pad}${plain}${pad}${fence}`;
}

/** A table; no text at all where it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Parts that have something to say, with a blank line between them. */
export function joined(parts: readonly string[]): string {
  return parts.filter(Boolean).join("\n\n");
}

/** A part with its heading; nothing where it has nothing to say. */
export function section(heading: string, ...parts: readonly string[]): string {
  const text = joined(parts);
  return text === "" ? "" : `## ${heading}\n\n${text}`;
}

/** What something was, and what it is now; absent is a dash. */
export function moved(before: string | undefined, after: string | undefined): string {
  if (before === after) return after === undefined ? "" : code(after);
  return `${before === undefined ? "–" : code(before)} → ${after === undefined ? "–" : code(after)}`;
}
