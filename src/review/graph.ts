import { containersOf } from "./declared-lists.ts";
import type { Model } from "./model.ts";

/** What the picture of a stack shows. */
export type NodeKind = "context" | "image" | "repository" | "host" | "site";

/** A thing in the picture. */
export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
}

/** From where to where, and what is said of the way. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

/** From what is built to the name: context → image → repository → host → site. */
export function graphOf({ images, hosts, fleets = [] }: Model): {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
} {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const node = (kind: NodeKind, label: string): string => {
    const key = `${kind} ${label}`;
    const known = nodes.get(key) ?? { id: `${kind}${nodes.size}`, kind, label };
    nodes.set(key, known);
    return known.id;
  };
  const edge = (from: string, to: string, label?: string) =>
    edges.set(`${from} ${to} ${label}`, { from, to, ...(label === undefined ? {} : { label }) });
  for (const { path, repository, version, context, contentId, promotedFrom } of images) {
    const built = context === undefined ? "built and pushed" : "pushed";
    const from = context === undefined ? undefined : node("context", context);
    const image = node("image", version === undefined ? path : `${path} ${version}`);
    if (from !== undefined) edge(from, image, "built");
    const way = contentId === undefined ? "pulled" : built;
    edge(image, node("repository", repository), promotedFrom === undefined ? way : "promoted");
  }
  for (const { path, release } of hosts) {
    const fleet = fleets.find((each) => each.hosts.includes(path));
    const host = node("host", fleet ? `${fleet.path}, ${fleet.hosts.length} hosts` : path);
    for (const { name, image } of containersOf(release)) {
      const of = images.find((each) => each.path === image);
      if (of) edge(node("repository", of.repository), host, name);
    }
    for (const { name } of release.sites) edge(host, node("site", name));
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
