import { graphOf, type NodeKind } from "./graph.ts";
import type { Model } from "./model.ts";

const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  context: ["[/", "/]"],
  image: ["[", "]"],
  repository: ["[(", ")]"],
  host: ["[[", "]]"],
  site: ["([", "])"],
};

/** From context to name, as a flowchart in Mermaid's language. */
export function picture(model: Model): string {
  const { nodes, edges } = graphOf(model);
  return [
    "flowchart LR",
    ...nodes.map(({ id, kind, label }) => `  ${id}${SHAPES[kind][0]}"${quoted(label)}"${SHAPES[kind][1]}`),
    ...edges.map(({ from, to, label }) => `  ${from} -->${label === undefined ? "" : `|${quoted(label)}|`} ${to}`),
  ].join("\n");
}

/** As Mermaid takes any text between quotes. */
function quoted(text: string): string {
  return text.replace(/["<>|&#]/g, (mark) => `#${mark.codePointAt(0)};`);
}
