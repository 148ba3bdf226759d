import { BlockList, isIPv6 } from "node:net";
import { HTTP_PORT, TLS_PORT } from "../../nginx/forwarded-header.ts";
import { nameFor } from "../../release/site-names.ts";
import type { ReadDirective } from "./conf-reader.ts";
import { escapedPath, type NginxRequest, normalizedPath, queryOf } from "./request.ts";
import { expanded, patternOf, type Variables, variablesOf } from "./variables.ts";

/** What Nginx does with a request. */
export type NginxAction =
  | { readonly kind: "pass"; readonly to: string; readonly path: string }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "challenge" }
  | { readonly kind: "closed" | "no handshake" | "not listening" };

/** What Nginx answers, and by which words of its text. */
export interface NginxAnswer {
  readonly action: NginxAction;
  /** The name of the server that answered; none for the one that has those which no server has. */
  readonly name?: string;
  /** The path of the location, without a slash at its end unless it is all. */
  readonly location?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What browsers say when they ask for a password. */
  readonly realm?: string;
  /** The ranges of those who alone are let in. */
  readonly allow?: readonly string[];
}

/**
 * What Nginx answers to `request` by the text `conf`. Why the text is read and not the declaration: whatever the text
 * comes to say, this says too, so that no rule of routing stands twice. It knows the directives that are ours to write.
 *
 * @see https://nginx.org/en/docs/http/request_processing.html
 */
export function answerOf(conf: readonly ReadDirective[], request: NginxRequest): NginxAnswer {
  const server = chosenServer(conf, request);
  if (server === undefined) return { action: { kind: "not listening" }, headers: {} };
  const names = wordsOf(server, "server_name").filter((name) => name !== "_");
  const name = nameFor(request.name, names) ?? names[0];
  const named = name === undefined ? {} : { name };
  if (childOf(server, "ssl_reject_handshake")) return { action: { kind: "no handshake" }, headers: {} };
  const path = normalizedPath(request.target);
  if (path === undefined) return { ...named, action: { kind: "status", status: 400 }, headers: headersIn(server) };
  const variable = variablesOf(conf, request);
  const returned = returnedBy(server, variable);
  if (returned) return { ...named, action: returned, headers: headersIn(server) };
  const location = chosenLocation(server, path);
  if (location === undefined) return { ...named, action: { kind: "status", status: 404 }, headers: headersIn(server) };
  const below = (location.words.at(-1) as string).replace(/(?<=.)\/$/, "");
  return { ...named, location: below, ...answerAt(location, server, { request, path, variable }) };
}

/** @see https://nginx.org/en/docs/http/server_names.html */
function chosenServer(conf: readonly ReadDirective[], { scheme, name }: NginxRequest): ReadDirective | undefined {
  const port = scheme === "https" ? TLS_PORT : HTTP_PORT;
  const listening = conf.filter((each) => each.name === "server" && listenOf(each, port) !== undefined);
  const answering = nameFor(
    name,
    listening.flatMap((each) => wordsOf(each, "server_name")),
  );
  return (
    listening.find((each) => answering !== undefined && wordsOf(each, "server_name").includes(answering)) ??
    listening.find((each) => listenOf(each, port)?.words.includes("default_server")) ??
    listening[0]
  );
}

/** The first of its `listen` at `port`, on whichever address. */
export function listenOf({ children = [] }: ReadDirective, port: number): ReadDirective | undefined {
  return children.find(({ name, words }) => name === "listen" && words[0]?.replace(/^.*:/, "") === `${port}`);
}

/** @see https://nginx.org/en/docs/http/ngx_http_core_module.html#location */
function chosenLocation({ children = [] }: ReadDirective, path: string): ReadDirective | undefined {
  const locations = children.filter(({ name, words }) => name === "location" && !words[0]?.startsWith("@"));
  const exact = locations.find(({ words }) => words[0] === "=" && words[1] === path);
  if (exact) return exact;
  const prefixes = locations.filter(({ words: [word = ""] }) => word !== "=" && path.startsWith(word));
  return prefixes.sort((a, b) => (b.words[0]?.length ?? 0) - (a.words[0]?.length ?? 0))[0];
}

