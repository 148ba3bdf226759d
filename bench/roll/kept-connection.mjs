// @ts-check
import { once } from "node:events";

/**
 * A connection as careless clients keep one: it asks on without ever looking whether the other side has closed it
 * meanwhile, and asks nothing twice. It opens another only where the last answer said so or none came.
 */
export class KeptConnection {
  /** @type {import("node:net").Socket | undefined} */
  #socket;

  /** @param {() => import("node:net").Socket} open a socket that may be half open; it is not connected yet */
  constructor(open) {
    this.open = open;
  }

  /**
   * @param {string} head of the request, without its last empty line
   * @param {string} body
   * @returns {Promise<{ status: number, body: string }>} rejects when no whole answer comes within ten seconds
   */
  async ask(head, body = "") {
    this.#socket ??= this.open();
    const socket = this.#socket;
    try {
      const answer = answerOn(socket);
      socket.write(`${head}\r\n\r\n${body}`);
      const { closes, ...rest } = await answer;
      if (closes) this.close();
      return rest;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

/**
 * @param {import("node:net").Socket} socket
 * @returns {Promise<{ status: number, body: string, closes: boolean }>}
 */
async function answerOn(socket) {
  let text = "";
  const late = AbortSignal.timeout(10_000);
  const ended = new AbortController();
  const signal = AbortSignal.any([late, ended.signal]);
  const end = () => ended.abort();
  socket.once("end", end).once("close", end);
  try {
    for (;;) {
      const at = text.indexOf("\r\n\r\n");
      const head = at < 0 ? "" : text.slice(0, at);
      const length = /^content-length: *(\d+)/im.exec(head)?.[1];
      if (at >= 0 && length === undefined) throw new Error("an answer without its length");
      if (at >= 0 && Buffer.byteLength(text) >= at + 4 + Number(length)) {
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
        return { status, body: text.slice(at + 4), closes: /^connection: *close/im.test(head) };
      }
      // what came before it was asked for is still read
      const [more] = await once(socket, "data", { signal });
      text += more;
    }
  } catch (error) {
    if (late.aborted) throw new Error("no answer within 10 s");
    if (ended.signal.aborted) throw new Error(text ? "closed within an answer" : "closed before an answer");
    throw error;
  } finally {
    socket.off("end", end).off("close", end);
  }
}
