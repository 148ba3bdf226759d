import { createHash } from "node:crypto";

/** What is left of the 64 characters that configs and secrets of a swarm may be called by, for a name that goes on. */
const LONGEST = 40;

/** `name` where it is short enough to be continued, else its beginning and a digest of the whole. */
export function nameOnSwarm(name: string): string {
  if (name.length <= LONGEST) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, LONGEST - 9)}-${digest}`;
}
