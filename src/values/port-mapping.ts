import * as net from "node:net";
import { refusalOf } from "./invalid-value-error.ts";
import { refuseUnknownOptions } from "./known-options.ts";

const HIGHEST_PORT = 65535;
const PROTOCOLS = ["tcp", "udp", "sctp"] as const;

export type PortProtocol = (typeof PROTOCOLS)[number];

export interface PortMappingOptions {
  /** The port on the host, 1 to 65535. */
  readonly host: number;
  /** The port in the container, 1 to 65535. */
  readonly container: number;
  /** The host's address to listen on. @default - every address */
  readonly address?: string;
  /** @default "tcp" */
  readonly protocol?: PortProtocol;
}

const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

const SHAPE = 'write it like "127.0.0.1:8888:80/tcp" or "8888:80"';

// [ address ":" ] host ":" container [ "/" protocol ]; an IPv6 address stands in brackets
const MAPPING = /^(?:(\[[^\]]*\]|[^:[\]]*):)?([^:/]*):([^:/]*)(?:\/(.*))?$/;

/** Where a container's port is reached on its host. Why both ports are needed: a port that Docker picks is no declaration. */
export class PortMapping {
  /** @throws InvalidValueError when `text` is no `[address:]host:container[/protocol]` */
  static parse(text: string): PortMapping {
    const refuse = refusalOf("port mapping", text);
    const match = typeof text === "string" ? MAPPING.exec(text) : null;
    if (!match) {
      const isPort = typeof text === "string" && /^\d+$/.test(text);
      const rule = "must be a host's port and a container's port, joined by a colon";
      return refuse(rule, isPort ? `write both, e.g. "8888:${text}"` : SHAPE);
    }
    const [, address, host = "", container = "", protocol] = match;
    if ([host, container].some((port) => /^\d+-\d+$/.test(port))) {
      return refuse("must not be a range", "map each port by its own mapping");
    }
    return PortMapping.of({
      host: parsePort(host, "host port"),
      container: parsePort(container, "container port"),
      address: address !== undefined && isIPv6(address.slice(1, -1)) ? address.slice(1, -1) : address,
      protocol: protocol as PortProtocol | undefined,
    });
  }

  /** @throws InvalidValueError when a port, the address or the protocol is none */
  static of(options: PortMappingOptions): PortMapping {
    refuseUnknownOptions("port mapping", options, { host: true, container: true, address: true, protocol: true });
    const { address, protocol = "tcp" } = options;
    const host = parsePort(options.host, "host port");
    const container = parsePort(options.container, "container port");
    if (address !== undefined && !isPlainIp(address)) {
      const remedy = 'write "127.0.0.1" for this machine alone, or leave it out for every address';
      return refusalOf("port mapping", address)("must have an IP address", remedy);
    }
    if (!PROTOCOLS.includes(protocol)) {
      return refusalOf("port mapping", protocol)(`must have a protocol of ${PROTOCOLS.join(", ")}`, SHAPE);
    }
    return new PortMapping(host, container, address, protocol);
  }

  private constructor(
    readonly host: number,
    readonly container: number,
    readonly address: string | undefined,
    readonly protocol: PortProtocol,
  ) {}

  equals(other: PortMapping): boolean {
    return this.toString() === other.toString();
  }

  /** Whether one host cannot hold both: same port and protocol, on one address or on every address. */
  overlaps(other: PortMapping): boolean {
    if (this.host !== other.host || this.protocol !== other.protocol) return false;
    const [one, another] = [this.address, other.address];
    return one === another || [one, another].some((address) => address === undefined || EVERY_ADDRESS.has(address));
  }

  toString(): string {
    const address = this.address === undefined ? "" : isIPv6(this.address) ? `[${this.address}]:` : `${this.address}:`;
    return `${address}${this.host}:${this.container}/${this.protocol}`;
  }
}

function isPlainIp(address: string): boolean {
  return (net.isIPv4(address) || isIPv6(address)) && !address.includes("%");
}

/** Node's own answer, asked only of what may be one: its pattern takes 4 ms to compile. */
export function isIPv6(text: string): boolean {
  return /:.*:/.test(text) && net.isIPv6(text);
}

/**
 * Checks a port number, typed or as text. Why 0 is refused: it means "any free port", which a declaration cannot name.
 * @throws InvalidValueError in which `subject` says whose port it is
 */
export function parsePort(port: number | string, subject = "port"): number {
  const number = typeof port === "string" && /^\d{1,5}$/.test(port) ? Number(port) : port;
  if (typeof number !== "number" || !Number.isInteger(number) || number < 1 || number > HIGHEST_PORT) {
    const remedy = number === 0 ? "name the port, 0 means any that is free" : "write it like 8080";
    return refusalOf(subject, port)(`must be a whole number from 1 to ${HIGHEST_PORT}`, remedy);
  }
  return number;
}
