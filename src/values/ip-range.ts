import { isIP } from "node:net";
import { InvalidValueError } from "./invalid-value-error.ts";

const SHAPE = 'write it like "10.0.0.0/8" or "203.0.113.7"';

/** A range of IP addresses in CIDR notation; one address stands for itself. */
export class IpRange {
  /** @throws InvalidValueError for what is no range, or has bits behind its prefix, which would be another one than meant */
  static parse(text: string): IpRange {
    const refuse = (rule: string, remedy = SHAPE): never => {
      throw new InvalidValueError({ subject: "address range", rule, got: text, remedy });
    };
    const [, address = "", prefix] =
      (typeof text === "string" && /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text)) || [];
    const kind = isIP(address);
    if (kind === 0) return refuse("must be an IP address, with or without a prefix length");
    const bits = kind === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    if (length > bits) return refuse(`must have a prefix length to ${bits}`);
    const number = kind === 4 ? ofIPv4(address) : ofIPv6(address);
    if (number === undefined) return refuse("must be an IP address, with or without a prefix length");
    if (number & ((1n << BigInt(bits - length)) - 1n)) {
      return refuse("must have only zeros behind its prefix", kind === 4 ? `use "${network(number, length)}"` : SHAPE);
    }
    return new IpRange(address.toLowerCase(), length, kind === 4);
  }

  private constructor(
    private readonly address: string,
    private readonly prefix: number,
    readonly isIPv4: boolean,
  ) {}

  /** Whether it is every address. */
  get isEverything(): boolean {
    return this.prefix === 0;
  }

  /** With its prefix, unless it is one address. */
  toString(): string {
    return this.prefix === (this.isIPv4 ? 32 : 128) ? this.address : this.cidr;
  }

  /** With its prefix always. */
  get cidr(): string {
    return `${this.address}/${this.prefix}`;
  }
}

function ofIPv4(address: string): bigint {
  return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ofIPv6(address: string): bigint | undefined {
  if (address.includes(".")) return undefined; // an IPv4 address in IPv6's clothes: Nginx sees the one that it is
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const all = [
    ...before,
    ...Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill("0"),
    ...after,
  ];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function network(number: bigint, length: number): string {
  const masked = (number >> BigInt(32 - length)) << BigInt(32 - length);
  return `${[24n, 16n, 8n, 0n].map((shift) => (masked >> shift) & 255n).join(".")}/${length}`;
}
