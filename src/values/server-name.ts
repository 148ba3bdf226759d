import { isIPv4 } from "node:net";
import { domainToASCII } from "node:url";
import { InvalidValueError, refusalOf } from "./invalid-value-error.ts";
import { urlScheme } from "./url-scheme.ts";

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const SHAPE = 'write it like "shop.example.com"';

/** The name that visitors type, as DNS and Nginx spell it: lower case, ASCII; `*.` in front stands for every name below. */
export class ServerName {
  /** @throws InvalidValueError when `text` is more or less than the name of a host */
  static parse(text: string): ServerName {
    const refuse = refusalOf("server name", text);
    if (typeof text !== "string" || text === "") return refuse("must not be empty", SHAPE);
    if (text.includes("@")) {
      const got = text.replace(/^.*@/s, "***@");
      throw new InvalidValueError({ subject: "server name", rule: "must not name a user", got, remedy: SHAPE });
    }
    if (/\s/.test(text)) return refuse("must not hold white space", "give each name its own site");
    const scheme = urlScheme(text);
    const [bare = ""] = text.slice(scheme.length).split(/[/\\?#:]/, 1);
    if (scheme) return refuse("must not have a scheme", bare === "" ? SHAPE : `use "${bare}"`);
    if (/[/\\?#]/.test(text)) return refuse("must not have a path", "name the path in the routes of the site");
    if (text.includes(":")) return refuse("must not have a port", "the host decides on which port it serves");

    const isWildcard = text.startsWith("*.");
    const name = isWildcard ? text.slice(2) : text;
    if (name.includes("*")) return refuse('must have its wildcard in front, as "*."', 'write it like "*.example.com"');
    if (name.includes("_")) return refuse("must not hold an underscore, which no host has in DNS", "use a dash");
    if (/^$|^\.|\.\.|\.$/.test(name)) return refuse("must have a label before, between and after its dots", SHAPE);

    const ascii = toAscii(name);
    if (ascii === "") return refuse("must be a name that DNS can spell in ASCII (IDNA)", SHAPE);
    const labels = ascii.split(".");
    if (!labels.every((label) => LABEL.test(label))) {
      return refuse("must be made of letters, digits and inner dashes, joined by dots", SHAPE);
    }
    if (!fitsDns(ascii)) return refuse(`must have ${DNS_LENGTH}`, "DNS knows no longer names");
    if (endsInNumber(labels) && (isWildcard || !isIPv4(name))) {
      return refuse("must not end in a number, unless it is a whole IPv4 address", SHAPE);
    }
    return new ServerName(ascii, isWildcard);
  }

  private constructor(
    private readonly name: string,
    /** Whether it stands for every name below it. */
    readonly isWildcard: boolean,
  ) {}

  equals(other: ServerName): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    return this.isWildcard ? `*.${this.name}` : this.name;
  }
}

/**
 * Empty where IDNA refuses the name. Why plain names go round `domainToASCII`: it reads them as a URL does, decodes
 * `%41` and completes `127.1` to an address.
 */
function toAscii(name: string): string {
  const isPlain = /^[\x00-\x7f]*$/.test(name) && !/(?:^|\.)xn--/i.test(name);
  return isPlain ? name.toLowerCase() : domainToASCII(name);
}

/** Whether a URL would read the name as an IPv4 address (WHATWG URL, "ends in a number"). */
function endsInNumber(labels: readonly string[]): boolean {
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
}

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/** The limits of RFC 1035, for a rule in an error. */
export const DNS_LENGTH = `at most ${LONGEST_NAME} characters, at most ${LONGEST_LABEL} between two dots`;

export function fitsDns(name: string): boolean {
  return name.length <= LONGEST_NAME && name.split(".").every((label) => label.length <= LONGEST_LABEL);
}

/** `name` as part of a file's name: for a wildcard's star stands `_`, which no server name has. */
export function inFileName(name: string): string {
  return name.replace(/^\*/, "_");
}
