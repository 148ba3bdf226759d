import MarkdownIt from "markdown-it";
import type Token from "markdown-it/lib/token.mjs";
import { drawing, xml } from "./drawing.ts";
import type { Model } from "./model.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2128; --paper: #fff; --line: #d0d7de; --soft: #f4f6f8; --mark: #0757ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e2e7ed; --paper: #14181d; --line: #3d444d; --soft: #1f252c; --mark: #7fb7ff; } }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.4rem; margin: 0; } h1 + p { font-size: 1.15rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
code { font: .875em ui-monospace, monospace; background: var(--soft); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; } th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { background: var(--soft); } td code { overflow-wrap: normal; } td .long { overflow-wrap: anywhere; }
@media (max-width: 40rem) { table { width: max-content; } th, td { max-width: 14rem; } }
svg { display: block; max-width: 100%; height: auto; } svg text { font: 12px ui-monospace, monospace; fill: var(--ink); text-anchor: middle; } svg rect { fill: var(--soft); stroke: var(--line); }
svg path { fill: none; stroke: var(--ink); } svg marker path { fill: var(--ink); stroke: none; } svg rect.way { fill: var(--paper); stroke: none; }
svg .host rect { stroke: var(--mark); stroke-width: 2; }
@page { size: A4; margin: 12mm; } @page picture { size: A4 landscape; }
@media print {
:root { color-scheme: light; --ink: #000; --paper: #fff; --line: #999; --soft: #f2f2f2; --mark: #000; } body { padding: 0; max-width: none; }
.wide { overflow: visible; } table { width: auto; } th, td { max-width: none; } tr { break-inside: avoid; } h1, h2, p:has(+ ul) { break-after: avoid; }
.picture, h2:has(+ .picture) { page: picture; } svg { min-width: 0 !important; }
}
`;

/** From how many characters on a name may break within. */
const LONG = 32;

/** The heading that what is at `at` stands under: the name by which its region is announced. */
function headingOf(tokens: readonly Token[], at: number): string {
  const heading = tokens.slice(0, at).findLastIndex(({ type }) => type === "heading_open");
  return tokens[heading + 1]?.content ?? "";
}

/**
 * The page for a browser, in one file that asks nothing of a network and runs no program. Why from the Markdown: both say
 * the same, and names of others are escaped in one place.
 */
export function html(markdown: string, model: Model): string {
  const reader = new MarkdownIt({ html: false, linkify: false });
  const { rules } = reader.renderer;
  // what is wide is moved by itself, by the keyboard as well, and not the page
  const region = (kind: string, tokens: readonly Token[], at: number) =>
    `<div class="wide ${kind}" tabindex="0" role="region" aria-label="${xml(headingOf(tokens, at))}">`;
  rules.table_open = (tokens, at) => `${region("rows", tokens, at)}\n<table>\n`;
  rules.table_close = () => "</table>\n</div>\n";
  rules.fence = (tokens, at) => {
    const { info = "", content = "" } = tokens[at] ?? {};
    if (info !== "mermaid") return `<pre>${xml(content)}</pre>`;
    return `${region("picture", tokens, at)}\n${drawing(model)}\n</div>\n`;
  };
  // a name breaks where its column is too narrow only where none is wide enough
  rules.code_inline = (tokens, at) => {
    const { content = "" } = tokens[at] ?? {};
    return `<code${content.length > LONG ? ' class="long"' : ""}>${xml(content)}</code>`;
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xml(model.stack)}: review</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${reader.render(markdown)}</main>
</body>
</html>
`;
}
