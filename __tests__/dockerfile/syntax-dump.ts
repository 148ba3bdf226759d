import type { SyntaxTree } from "../../src/dockerfile/syntax/read-syntax.ts";
import type { SyntaxNode } from "../../src/dockerfile/syntax/syntax-node.ts";

/** `tree` as the S-expressions in which BuildKit's own parser tests state what they expect. */
export function dump(tree: SyntaxTree): string {
  return tree.statements.map((statement) => `(${dumpNode(statement)})`).join("\n");
}

function dumpNode({ keyword, flags, args, trigger }: SyntaxNode): string {
  const head = [keyword.toLowerCase(), ...(flags.length > 0 ? [`[${flags.map(quote).join(" ")}]`] : [])];
  if (trigger) return [...head, `(${dumpNode(trigger)})`].join(" ");
  return [...head, ...args.map(quote)].join(" ");
}

const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** Go's `strconv.Quote`, as far as control characters and ASCII go. */
function quote(text: string): string {
  const escaped = text.replace(/[\x00-\x1f\x7f\\"]/g, (character) => {
    return SHORT[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}
