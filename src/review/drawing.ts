import { graphlib, layout } from "@dagrejs/dagre";
import { graphOf, type NodeKind } from "./graph.ts";
import type { Model } from "./model.ts";

/** What a character of a label takes in a fixed width of 12 pixels, and a node beside its label. */
const CHARACTER = 7.3;
const PADDING = 24;
const HEIGHT = 34;
const LONGEST = 36;
/** As how much of its size the picture may be shown where there is no room: its text stays legible. */
const LEAST = 0.85;

const ROUND: Readonly<Record<NodeKind, number>> = { context: 0, image: 3, repository: 10, host: 3, site: 17 };

/** The picture as SVG, laid out by a library, so that no program of a browser's is needed to read a page. */
export function drawing(model: Model): string {
  const { nodes, edges } = graphOf(model);
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 24, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, label } of nodes) graph.setNode(id, { width: widthOf(label), height: HEIGHT });
  for (const { from, to, label = "" } of edges)
    graph.setEdge(
      from,
      to,
      { width: label === "" ? 0 : label.length * CHARACTER, height: 16, labelpos: "c" },
      way(label),
    );
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const ways = edges.map(({ from, to, label = "" }) => {
    const { points = [], x = 0, y = 0 } = graph.edge({ v: from, w: to, name: way(label) });
    return { label, points, x, y };
  });
  const lines = ways.map(({ points }) => {
    const path = points.map((point, at) => `${at === 0 ? "M" : "L"}${round(point.x)} ${round(point.y)}`).join("");
    return `<path d="${path}" marker-end="url(#tip)"/>`;
  });
  // over all the lines, none of which then crosses a word
  const words = ways
    .filter(({ label }) => label !== "")
    .map(({ label, x, y }) => {
      const wide = label.length * CHARACTER + 4;
      const ground = `<rect class="way" x="${round(x - wide / 2)}" y="${round(y - 8)}" width="${round(wide)}" height="16"/>`;
      return `${ground}<text class="way" x="${round(x)}" y="${round(y + 4)}">${xml(label)}</text>`;
    });
  const boxes = nodes.map(({ id, kind, label }) => {
    const { x, y, width: wide } = graph.node(id);
    const box = `<rect x="${round(x - wide / 2)}" y="${round(y - HEIGHT / 2)}" width="${round(wide)}" height="${HEIGHT}" rx="${ROUND[kind]}"/>`;
    return `<g class="${kind}"><title>${xml(`${kind} ${label}`)}</title>${box}<text x="${round(x)}" y="${round(y + 4)}">${xml(cut(label))}</text></g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="From context to name" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" style="min-width: ${round(width * LEAST)}px">`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ...lines,
    ...words,
    ...boxes,
    "</svg>",
  ].join("\n");
}

/** Why at its beginning: the end of a repository's or a construct's path is what tells it from others. */
function cut(label: string): string {
  if (label.length <= LONGEST) return label;
  const end = label.slice(1 - LONGEST);
  // by whole parts of a path, where enough of it is left
  const part = end.indexOf("/");
  return `…${part >= 0 && part < LONGEST / 2 ? end.slice(part) : end}`;
}

const widthOf = (label: string) => cut(label).length * CHARACTER + PADDING;
/** The name of an edge: the library takes no empty one. */
const way = (label: string) => `way ${label}`;
const round = (value: number) => Math.round(value * 10) / 10;

/** Text as XML shows it. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.codePointAt(0)};`);
}
