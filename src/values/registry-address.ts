import { isIPv4 } from "node:net";
import { InvalidValueError, refusalOf } from "./invalid-value-error.ts";
import { isIPv6, parsePort } from "./port-mapping.ts";
import { looksLikeDomain, referenceGrammar } from "./reference-grammar.ts";
import { DNS_LENGTH, fitsDns } from "./server-name.ts";
import { urlScheme } from "./url-scheme.ts";

const SHAPE = 'write it like "registry.example.com:5000"';

/** Where a registry answers, as image names spell it: `host` or `host:port`. */
export class RegistryAddress {
  /** @throws InvalidValueError when `text` is more or less than a host and a port */
  static parse(text: string): RegistryAddress {
    const refuse = refusalOf("registry address", text);
    if (typeof text !== "string" || text === "") return refuse("must be a host, or a host and its port", SHAPE);
    if (text.includes("@")) {
      const got = text.replace(/^.*@/s, "***@");
      const remedy = 'sign in with "docker login" instead';
      throw new InvalidValueError({ subject: "registry address", rule: "must not name a user", got, remedy });
    }
    if (/\s/.test(text)) return refuse("must not hold white space", SHAPE);

    const scheme = urlScheme(text);
    const slash = text.indexOf("/", scheme.length);
    const bare = slash < 0 ? text.slice(scheme.length) : text.slice(scheme.length, slash);
    if (scheme) return refuse("must not have a scheme", `use "${bare}"`);
    if (slash >= 0) return refuse("must not have a path", `use "${bare}", and name the path in the repository`);
    if (text !== text.toLowerCase()) return refuse("must be lower case", `use "${text.toLowerCase()}"`);
    if (isIPv6(text)) return refuse("must have its IPv6 address in brackets", `use "[${text}]"`);

    const colon = /:[^:\]]*$/.exec(text)?.index;
    const host = text.slice(0, colon);
    const port = colon === undefined ? undefined : parsePort(text.slice(colon + 1), "port of the registry address");
    checkHost(host, refuse);
    if (!looksLikeDomain(text)) {
      const rule = "must hold a dot or a port, or Docker takes it for a namespace on Docker Hub";
      return refuse(rule, `add the port, e.g. "${text}:5000"`);
    }
    return new RegistryAddress(host, port);
  }

  private constructor(
    /** The host alone; an IPv6 address keeps its brackets. */
    readonly host: string,
    readonly port: number | undefined,
  ) {}

  /** Whether it is this machine: Docker speaks plain HTTP to such a registry without being told to. */
  get isLoopback(): boolean {
    if (isIPv4(this.host)) return this.host.startsWith("127.");
    if (this.host.startsWith("[")) return new URL(`http://${this.host}`).hostname === "[::1]";
    return this.host === "localhost" || this.host.endsWith(".localhost");
  }

  equals(other: RegistryAddress): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    return this.port === undefined ? this.host : `${this.host}:${this.port}`;
  }
}

function checkHost(host: string, refuse: (rule: string, remedy?: string) => never): void {
  if (!referenceGrammar.domain.test(host)) {
    refuse("must have a host of letters, digits, dots and inner dashes", SHAPE);
  }
  if (host.startsWith("[") && !isIPv6(host.slice(1, -1))) {
    refuse("must have an IPv6 address between its brackets", 'write it like "[::1]:5000"');
  }
  if (/^[\d.]+$/.test(host) && !isIPv4(host)) {
    refuse("must have a name or a whole IP address", 'an address looks like "192.0.2.7"');
  }
  if (!fitsDns(host)) refuse(`must have a host of ${DNS_LENGTH}`, "DNS knows no longer names");
}
