import { readPortSpec } from "../dockerfile/image-config.ts";
import { isTcpPort } from "./known-image.ts";
import type { Notes } from "./note.ts";
import { isMap, listOf, textOf } from "./yaml-document.ts";

/** A port of a container that the file publishes. */
export interface PublishedPort {
  readonly container: number;
  /** Absent where the engine chooses one. */
  readonly published?: number;
  readonly isTcp: boolean;
  readonly key: string;
}

/** What `ports` of a service says; a range is each of its ports. */
export function publishedPorts(value: unknown, notes: Notes): PublishedPort[] {
  return listOf(value).flatMap((each): PublishedPort[] => {
    const key = isMap(each) ? `ports ${textOf(each.target)}` : `ports ${textOf(each)}`;
    const parts = (isMap(each) ? textOf(each.target) : textOf(each)).split(":");
    const own = parts.pop() ?? "";
    const spec = readPortSpec(isMap(each) && each.protocol !== undefined ? `${own}/${textOf(each.protocol)}` : own);
    if (spec === undefined) {
      notes.add(key, "is no port");
      return [];
    }
    const [first] = (isMap(each) ? textOf(each.published) : (parts.pop() ?? "")).split("-");
    const published = /^\d+$/.test(first ?? "") ? Number(first) : undefined;
    if (spec.last - spec.first > 20) notes.add(key, "is a range: a service has one port here");
    return Array.from({ length: Math.min(spec.last - spec.first, 20) + 1 }, (_, index) => ({
      container: spec.first + index,
      ...(published !== undefined && { published: published + index }),
      isTcp: spec.protocol === "tcp",
      key,
    }));
  });
}

/** Container ports of the web, those that people take first in front. */
const WEB = [80, 8080, 3000, 5000, 8000, 8888, 4200, 5173, 4000, 8081, 9000, 8443, 443];

/** How much a port looks like that of a web page; the less, the more. Nothing where it does not. */
export function webRank({ container, published, isTcp }: PublishedPort): number | undefined {
  if (!isTcp || isTcpPort(container)) return undefined;
  const ranks = [container, published ?? container].map((port) => WEB.indexOf(port)).filter((rank) => rank >= 0);
  return ranks.length === 0 ? WEB.length : Math.min(...ranks);
}