interface Passing {
  readonly request: NginxRequest;
  readonly path: string;
  readonly variable: Variables;
}

function answerAt(
  location: ReadDirective,
  server: ReadDirective,
  { request, path, variable }: Passing,
): Omit<NginxAnswer, "name" | "location"> {
  const inherited = (name: string) => childOf(location, name) ?? childOf(server, name);
  const headers = { ...headersIn(childOf(location, "add_header") ? location : server) };
  if (childOf(location, "internal")) return { action: { kind: "status", status: 404 }, headers };
  const returned = returnedBy(location, variable);
  if (returned) return { action: returned, headers };
  const allow = allowedIn(childOf(location, "allow") ? location : server);
  if (allow && request.from !== undefined && !isWithin(request.from, allow))
    return { action: { kind: "status", status: 403 }, headers, allow };
  const realm = inherited("auth_basic")?.words[0];
  const guarded = { headers, ...(realm === undefined ? {} : { realm }), ...(allow && { allow }) };
  const pass = childOf(location, "proxy_pass") ?? childOf(location, "grpc_pass");
  if (pass) return { action: passed(pass, childOf(location, "rewrite"), { request, path, variable }), ...guarded };
  if (childOf(location, "root")) return { action: { kind: "challenge" }, headers };
  return { action: { kind: "status", status: 404 }, ...guarded };
}

/** @see https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass */
function passed(pass: ReadDirective, rewrite: ReadDirective | undefined, asked: Passing): NginxAction {
  const [, to = "", uri = ""] = /^\w+:\/\/(\$?\w+?)((?:\$|\/).*)?$/.exec(pass.words[0] ?? "") ?? [];
  const given = expanded(uri, asked.variable);
  if (given !== "") return { kind: "pass", to, path: given };
  if (rewrite === undefined) return { kind: "pass", to, path: asked.request.target };
  const [pattern = "", replacement = ""] = rewrite.words;
  const match = patternOf(pattern).exec(asked.path);
  const path = match ? expanded(replacement, (name) => match[Number(name)] ?? asked.variable(name)) : asked.path;
  const query = queryOf(asked.request.target);
  return { kind: "pass", to, path: `${escapedPath(path)}${query === "" ? "" : `?${query}`}` };
}

function returnedBy(block: ReadDirective, variable: Variables): NginxAction | undefined {
  const [status, text = ""] = childOf(block, "return")?.words ?? [];
  if (status === undefined) return undefined;
  if (status === "444") return { kind: "closed" };
  const isRedirect = /^30[12378]$/.test(status);
  return isRedirect
    ? { kind: "redirect", status: Number(status), location: expanded(text, variable) }
    : { kind: "status", status: Number(status) };
}

function childOf({ children = [] }: ReadDirective, name: string): ReadDirective | undefined {
  return children.find((child) => child.name === name);
}

function wordsOf({ children = [] }: ReadDirective, name: string): string[] {
  return children.filter((child) => child.name === name).flatMap(({ words }) => words);
}

function headersIn({ children = [] }: ReadDirective): Record<string, string> {
  const added = children.filter(({ name }) => name === "add_header");
  return Object.fromEntries(added.map(({ words: [name = "", value = ""] }) => [name, value]));
}

/** Nothing where everybody is let in. */
function allowedIn(block: ReadDirective): string[] | undefined {
  const ranges = wordsOf(block, "allow");
  return ranges.length === 0 || ranges.includes("all") ? undefined : ranges;
}

function isWithin(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix = isIPv6(network) ? "128" : "32"] = range.split("/");
    list.addSubnet(network, Number(prefix), isIPv6(network) ? "ipv6" : "ipv4");
  }
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
