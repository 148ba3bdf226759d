/** Asks `host` at a port of the loopback until its standard input ends, then prints what came of it: for another network than the test's. */
import { request, requestStream } from "../request-stream.ts";

const [port, host] = [Number(process.argv[2]), process.argv[3] as string];

async function main(): Promise<void> {
  await request(port, host);
  process.stdout.write("asking\n");
  const stream = requestStream(port, host);
  for await (const _ of process.stdin);
  const { bodies, ...answers } = await stream.stop();
  process.stdout.write(`${JSON.stringify({ ...answers, bodies: [...bodies] })}\n`);
}

void main();
