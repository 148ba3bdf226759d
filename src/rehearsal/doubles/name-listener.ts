import type { RequestListener } from "node:http";

/** Hands each request to whoever plays the name that it is for; `others` has the rest. */
export function byName(
  played: Readonly<Record<string, RequestListener | undefined>>,
  others: RequestListener,
): RequestListener {
  return (incoming, outgoing) => {
    const name = (incoming.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const listener = (Object.hasOwn(played, name) ? played[name] : undefined) ?? others;
    listener(incoming, outgoing);
  };
}
