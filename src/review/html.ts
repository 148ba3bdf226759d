import MarkdownIt from "markdown-it";
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
th { background: var(--soft); } td code { overflow-wrap: normal; }
svg text { font: 12px ui-monospace, monospace; fill: var(--ink); text-anchor: middle; } svg rect { fill: var(--soft); stroke: var(--line); }
svg path { fill: none; stroke: var(--ink); } svg marker path { fill: var(--ink); stroke: none; } svg .way { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; }
svg .host rect { stroke: var(--mark); stroke-width: 2; }
@media print { :root { --ink: #000; --paper: #fff; --line: #999; --soft: #f2f2f2; --mark: #000; } .wide { overflow: visible; } svg { max-width: 100%; height: auto; } tr { break-inside: avoid; } td code { overflow-wrap: anywhere; } }
`;

/**
 * The page for a browser, in one file that asks nothing of a network and runs no program. Why from the Markdown: both say
 * the same, and names of others are escaped in one place.
 */
export function html(markdown: string, model: Model): string {
  const reader = new MarkdownIt({ html: false, linkify: false });
  const { rules } = reader.renderer;
  // what is wide is moved by itself, by the keyboard as well, and not the page
  rules.table_open = () => '<div class="wide" tabindex="0" role="region" aria-label="Table">\n<table>\n';
  rules.table_close = () => "</table>\n</div>\n";
  rules.fence = (tokens, at) => {
    const { info = "", content = "" } = tokens[at] ?? {};
    if (info !== "mermaid") return `<pre>${xml(content)}</pre>`;
    return `<div class="wide" tabindex="0" role="region" aria-label="Picture">\n${drawing(model)}\n</div>\n`;
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
