import type { UpstreamUrl } from "./argument.ts";
import { Directive } from "./directive.ts";
import { forwarding } from "./forwarding.ts";

export interface InternalListenerOptions {
  /** A port, or an address and a port as `172.17.0.1:9001`; never one that the outside reaches. */
  readonly listen: string | number;
  readonly to: UpstreamUrl;
}

/** The server by which other services reach one service; its address stays while containers come and go. */
export function internalListener(options: InternalListenerOptions): Directive {
  const port = Number(`${options.listen}`.replace(/^.*:/, ""));
  return Directive.server([
    Directive.of("listen", options.listen, "default_server"),
    Directive.of("server_name", "_"),
    ...forwarding({ port, trusted: true }),
    Directive.location("/", [Directive.of("proxy_pass", options.to)]),
  ]);
}
