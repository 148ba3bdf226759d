import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";

/** A server that listens, and how to end it without waiting for its clients. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly address: string;
  /** @default 0, any free one */
  readonly port?: number;
  /** @default - plain HTTP */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

/** Starts a server for `listener`. */
export function listen(listener: RequestListener, { address, port = 0, tls }: ListenOptions): Promise<Listening> {
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.requestTimeout = 0; // A layer may take its time.
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === "EADDRINUSE"
            ? `${address}:${port} is taken: end the program that listens there`
            : `cannot listen at ${address}:${port}: ${error.message}`,
        ),
      ),
    );
    server.listen(port, address, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === "object" && bound ? bound.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
