import { InvalidValueError } from "../values/invalid-value-error.ts";
import { backendAddress, liveFile, oneOf, path, upstreamName } from "./argument.ts";
import { HTTP_PORT, PASSED, TLS_PORT, VISITED } from "./forwarded-header.ts";
import { type Context, GRAMMAR, INHERITED_AS_A_WHOLE, REPEATABLE, type Rule } from "./grammar.ts";
import { quote } from "./quote.ts";

export type DirectiveName = keyof typeof GRAMMAR;
type DirectiveValues<N extends DirectiveName> = Parameters<(typeof GRAMMAR)[N]["print"]>;

/** Variables of ours that stand for one fixed text. */
export type Constant = "$configuration_id" | { readonly upstream: string };

const INDENT = "    ";

/**
 * One directive of an Nginx configuration, simple or with a block. Why only by these makers: what they cannot say
 * (paths onto files, conditions, regular expressions, a request's own words as an address) cannot go wrong.
 *
 * @see https://nginx.org/en/docs/dirindex.html
 */
export class Directive {
  /** A simple directive. @throws InvalidValueError when a value is none that Nginx takes there, or none that is safe */
  static of<N extends DirectiveName>(name: N, ...values: DirectiveValues<N>): Directive {
    if (!Object.hasOwn(GRAMMAR, name)) refuse("must be one that the grammar has", name);
    const rule = GRAMMAR[name] as unknown as Rule<unknown[]>;
    return new Directive(name, rule.print(...values), rule.within);
  }

  static events(children: readonly Directive[]): Directive {
    return Directive.block("events", [], ["main"], children);
  }

  static http(children: readonly Directive[]): Directive {
    return Directive.block("http", [], ["main"], children);
  }

  static server(children: readonly Directive[]): Directive {
    return Directive.block("server", [], ["http"], children);
  }

  /** All paths below `prefix`. */
  static location(prefix: string, children: readonly Directive[]): Directive {
    return Directive.block("location", [path(prefix)], ["server"], children);
  }

  /** `exact` and nothing below it. */
  static exactLocation(exact: string, children: readonly Directive[]): Directive {
    return Directive.block("location", ["=", path(exact)], ["server"], children);
  }

  /** @param server Its first directive: Nginx refuses an upstream without any. */
  static upstream(name: string, server: Directive, options: readonly Directive[] = []): Directive {
    if (server.name !== "server") refuse("must begin an upstream with a server", server.name);
    return Directive.block("upstream", [upstreamName(name)], ["http"], [server, ...options]);
  }

  /** A variable that is always `value`. Why a map: Nginx looks a name up at each request only where a variable stands. */
  static constant(variable: Constant, value: string): Directive {
    const [name, text] =
      typeof variable === "string"
        ? [oneOf("$configuration_id")(variable), value]
        : [`$${upstreamName(variable.upstream)}`, backendAddress(value)];
    return new Directive("map", ['""', name], ["http"], [Directive.entry("default", text)]);
  }

  /** A variable that is the request's `Upgrade` header where it asks for a websocket, else empty. */
  static websocketMap(
    variable: "$forwarded_upgrade" | "$forwarded_connection",
    value: "websocket" | "upgrade",
  ): Directive {
    const name = oneOf("$forwarded_upgrade", "$forwarded_connection")(variable);
    const entries = [
      Directive.entry("default", ""),
      Directive.entry("websocket", oneOf("websocket", "upgrade")(value)),
    ];
    return new Directive("map", ["$http_upgrade", name], ["http"], entries);
  }

  /** A variable that is what a trusted sender's header says, else what Nginx itself knows. */
  static passedHeader(variable: keyof typeof PASSED): Directive {
    if (!Object.hasOwn(PASSED, variable)) refuse("must be one that passes a header", variable);
    const [header, otherwise] = PASSED[variable];
    const entries = [new Directive("default", [header], ["map"]), new Directive('""', [otherwise], ["map"])];
    return new Directive("map", [header, variable], ["http"], entries);
  }

  /** A variable that is one word for requests by HTTP, another for those by TLS. @param scheme How they came */
  static byScheme(
    variable: keyof typeof VISITED,
    http: number,
    https: number,
    scheme: "$scheme" | "$visitor_proto" = "$scheme",
  ): Directive {
    if (!Object.hasOwn(VISITED, variable)) refuse("must be one of the address that was visited", variable);
    const entries = [
      new Directive("default", [VISITED[variable](http, HTTP_PORT)], ["map"]),
      new Directive("https", [VISITED[variable](https, TLS_PORT)], ["map"]),
    ];
    return new Directive("map", [scheme, variable], ["http"], entries);
  }

