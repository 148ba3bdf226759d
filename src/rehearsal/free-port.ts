import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * The ports that are given out: below those that a system gives to connections (32768 and more with Linux), so that no
 * connection takes one between the moment when it is chosen and the moment when its program listens.
 */
const FIRST = 10_000;
const LAST = 31_999;

let next = randomInt(FIRST, LAST);

/**
 * A port that nobody listens at, at any address. One process never gets the same port twice while there are others:
 * a port that was only looked at and left again would be given to the next who asks, before the first has begun to
 * listen. Two processes begin anywhere, so that they seldom meet.
 */
export async function freePort(): Promise<number> {
  for (let tried = FIRST; tried <= LAST; tried += 1) {
    const port = next;
    next = next === LAST ? FIRST : next + 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`every port from ${FIRST} to ${LAST} is taken`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false)).listen(port, () => server.close(() => resolve(true)));
  });
}
