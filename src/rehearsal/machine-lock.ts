import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 500;

/**
 * Waits until no other rehearsal runs on this machine, of any user: names, addresses and rules of the packet filter are
 * one set. Why an abstract socket: the kernel lets go of it with the process that holds it.
 *
 * @returns what lets go of the lock
 */
export async function lockMachine(log: (line: string) => void, name = "slipway-rehearsal"): Promise<() => void> {
  for (let told = false; ; told = true) {
    const release = await hold(`\0${name}`);
    if (release) return release;
    if (!told) log("another rehearsal runs on this machine: waiting for its end");
    await sleep(POLL_MS);
  }
}

function hold(path: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen({ path }, () => resolve(() => void server.close()));
  });
}
