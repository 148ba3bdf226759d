import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What `echo` was asked, as it answers it. */
export interface Echoed {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  readonly bodySha256: string;
}

/** The application `echo` of the requests' table. */
export class HttpEcho {
  /** @param port @default - a free one */
  static async start(name: string, port = 0, address = "127.0.0.1"): Promise<HttpEcho> {
    const echo = new HttpEcho(name);
    await new Promise<void>((resolve) => echo.server.listen(port, address, resolve));
    return echo;
  }

  private readonly server: Server;
  private readonly upgraded = new Set<Duplex>();

  private constructor(readonly name: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.upgraded) socket.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hash = createHash("sha256");
    let bodyBytes = 0;
    for await (const chunk of request) {
      hash.update(chunk);
      bodyBytes += chunk.length;
    }
    const { method = "", url = "" } = request;
    const asked = { service: this.name, method, path: url, headers: headersOf(request), bodyBytes };
    const json = JSON.stringify({ ...asked, bodySha256: hash.digest("hex") } satisfies Echoed);
    const [, verb, number] = /^\/(status|slow|cookies|big)\/(\d+)$/.exec(url) ?? [];
    const { pathname, searchParams } = new URL(url, "http://echo");
    response.setHeader("X-Echo-Service", this.name).setHeader("X-Echo-Method", method);
    if (pathname === "/sse") return sendEvents(response, Number(searchParams.get("n")), searchParams.has("close"));
    if (pathname === "/hints") response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
    if (verb === "slow") await new Promise((resolve) => setTimeout(resolve, Number(number) * 1000));
    if (verb === "status") response.statusCode = Number(number);
    if (verb === "status" && /^3/.test(`${number}`)) {
      response.setHeader("Location", `http://${request.headers.host}/moved`);
    }
    if (verb === "cookies") response.setHeader("Set-Cookie", Array.from({ length: Number(number) }, cookie));
    const body = verb === "big" ? "a".repeat(Number(number)) : json;
    response.setHeader("Content-Type", verb === "big" ? "text/plain" : "application/json");
    response.setHeader("Content-Length", Buffer.byteLength(body)).end(body);
  }

  /** Websockets; whatever else asks for an upgrade is told what it asked, as any request. */
  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.upgraded.add(socket);
    socket.on("error", () => undefined).on("close", () => this.upgraded.delete(socket));
    const lines = [`X-Echo-Service: ${this.name}`, `X-Echo-Method: ${request.method}`];
    const { method = "", url = "", headers } = request;
    if (url !== "/ws" || headers.upgrade?.toLowerCase() !== "websocket") {
      const bodySha256 = createHash("sha256").digest("hex");
      const asked: Echoed = {
        service: this.name,
        method,
        path: url,
        headers: headersOf(request),
        bodyBytes: 0,
        bodySha256,
      };
      const body = JSON.stringify(asked);
      const more = [
        "Content-Type: application/json",
        `Content-Length: ${Buffer.byteLength(body)}`,
        "Connection: close",
      ];
      socket.end(["HTTP/1.1 200 OK", ...lines, ...more, "", body].join("\r\n"));
      return;
    }
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const more = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept.digest("base64")}`];
    socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, ...more, "", ""].join("\r\n"));
    let held = head;
    const read = (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (let frame = textFrame(held); frame; frame = textFrame(held)) {
        held = held.subarray(frame.length);
        socket.write(Buffer.concat([Buffer.from([0x81, frame.text.length]), frame.text]));
      }
    };
    socket.on("data", read);
  }
}

/** Names in lower case, several of one name joined; trailers are none. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    const value = rawHeaders[at + 1] ?? "";
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

function cookie(_: unknown, index: number): string {
  return `c${`${index}`.padStart(2, "0")}=${"a".repeat(1000)}`;
}

function sendEvents(response: ServerResponse, count: number, untilClose: boolean): void {
  response.setHeader("Content-Type", "text/event-stream");
  if (untilClose) {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  let sent = 0;
  const send = () => {
    response.write(`data: ${++sent}\n\n`);
    if (sent < count) setTimeout(send, 1000);
    else response.end();
  };
  send();
}

/** The masked text frame at the beginning, under 126 bytes, and how long it is; nothing until it is there whole. */
function textFrame(bytes: Buffer): { readonly text: Buffer; readonly length: number } | undefined {
  const size = (bytes[1] ?? 0) & 0x7f;
  if (bytes.length < 6 + size || bytes[0] !== 0x81) return undefined;
  const text = Buffer.from(bytes.subarray(6, 6 + size).map((byte, at) => byte ^ (bytes[2 + (at % 4)] ?? 0)));
  return { text, length: 6 + size };
}
