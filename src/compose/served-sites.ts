import type { Draft } from "./draft.ts";
import { isTcpPort } from "./known-image.ts";
import { webRank } from "./published-ports.ts";
import type { TranslatedSite } from "./translated-service.ts";

/** A service by the port that it has here. */
export interface Placed {
  readonly draft: Draft;
  readonly name: string;
  readonly port?: number;
  /** How many others name it. */
  readonly askedBy: number;
}

const FRONT = /^(?:web|www|front-?end|nginx|proxy|client|ui|app|gateway|caddy|traefik)/;

/**
 * What is served by a name: each service whose port the file publishes and that looks like the web, the one that most
 * likely is the page in front. Others get a name of their own below that one.
 */
export function servedSites(services: readonly Placed[], domain: string): TranslatedSite[] {
  const candidates = services.flatMap(({ draft, name, port, askedBy }) => {
    const found = draft.published.find(({ container, isTcp }) => isTcp && container === port);
    const rank = found && webRank(found);
    if (found === undefined || rank === undefined || port === undefined || draft.known?.tcp || isTcpPort(port))
      return [];
    if (draft.profiles.length > 0) return [];
    const isFront = FRONT.test(name) ? 0 : 1;
    return [{ name, published: found.published, order: [isFront, askedBy > 0 ? 1 : 0, rank] as const }];
  });
  const sorted = candidates.sort((a, b) => compare(a.order, b.order));
  return sorted.map(({ name, published }, index) => ({
    name: index === 0 ? domain : `${name}.${domain}`,
    service: name,
    ...(published !== undefined && { published }),
  }));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
