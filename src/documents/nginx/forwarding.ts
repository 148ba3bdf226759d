import { parsePort } from "../../values/port-mapping.ts";
import { Directive } from "./directive.ts";

export interface ForwardingOptions {
  /** The port that the request's sender typed, for the addresses that services build. */
  readonly port: number;
  /** Whether senders are services of ours, which may pass on whom they act for. @default false */
  readonly trusted?: boolean;
}

/**
 * What a service is told about a request. Why so many empty ones: a header that Nginx does not set arrives as the
 * visitor sent it, and frameworks believe these.
 */
export function forwarding(options: ForwardingOptions): Directive[] {
  const port = parsePort(options.port, "public port");
  const host = port === 80 ? "$host" : `$host:${port}`;
  const headers: Readonly<Record<string, string>> = {
    Host: host,
    "X-Forwarded-For": options.trusted ? "$proxy_add_x_forwarded_for" : "$remote_addr",
    "X-Forwarded-Host": host,
    "X-Forwarded-Port": `${port}`,
    "X-Forwarded-Prefix": "",
    "X-Forwarded-Proto": "$scheme",
    "X-Real-IP": "$remote_addr",
    "X-Request-ID": "$request_id",
    Forwarded: "",
    Proxy: "",
    Connection: "$forwarded_connection",
    Upgrade: "$forwarded_upgrade",
  };
  return Object.entries(headers).map(([name, value]) => Directive.of("proxy_set_header", name, value));
}
