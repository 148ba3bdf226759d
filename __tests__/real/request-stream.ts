import { get } from "node:http";

/** What a stream of requests met. */
export interface Answers {
  readonly answered: number;
  readonly failed: readonly string[];
  /** How often each body came, in order of first appearance. */
  readonly bodies: ReadonlyMap<string, number>;
  /** The longest time between two answers, in seconds. */
  readonly silentSeconds: number;
}

/** One request on a connection of its own. Rejects when the connection fails. */
export function request(
  port: number,
  host: string,
  path = "/",
  address = "127.0.0.1",
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = get(
      { host: address, port, path, headers: { Host: host }, agent: false, timeout: 10_000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text) => {
          body += text;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
        response.on("error", reject);
      },
    );
    call.on("timeout", () => call.destroy(new Error("no answer within 10 s")));
    call.on("error", reject);
  });
}

/** Asks one after the other until `stop` is called; every request counts, none is tried again. */
export function requestStream(
  port: number,
  host: string,
  path = "/",
  address = "127.0.0.1",
): { stop: () => Promise<Answers> } {
  let running = true;
  let answered = 0;
  let heard = Date.now();
  let longest = 0;
  const failed: string[] = [];
  const bodies = new Map<string, number>();
  const loop = (async () => {
    for (let asked = 0; running && asked < 100_000; asked += 1) {
      try {
        const { status, body } = await request(port, host, path, address);
        if (status === 200) {
          answered += 1;
          longest = Math.max(longest, Date.now() - heard);
          heard = Date.now();
          bodies.set(body, (bodies.get(body) ?? 0) + 1);
        } else failed.push(`status ${status}`);
      } catch (error) {
        failed.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    stop: async () => {
      running = false;
      await loop;
      return { answered, failed, bodies, silentSeconds: longest / 1000 };
    },
  };
}
