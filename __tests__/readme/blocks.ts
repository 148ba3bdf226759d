import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../house/house.ts";

/** A fenced block of code of a page. */
export interface Block {
  readonly page: string;
  /** The heading that it stands below. */
  readonly section: string;
  /** The file that it is, where the paragraph before begins with a name and ends with a colon: "`main.ts`:". */
  readonly file?: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page in the order in which they stand. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let section = "";
  const text = readFileSync(join(ROOT, page), "utf8");
  for (const [, heading, file, indent = "", language = "", body = ""] of text.matchAll(
    /^#+ (.+)$|(?:^`([^`\n]+)`[^\n]*(?:\n[^\n]+)*:\n\n)?^([ ]*)```([a-z]*)\n([\s\S]*?)^[ ]*```$/gm,
  )) {
    if (heading !== undefined) section = heading;
    else
      blocks.push({
        page,
        section,
        ...(file === undefined ? {} : { file }),
        language,
        text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      });
  }
  return blocks;
}
