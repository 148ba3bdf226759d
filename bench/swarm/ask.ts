/**
 * Asks every node of a swarm until standard input ends, then prints what came of it as JSON: ask.ts HOST PORT CLIENTS
 * ADDRESS... Half of the clients open a connection for each request, half keep theirs; no request is tried again.
 */
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { request } from "../../__tests__/real/request-stream.ts";
import { KeptConnection } from "../roll/kept-connection.mjs";

/** What requests of one kind to one node met. */
export interface Tally {
  asked: number;
  failed: number;
  slowestMs: number;
  readonly reasons: Record<string, number>;
  readonly bodies: Record<string, number>;
}

export type Kind = "new" | "kept";

/** By address. */
export type Asked = Readonly<Record<string, Readonly<Record<Kind, Tally>>>>;

const EVERY_MS = 100;
const [host = "", port = "", clients = "", ...addresses] = process.argv.slice(2);
let running = true;

function empty(): Tally {
  return { asked: 0, failed: 0, slowestMs: 0, reasons: {}, bodies: {} };
}

async function loop(tally: Tally, ask: () => Promise<{ status: number; body: string }>): Promise<void> {
  await pause(Math.random() * EVERY_MS);
  while (running) {
    const began = performance.now();
    tally.asked += 1;
    const { body, reason } = await ask().then(
      ({ status, body }) => (status === 200 ? { body, reason: undefined } : { body, reason: `status ${status}` }),
      (error: Error & { code?: string }) => ({ body: "", reason: error.code ?? error.message }),
    );
    if (reason === undefined) {
      tally.slowestMs = Math.max(tally.slowestMs, Math.round(performance.now() - began));
      tally.bodies[body] = (tally.bodies[body] ?? 0) + 1;
    } else {
      tally.failed += 1;
      tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
    }
    await pause(Math.max(0, EVERY_MS - (performance.now() - began)));
  }
}

async function main(): Promise<void> {
  const asked = Object.fromEntries(addresses.map((address) => [address, { new: empty(), kept: empty() }]));
  const loops = Object.entries(asked).flatMap(([address, tallies]) =>
    Array.from({ length: Number(clients) }, (_, at) => {
      if (at % 2 === 0) return loop(tallies.new, () => request(Number(port), host, "/", address));
      const open = () => connect({ host: address, port: Number(port), allowHalfOpen: true }).on("error", () => {});
      const kept = new KeptConnection(open);
      return loop(tallies.kept, () => kept.ask(`GET / HTTP/1.1\r\nHost: ${host}`));
    }),
  );
  process.stdin.on("end", () => {
    running = false;
  });
  process.stdin.resume();
  await Promise.all(loops);
  process.stdout.write(JSON.stringify(asked satisfies Asked));
}

void main();
