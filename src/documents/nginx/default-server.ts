import { parsePort } from "../../values/port-mapping.ts";
import { Directive } from "./directive.ts";

/** Where visitors come in. */
export interface EdgeOptions {
  /** The port that Nginx listens on. @default 80 */
  readonly port?: number;
  /** The one IP address that Nginx listens on. @default - every IPv4 address */
  readonly address?: string;
  /** The port that visitors type, for the addresses that services build. @default - `port` */
  readonly publicPort?: number;
}

export function listenOn({ port = 80, address }: EdgeOptions): string | number {
  return address === undefined ? port : `${address}:${parsePort(port, "listen port")}`;
}

/** The server for whatever names no site: it closes the connection without an answer. */
export function defaultServer(edge: EdgeOptions = {}): Directive {
  return Directive.server([
    Directive.of("listen", listenOn(edge), "default_server"),
    Directive.of("server_name", "_"),
    Directive.of("return", "444"),
  ]);
}
