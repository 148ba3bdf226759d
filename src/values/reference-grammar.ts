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
