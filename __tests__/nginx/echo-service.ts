import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What a service was asked, as it arrived. */
export interface Echo {
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service that answers what it was asked, and what the path says: `/status/500`, `/slow/200`, `/hang`, `/break`. */
export class EchoService {
  static async start(name: string, port: number, address = "127.0.0.1"): Promise<EchoService> {
    const service = new EchoService(name, port);
    service.server.listen(port, address);
    await new Promise((resolve, reject) => service.server.once("listening", resolve).once("error", reject));
    return service;
  }

  /** Every request that came, in order. */
  readonly seen: Echo[] = [];
  /** Milliseconds that each connection was open for when it ended. */
  readonly connectionTimes: number[] = [];
  readonly server: Server;

  private constructor(
    readonly name: string,
    readonly port: number,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on("connection", (socket) => {
      const opened = Date.now();
      socket.once("close", () => this.connectionTimes.push(Date.now() - opened));
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    const body = Buffer.concat(chunks).toString("utf8");
    const echo = { service: this.name, method, url, headers: headers as Record<string, string>, body };
    this.seen.push(echo);
    const [, verb, value] = /^\/(status|slow|hang|break|redirect|large-header)(?:\/(\d+))?/.exec(url) ?? [];
    if (verb === "break") return void request.socket.destroy();
    if (verb === "hang") return;
    if (verb === "slow") await new Promise((resolve) => setTimeout(resolve, Number(value)));
    if (verb === "status") response.statusCode = Number(value);
    if (verb === "redirect") response.writeHead(302, { Location: `http://${headers.host}/there?a=b` });
    if (verb === "large-header") response.setHeader("X-Large", "x".repeat(Number(value)));
    if (!response.headersSent) response.setHeader("X-Frame-Options", "ALLOWALL");
    response.end(JSON.stringify(echo));
  }
}
