import { literalPattern } from "../values/literal-pattern.ts";
import { isTcpPort } from "./known-image.ts";
import { joined, type NeighbourAddress, type Text, type TextPart } from "./variable-text.ts";

/** One place of a text that names another service. */
export interface Reference {
  /** As the file calls it. */
  readonly service: string;
  readonly port?: number;
  /** Whether it is spoken to by something else than HTTP; undefined where the text does not say. */
  readonly tcp?: boolean;
  /** Whether the name alone is there, without its port. */
  readonly isBare: boolean;
}

/** A text with addresses in place of names, and what it named. */
export interface Addressed {
  readonly text: Text;
  readonly references: readonly Reference[];
}

const HTTP_SCHEME = /^(?:https?|wss?)$/;
const HOST_VARIABLE =
  /(?:HOST|HOSTNAME|SERVERS?|ADDR|ADDRESS|ENDPOINTS?|NODES?|BROKERS?|PEERS?|SEEDS?|UPSTREAM|BACKEND|CLUSTER)(?:_?\d+)?$/i;
const HOST_OPTION = /^(--?[\w.-]*(?:host|hostname|server|addr|address|endpoint|broker)s?=)(.*)$/i;

/**
 * Finds the services that a text names: `scheme://name:port`, `name:port`, and the name alone where what it is called says
 * that it is a host.
 *
 * @param key the variable's name; nothing for the words of a command
 * @param names what each neighbour is called, as the file calls it
 */
export function addressed(text: Text, key: string | undefined, names: ReadonlyMap<string, string>): Addressed {
  const references: Reference[] = [];
  const whole = text.length === 1;
  const replaced = text.flatMap((part): Text => {
    if (typeof part === "string") return inString(part, whole ? key : undefined, whole, names, references);
    if (part.kind !== "variable" || part.fallback === undefined) return [part];
    const fallback = addressed(part.fallback, whole ? key : undefined, names);
    references.push(...fallback.references);
    return [{ ...part, fallback: fallback.text }];
  });
  return { text: withUrls(joined(replaced)), references };
}

function inString(
  text: string,
  key: string | undefined,
  whole: boolean,
  names: ReadonlyMap<string, string>,
  references: Reference[],
): Text {
  const option = whole && key === undefined ? HOST_OPTION.exec(text) : null;
  const bare = option?.[2] ?? (whole && key !== undefined && HOST_VARIABLE.test(key) ? text : undefined);
  const alone = bare === undefined ? undefined : names.get(bare);
  if (alone !== undefined) {
    references.push({ service: alone, isBare: true });
    return joined([option?.[1] ?? "", { kind: "neighbour", service: alone, form: "name" }]);
  }
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(neighbourPattern(names))) {
    const [found, scheme, user = "", named = "", digits] = match;
    const service = names.get(named);
    const port = digits === undefined ? undefined : Number(digits);
    if (service === undefined || (scheme === undefined && port === undefined)) continue;
    const tcp =
      scheme === undefined ? (port !== undefined && isTcpPort(port) ? true : undefined) : !HTTP_SCHEME.test(scheme);
    references.push({ service, port: port ?? usualPort(scheme), ...(tcp !== undefined && { tcp }), isBare: false });
    parts.push(text.slice(from, match.index), scheme === undefined ? user : `${scheme}://${user}`);
    parts.push({ kind: "neighbour", service, form: "address" });
    from = match.index + found.length;
  }
  return joined([...parts, text.slice(from)]);
}

function usualPort(scheme: string | undefined): number | undefined {
  return scheme === "http" || scheme === "ws" ? 80 : undefined;
}

/** `scheme://user@name:port`, each but the name left out; the groups are these four. */
export function neighbourPattern(names: ReadonlyMap<string, string>): RegExp {
  const words = [...names.keys()].sort((a, b) => b.length - a.length).map(literalPattern);
  const name = `(${words.join("|")})`;
  return new RegExp(
    `(?<![A-Za-z0-9+.-])(?:([A-Za-z][A-Za-z0-9+.-]*):\\/\\/([^\\s/@]*@)?)?(?<![\\w.-])${name}(?::(\\d{1,5}))?(?![\\w.-]|:\\d)`,
    "g",
  );
}

/** `http://` and an address in front are the service's `url`. */
function withUrls(text: Text): Text {
  const [first, second, ...rest] = text;
  if (first !== "http://" || typeof second !== "object" || second.kind !== "neighbour" || second.form !== "address")
    return text;
  return [{ ...second, form: "url" }, ...rest];
}

/** The text with `use` in place of each neighbour that it names. */
export function withNeighbours(text: Text, use: (part: NeighbourAddress) => TextPart): Text {
  return joined(
    text.map((part) => {
      if (typeof part === "string") return part;
      if (part.kind === "neighbour") return use(part);
      return part.fallback === undefined ? part : { ...part, fallback: withNeighbours(part.fallback, use) };
    }),
  );
}
