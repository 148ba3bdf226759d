import { Directive, type DirectiveName } from "../../src/nginx/directive.ts";
import type { ReadDirective } from "../../src/testing/nginx/conf-reader.ts";

/**
 * Says again by our own makers what a configuration says, as near as they come.
 *
 * @throws when they have no words for it
 */
export function rebuild({ name, words, children }: ReadDirective): Directive {
  if (children === undefined) return Directive.of(name as DirectiveName, ...(values(name, words) as never));
  const inner = children.map(rebuild);
  const [first = "", second = ""] = words;
  if (name === "location" && words.length === 1) return Directive.location(first, inner);
  if (name === "location" && words.length === 2 && first === "=") return Directive.exactLocation(second, inner);
  if (name === "upstream" && words.length === 1 && inner[0]) return Directive.upstream(first, inner[0], inner.slice(1));
  if (name === "server" && words.length === 0) return Directive.server(inner);
  if (name === "http" && words.length === 0) return Directive.http(inner);
  if (name === "events" && words.length === 0) return Directive.events(inner);
  throw new Error(`there is no maker for ${name} ${words.join(" ")}`);
}

/** Whether the directives can be said, in whichever context they have a place. */
export function isExpressible(directives: readonly ReadDirective[]): boolean {
  const contexts: ((inner: Directive[]) => unknown)[] = [
    (inner) => Directive.file("main", inner),
    (inner) => Directive.file("http", inner),
    (inner) => Directive.file("http", [Directive.server(inner)]),
    (inner) => Directive.file("http", [Directive.server([Directive.location("/", inner)])]),
  ];
  return contexts.some((context) => {
    try {
      context(directives.map(rebuild));
      return true;
    } catch {
      return false;
    }
  });
}

function values(name: string, words: readonly string[]): unknown[] {
  if (name === "worker_connections" || name === "keepalive") return words.map(Number);
  // a header is only ever added to all answers, so what is asked here is whether it may be added at all
  if (name === "add_header" && words.length === 2) return [...words, "always"];
  if (name === "resolver" && words.length === 1) return [...words, "valid=2s", "ipv6=off"];
  if (name !== "proxy_pass") return [...words];
  const [, variable, upstream] = /^http:\/\/(\$?)([^/]*)$/.exec(words[0] ?? "") ?? [];
  if (upstream === undefined || words.length !== 1) throw new Error(`there is no target ${words.join(" ")}`);
  return [{ upstream, isVariable: variable === "$" }];
}