  /**
   * A variable that names one upstream where a file of the live folder is there, and another where it is not; asked at
   * each request. Why in a server alone, with nothing but `set` inside: that is what `if` does without surprises.
   *
   * @see https://www.nginx.com/resources/wiki/start/topics/depth/ifisevil/
   */
  static upstreamByFile(variable: string, file: string, upstreams: { there: string; missing: string }): Directive[] {
    const set = (to: string) =>
      new Directive("set", [`$${upstreamName(variable)}`, upstreamName(to)], ["server"] satisfies Context[]);
    const condition = ["(-f", `${liveFile(file)})`];
    return [set(upstreams.missing), new Directive("if", condition, ["server"], [set(upstreams.there)])];
  }

  /** Sends the visitor to the same address by TLS. Why by the request's name: the server has no other, or is a wildcard's. */
  static redirectToTls(port: number): Directive {
    const origin = `https://${VISITED.$visited_host(port, TLS_PORT)}`;
    return new Directive("return", ["308", `${origin}$request_uri`], ["server", "location"]);
  }

  /** The text of a file whose directives stand in `context`. */
  static file(context: "main" | "http", directives: readonly Directive[]): string {
    Directive.refuseMisplaced(context, directives);
    Directive.refuseTwice(directives.flatMap((each) => each.defaultListens));
    return `# written by slipway; the next release overwrites it\n\n${printAll(directives, "")}`;
  }

  protected static entry(key: "default" | "websocket", value: string): Directive {
    return new Directive(key, [quote(value)], ["map"]);
  }

  private static block(
    name: Context,
    words: readonly string[],
    within: readonly Context[],
    children: readonly Directive[],
  ): Directive {
    Directive.refuseMisplaced(name, children);
    const block = new Directive(name, words, within, children);
    block.refuseLostInheritance([]);
    return block;
  }

  private static refuseMisplaced(context: Context, children: readonly Directive[]): void {
    const stray = children.find((child) => !child.within.includes(context));
    if (stray) refuse(`must not stand in ${context}`, stray.name);
    Directive.refuseTwice(children.flatMap((child) => child.key ?? []));
  }

  private static refuseTwice(keys: readonly string[]): void {
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined) refuse("must stand once", twice);
  }

  protected constructor(
    private readonly name: string,
    private readonly words: readonly string[],
    private readonly within: readonly Context[],
    readonly children?: readonly Directive[],
  ) {}

  /** The directive's lines, each ended by a line feed. */
  print(indent = ""): string {
    const head = indent + [this.name, ...this.words].join(" ");
    if (this.children === undefined) return `${head};\n`;
    return `${head} {\n${printAll(this.children, indent + INDENT)}${indent}}\n`;
  }

  /** A block with one header of its own loses every header from around it, so it must repeat them all. */
  private refuseLostInheritance(inherited: readonly Directive[]): void {
    const own = this.children?.filter((child) => INHERITED_AS_A_WHOLE.has(child.name)) ?? [];
    const overridden = (outer: Directive) => own.some((each) => each.name === outer.name);
    const lost = inherited.find((outer) => overridden(outer) && !own.some((each) => each.isSameHeader(outer)));
    if (lost) refuse(`must be repeated in the ${this.name} that has its own`, `${lost.name} ${lost.words[0]}`);
    const effective = [...own, ...inherited.filter((outer) => !overridden(outer))];
    for (const child of this.children ?? []) if (child.children) child.refuseLostInheritance(effective);
  }

  /** What no other directive of the same block may be; nothing for servers and includes. */
  private get key(): string | undefined {
    if (this.name === "include" || this.name === "server") return undefined;
    if (this.name === "limit_req_zone") return [this.name, this.words[1]].join(" ");
    if (!REPEATABLE.has(this.name)) return this.name;
    return this.children === undefined
      ? `${this.name} ${this.words[0]?.toLowerCase()}`
      : [this.name, ...this.words].join(" ");
  }

  private get defaultListens(): string[] {
    const listens =
      this.children?.filter((child) => child.name === "listen" && child.words[1]?.endsWith("default_server")) ?? [];
    return listens.map((listen) => `listen ${listen.words.join(" ")}`);
  }

  private isSameHeader(other: Directive): boolean {
    return other.name === this.name && other.words[0]?.toLowerCase() === this.words[0]?.toLowerCase();
  }
}

/** Blocks stand apart by an empty line, simple directives close together. */
function printAll(directives: readonly Directive[], indent: string): string {
  const printed = directives.map((directive, index) => {
    const apart = index > 0 && (directive.children ?? directives[index - 1]?.children) !== undefined;
    return (apart ? "\n" : "") + directive.print(indent);
  });
  return printed.join("");
}

function refuse(rule: string, got: string): never {
  throw new InvalidValueError({ subject: "nginx directive", rule, got });
}
