import { Digest } from "./digest.ts";

/*
 * The grammar of image references, as distribution/reference has it (`regexp.go`; Apache-2.0):
 *
 *   reference         := name [ ":" tag ] [ "@" digest ]
 *   name              := [ domain "/" ] path
 *   domain            := host [ ":" port ]
 *   host              := domain-name | "[" IPv6 address "]"
 *   domain-name       := domain-component [ "." domain-component ]*
 *   domain-component  := letters, digits and inner dashes
 *   port              := digits
 *   path              := path-component [ "/" path-component ]*
 *   path-component    := alphanumeric [ separator alphanumeric ]*
 *   alphanumeric      := lower-case letters and digits
 *   separator         := "." | "_" | "__" | one or more "-"
 *   tag               := a letter, digit or "_", then at most 127 of those, "." and "-"
 *   digest            := algorithm ":" at least 32 hexadecimal digits
 *   algorithm         := algorithm-component [ ( "+" | "." | "-" | "_" ) algorithm-component ]*
 *   identifier        := 64 lower-case hexadecimal digits: an image id, not a name
 *
 * Each part can begin in one way only once the part before it has ended, so that a failed match gives back one
 * character at a time and never tries a text twice: the patterns take time linear in their input.
 */
const ALPHANUMERIC = "[a-z0-9]+";
const SEPARATOR = "(?:[._]|__|-+)";
const PATH_COMPONENT = `${ALPHANUMERIC}(?:${SEPARATOR}${ALPHANUMERIC})*`;
const PATH = `${PATH_COMPONENT}(?:/${PATH_COMPONENT})*`;

const DOMAIN_COMPONENT = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN_NAME = `${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*`;
const IPV6_ADDRESS = "\\[[a-fA-F0-9:]+\\]";
const HOST = `(?:${DOMAIN_NAME}|${IPV6_ADDRESS})`;
const DOMAIN = `${HOST}(?::[0-9]+)?`;

const TAG = "\\w[\\w.-]{0,127}";

const ALGORITHM_COMPONENT = "[A-Za-z][A-Za-z0-9]*";
const ALGORITHM = `${ALGORITHM_COMPONENT}(?:[-_+.]${ALGORITHM_COMPONENT})*`;
const DIGEST = `${ALGORITHM}:[0-9a-fA-F]{32,}`;

const IDENTIFIER = "[a-f0-9]{64}";

const whole = (pattern: string) => new RegExp(`^${pattern}$`);

/** The whole-text patterns of the grammar; `reference` captures domain, path, tag and digest, `name` domain and path. */
export const referenceGrammar = {
  domain: whole(DOMAIN),
  pathComponent: whole(PATH_COMPONENT),
  path: whole(PATH),
  name: whole(`(?:(${DOMAIN})/)?(${PATH})`),
  tag: whole(TAG),
  digest: whole(DIGEST),
  identifier: whole(IDENTIFIER),
  reference: whole(`(?:(${DOMAIN})/)?(${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?`),
} as const;

/** The longest path of a name, its domain not counted. */
export const LONGEST_PATH = 255;

/** Docker Hub as references spell it; its registry answers elsewhere. */
export const DOCKER_HUB = "docker.io";
/** Where Docker Hub keeps the official images. */
export const OFFICIAL_PREFIX = "library/";

const LEGACY_DOCKER_HUB = "index.docker.io";

/**
 * Go's lower case, code point by code point. Why not `toLowerCase` alone: JavaScript makes two code points of "İ",
 * Go makes "i", and what a lower-cased text matches decides between two error codes.
 */
export function lowerCase(text: string): string {
  return text.replaceAll("İ", "i").toLowerCase();
}

function hasUpperCase(text: string): boolean {
  return lowerCase(text) !== text;
}

/**
 * Splits a reference at the slash after its domain and fills in what Docker implies: docker.io where the first
 * element is no domain, `library/` where Docker Hub's name has one element.
 */
export function splitDomain(text: string): { domain: string; remainder: string } {
  const slash = text.indexOf("/");
  if (slash < 0) return { domain: DOCKER_HUB, remainder: OFFICIAL_PREFIX + text };

  const first = text.slice(0, slash);
  const rest = text.slice(slash + 1);
  const isDockerHub = first === DOCKER_HUB || first === LEGACY_DOCKER_HUB;
  if (!isDockerHub && looksLikeDomain(first)) return { domain: first, remainder: rest };

  const remainder = isDockerHub ? rest : text;
  return { domain: DOCKER_HUB, remainder: remainder.includes("/") ? remainder : OFFICIAL_PREFIX + remainder };
}

/** Whether Docker reads the first element of a name as a registry's address and not as a namespace on Docker Hub. */
export function looksLikeDomain(element: string): boolean {
  return element === "localhost" || /[.:]/.test(element) || hasUpperCase(element);
}

/** What distribution/reference answers to a text that is no reference. */
export type ImageReferenceErrorCode =
  | "NAME_EMPTY"
  | "INVALID_FORMAT"
  | "NAME_UPPERCASE"
  | "NAME_TOO_LONG"
  | "DIGEST_LENGTH"
  | "DIGEST_FORMAT"
  | "DIGEST_UNSUPPORTED"
  | "HEX64_IDENTIFIER";

/** What the grammar finds in a reference. */
export interface ReferenceParts {
  /** Empty where there is none, or where upstream reads it as a part of the path, as in `a_b.c/app`. */
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The parts of a reference as it stands, or upstream's reason to refuse it (distribution/reference, `Parse`). */
export function readReference(text: string): ReferenceParts | ImageReferenceErrorCode {
  if (text === "") return "NAME_EMPTY";

  const match = referenceGrammar.reference.exec(text);
  if (!match) return referenceGrammar.reference.test(lowerCase(text)) ? "NAME_UPPERCASE" : "INVALID_FORMAT";

  const [, domain = "", path = "", tag, digest] = match;
  if (path.length > LONGEST_PATH) return "NAME_TOO_LONG";
  if (digest !== undefined) {
    const problem = Digest.problemWith(digest);
    if (problem) return problem.code;
  }
  return { domain, path, tag, digest };
}

/** The same with what Docker implies filled in (`ParseNormalizedNamed`). */
export function readNormalisedReference(text: string): ReferenceParts | ImageReferenceErrorCode {
  if (referenceGrammar.identifier.test(text)) return "HEX64_IDENTIFIER";

  const { domain, remainder } = splitDomain(text);
  const colon = remainder.indexOf(":");
  if (hasUpperCase(colon < 0 ? remainder : remainder.slice(0, colon))) return "NAME_UPPERCASE";
  return readReference(`${domain}/${remainder}`);
}
