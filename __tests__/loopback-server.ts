import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What plays a server of the network, at a free port of this machine's loopback. */
export abstract class LoopbackServer {
  private readonly server: Server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));

  async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  protected abstract serve(incoming: IncomingMessage, outgoing: ServerResponse): void | Promise<void>;
}
