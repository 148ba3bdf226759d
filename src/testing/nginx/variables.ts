import type { ReadDirective } from "./conf-reader.ts";
import { type NginxRequest, queryOf } from "./request.ts";

/** What a variable of a configuration is for one request. @throws for one that no request has */
export type Variables = (name: string) => string;

/** The variables of `request`: Nginx's own and those of the maps in `conf`. */
export function variablesOf(conf: readonly ReadDirective[], request: NginxRequest): Variables {
  const maps = new Map(
    conf.filter(({ name }) => name === "map" || name === "geo").map((each) => [each.words.at(-1)?.slice(1), each]),
  );
  const query = queryOf(request.target);
  const own: Readonly<Record<string, string>> = {
    args: query,
    host: request.name,
    http_x_forwarded_proto: request.proxiedScheme ?? "",
    is_args: query === "" ? "" : "?",
    is_proxied: request.proxiedScheme === undefined ? "0" : "1",
    request_uri: request.target,
    scheme: request.scheme,
  };
  const variable: Variables = (name) => {
    const known = own[name];
    if (known !== undefined) return known;
    const map = maps.get(name);
    if (map?.name === "map") return mapped(map, variable);
    throw new Error(`slipway/testing does not know Nginx's variable $${name}`);
  };
  return variable;
}

function mapped({ words: [source = ""], children = [] }: ReadDirective, variable: Variables): string {
  const value = expanded(source, variable);
  const otherwise = children.find(({ name }) => name === "default")?.words[0] ?? "";
  const text = children.find(({ name }) => name.toLowerCase() === value.toLowerCase() && name !== "default");
  if (text) return expanded(text.words[0] ?? "", variable);
  for (const { name, words } of children) {
    const match = name.startsWith("~") ? patternOf(name.slice(1)).exec(value) : null;
    if (match) return expanded(words[0] ?? "", (each) => match[Number(each)] ?? variable(each));
  }
  return expanded(otherwise, variable);
}

/** `text` with the value of each variable in it. */
export function expanded(text: string, variable: Variables): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, bare) => variable(braced ?? bare));
}

/** A pattern of PCRE's as this module's own texts have them. */
export function patternOf(text: string): RegExp {
  return text.startsWith("(?s)") ? new RegExp(text.slice(4), "s") : new RegExp(text);
}
