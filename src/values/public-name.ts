/** On the Public Suffix List, and yet no registry gives out a name below them (RFC 7686, 8375). */
const NOBODYS = /(?:^|\.)(?:home\.arpa|onion)$/;

/** What the Public Suffix List knows of a name. */
export interface PublicName {
  /** The domain that somebody registered, e.g. `example.co.uk`. @default - none can be */
  readonly domain?: string;
  /** Whether the name is a public suffix itself, e.g. `co.uk`. */
  readonly isSuffix: boolean;
}

/**
 * Whose name `name` can be. Why not suffixes of companies, e.g. `github.io`: below those, too, certificates are for whoever
 * has the name. The list is loaded when it is asked: most stacks never do.
 *
 * @see https://publicsuffix.org/list/
 */
export function publicName(name: string): PublicName {
  const { parse } = require("tldts") as typeof import("tldts");
  const { domain, isIcann, publicSuffix } = parse(name);
  const isPublic = isIcann === true && !NOBODYS.test(name);
  return { ...(isPublic && domain !== null && { domain }), isSuffix: isPublic && publicSuffix === name };
}
