import { once } from "node:events";
import { createServer, type Http2Server, type IncomingHttpHeaders } from "node:http2";

/** A service that speaks HTTP/2 without TLS alone: answers each message by itself, at once, and ends with a status in trailers. */
export class GrpcService {
  static async start(): Promise<GrpcService> {
    const server = createServer();
    const service = new GrpcService(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return service;
  }

  /** The headers of every request, in order. */
  readonly seen: IncomingHttpHeaders[] = [];

  private constructor(private readonly server: Http2Server) {
    server.on("stream", (stream, headers) => {
      this.seen.push(headers);
      stream.on("error", () => undefined);
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "x-a": "service" },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "done" }));
      stream.on("data", (message) => stream.write(message));
      stream.on("end", () => stream.end());
    });
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  stop(): void {
    this.server.close();
  }
}
