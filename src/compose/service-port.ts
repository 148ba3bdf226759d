import type { Draft } from "./draft.ts";
import { isTcpPort } from "./known-image.ts";
import type { Reference } from "./neighbours.ts";
import { webRank } from "./published-ports.ts";
import { plainText } from "./variable-text.ts";
import { isMap, listOf } from "./yaml-document.ts";

/**
 * The port of a service, which is one: what neighbours ask for, else what is published and looks most like the web, else
 * what it exposes, what its image says, or what its health check asks.
 *
 * @param asked what neighbours say of it
 */
export function servicePort(draft: Draft, asked: readonly Reference[]): number | undefined {
  const { published, exposed, facts, known } = draft;
  const counts = new Map<number, number>();
  for (const { port } of asked) if (port !== undefined) counts.set(port, (counts.get(port) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  const [web] = published
    .map((port) => ({ ...port, rank: webRank(port) }))
    .sort((a, b) => (a.rank ?? Number.POSITIVE_INFINITY) - (b.rank ?? Number.POSITIVE_INFINITY));
  const isPublished = published.some(({ container }) => container === most?.[0]);
  const isWeb = web?.isTcp === true && !known?.tcp && !isTcpPort(web.container);
  // a page in front before what neighbours alone ask of it
  const yields =
    isWeb && !isPublished && !asked.some(({ tcp, port }) => tcp || (port !== undefined && isTcpPort(port)));
  if (most !== undefined && !yields) return most[0];
  if (web?.isTcp) return web.container;
  return exposed[0] ?? known?.port ?? (facts.ports.length === 1 ? facts.ports[0] : (facts.ports[0] ?? probed(draft)));
}

/** The port that the health check asks of the container itself. */
function probed({ read: { raw, text } }: Draft): number | undefined {
  const test = isMap(raw.healthcheck) ? listOf(raw.healthcheck.test) : [];
  const said = test.map((word) => plainText(text(word))).join(" ");
  const port = /(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})/.exec(said)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Says of each port that the file publishes and the service does not have. */
export function noteOtherPorts({ published, read: { notes } }: Draft, port: number | undefined): void {
  for (const { container, key, isTcp } of published) {
    if (container === port && isTcp) continue;
    notes.add(key, isTcp ? `a service has one port here, which is ${port}` : "a host passes TCP on, and no UDP");
  }
}
