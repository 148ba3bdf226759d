import { type IncomingMessage, type RequestOptions, request, type ServerResponse } from "node:http";
import { request as requestByTls } from "node:https";

/** Who a request is passed to, as Node's own options have it, and what is done besides. */
export interface Passed extends Pick<RequestOptions, "host" | "port" | "path" | "headers"> {
  /** Whom that one's certificate must be of. @default - it is asked by HTTP */
  readonly tls?: { readonly ca: Buffer; readonly servername: string };
  /** Sees the answer before it is passed on. */
  readonly onAnswer?: (answer: IncomingMessage) => void;
  /** Answers where nobody else does. @default - status 502 */
  readonly onError?: (outgoing: ServerResponse, error: Error) => void;
}

/** Passes a request on and the answer back, whatever they hold. */
export function pass(incoming: IncomingMessage, outgoing: ServerResponse, to: Passed): void {
  const { tls, onAnswer, onError = badGateway, host, port, path = incoming.url, headers = incoming.headers } = to;
  const options = { host, port, path, headers, method: incoming.method };
  const upstream = tls === undefined ? request(options) : requestByTls({ ...options, ...tls });
  upstream.on("response", (answer) => {
    onAnswer?.(answer);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  upstream.on("error", (error) => {
    if (outgoing.headersSent) outgoing.destroy();
    else onError(outgoing, error);
  });
  incoming.pipe(upstream);
}

function badGateway(outgoing: ServerResponse, error: Error): void {
  outgoing.writeHead(502, { "content-type": "text/plain" }).end(`${error.message}\n`);
}
