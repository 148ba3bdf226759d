import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const RESULTS = [
  { name: "bitnami/nginx", description: "Bitnami's container image for NGINX", star_count: 200, is_official: false },
  { name: "nginx", description: "Official build\nof Nginx.", star_count: 20_000, is_official: true },
  { name: "someone/nginx", description: "", star_count: 1, is_official: false },
];

/** A double of Docker Hub's search, which finds the same three whatever it is asked. */
export class FakeHub {
  /** What it was asked, with the query. */
  asked: string[] = [];
  status = 200;
  private readonly server: Server;

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    await new Promise<void>((resolve) => hub.server.listen(0, "127.0.0.1", resolve));
    return hub;
  }

  private constructor() {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? "");
      response.writeHead(this.status).end(JSON.stringify({ num_results: 3, query: "nginx", results: RESULTS }));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
