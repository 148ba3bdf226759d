import { splitBlanks } from "./syntax/go-text.ts";

const HIGHEST_PORT = 65_535;
const PROTOCOLS = ["tcp", "udp", "sctp"] as const;

/** A port that an image says it listens on. */
export interface ExposedPort {
  readonly port: number;
  readonly protocol: (typeof PROTOCOLS)[number];
  /** Where the Dockerfile says so. */
  readonly line: number;
}

/** One argument of EXPOSE: a port or a range of them, and a protocol. */
export interface PortSpec {
  readonly first: number;
  readonly last: number;
  readonly protocol: ExposedPort["protocol"];
  /** Whether it names a host's address or port too, which the builder reads and drops. */
  readonly mapped: boolean;
}

/** The ports of `text`, an argument of EXPOSE whose variables are replaced; nothing where the builder refuses it. */
export function readPortSpec(text: string): PortSpec | undefined {
  const parts = text.split(":");
  const [range = "", protocol = "", ...more] = (parts.at(-1) ?? "").split("/");
  const name = PROTOCOLS.find((known) => known === (protocol.toLowerCase() || "tcp"));
  const [firstText, lastText, ...others] = range.split("-");
  const first = readNumber(firstText);
  const last = lastText === undefined ? first : readNumber(lastText);
  if (name === undefined || more.length > 0 || others.length > 0) return undefined;
  if (first === undefined || last === undefined || last < first) return undefined;
  return { first, last, protocol: name, mapped: parts.length > 1 };
}

/** The specs of an argument whose variables are replaced; a variable may hold several. */
export function readPortSpecs(text: string): (PortSpec | undefined)[] {
  return splitBlanks(text.trim()).map(readPortSpec);
}

function readNumber(text = ""): number | undefined {
  if (!/^\+?[0-9]+$/.test(text)) return undefined;
  const number = Number(text);
  return number <= HIGHEST_PORT ? number : undefined;
}
