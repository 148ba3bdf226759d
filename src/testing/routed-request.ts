import { isIP } from "node:net";
import { type CertificateState, type NginxTexts, textsIn } from "../nginx/nginx-texts.ts";
import { serviceOfUpstream } from "../nginx/upstream.ts";
import { nameFor } from "../release/site-names.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { nearest, type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";
import { answerOf, listenOf, type NginxAnswer } from "./nginx/answer.ts";
import { type ReadDirective, readConf } from "./nginx/conf-reader.ts";
import { type NginxRequest, requestOf, usualPort } from "./nginx/request.ts";

/** How a request comes. */
export interface RouteOptions {
  /** The visitor's IP address, for sites that let in only some. @default - somebody whom each site lets in */
  readonly from?: string;
  /** Whether it comes through a trusted proxy, which has ended TLS. @default false: the visitor connects */
  readonly proxied?: boolean;
  /** Whether names with TLS have their certificate: `before` the first one, `secured` by one, or it is `lost`. @default "secured" */
  readonly certificate?: CertificateState;
}

const OPTIONS: OptionNames<RouteOptions & { readonly at: string }> = {
  from: true,
  proxied: true,
  certificate: true,
  at: true,
};

/** What becomes of a request, by the text that the host's Nginx is told. */
export interface RoutedRequest {
  readonly url: string;
  /** The path of the host that visitors reach. */
  readonly host?: string;
  /** The server name that answers: a site's own, an alias or one that is redirected. */
  readonly site?: string;
  /** The path of the route, or where the site has none for it the one that answers. */
  readonly route?: string;
  /** The service that gets it. */
  readonly service?: string;
  /** The path of that service's host, which may be another one behind. */
  readonly serviceHost?: string;
  /** The port of the service's container. */
  readonly port?: number;
  /** Where it goes where that is no service of the stack. */
  readonly address?: string;
  /** Path and query as the service gets them. */
  readonly path?: string;
  /** Where the visitor is sent, a whole URL. */
  readonly redirect?: string;
  /** What the host itself answers; absent where a service answers, or nobody. */
  readonly status?: number;
  /** Headers that the host adds to the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** What browsers say when they ask for a password, where they have to. */
  readonly realm?: string;
  /** The address ranges of those who alone are let in. */
  readonly allow?: readonly string[];
  /** What becomes of it, in a sentence. */
  readonly reason: string;
}

/** A host as far as requests are concerned. */
export interface AskedHost {
  readonly path: string;
  readonly nginx?: NginxTexts;
  readonly ports: ReadonlyMap<string, number | undefined>;
}

interface ServingHost extends AskedHost {
  readonly nginx: NginxTexts;
  readonly conf: readonly ReadDirective[];
}

/**
 * What becomes of a request for `url` at `hosts`.
 *
 * @param options With `at`, the path of the host that is asked
 * @throws for what is no URL, and for a name that two of them serve
 */
export function routedRequest(
  url: string,
  hosts: readonly AskedHost[],
  options: RouteOptions & { readonly at?: string } = {},
): RoutedRequest {
  const asked = requestOf(url);
  const { from, proxied, at, certificate = "secured" } = options;
  refuseUnknownOptions("route", options, OPTIONS);
  if (from !== undefined && isIP(from) === 0)
    throw new InvalidValueError({ subject: "from", rule: "must be an IP address", got: from });
  const serving = hosts.flatMap(({ nginx, ...host }): ServingHost[] =>
    nginx ? [{ ...host, nginx, conf: textsIn(certificate, nginx.files).flatMap(readConf) }] : [],
  );
  const host = hostOf(
    asked,
    serving.filter(({ path }) => at === undefined || path === at),
  );
  if (typeof host === "string") return { url, headers: {}, reason: host };
  const elsewhere = otherPort(asked, host);
  if (elsewhere !== undefined) return { url, host: host.path, headers: {}, reason: elsewhere };
  const request: NginxRequest = { ...asked, from, ...(proxied && { scheme: "http", proxiedScheme: asked.scheme }) };
  const answer = answerOf(host.conf, request);
  const told = { url, host: host.path, site: answer.name, route: answer.location };
  const { headers, realm, allow } = answer;
  const all = { ...told, headers, realm, allow, ...outcome(answer, asked, host, serving) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as RoutedRequest;
}

/** The one that serves the name, or why there is none. */
function hostOf({ name }: NginxRequest, hosts: readonly ServingHost[]): ServingHost | string {
  const [first, second] = hosts.filter((host) => nameFor(name, namesOf(host)) !== undefined);
  if (second)
    throw new Error(`${name} is served by ${first?.path} and ${second.path}: say by which, route(url, { host })`);
  if (first) return first;
  if (hosts.length === 1) return hosts[0] as ServingHost;
  return hosts.length === 0
    ? "no host that is asked serves names by an Nginx of Slipway's"
    : `no host serves ${name}${known(name, hosts)}`;
}

function namesOf({ conf }: ServingHost): string[] {
  const servers = conf.filter(({ name }) => name === "server").flatMap(({ children = [] }) => children);
  const names = servers.filter(({ name }) => name === "server_name").flatMap(({ words }) => words);
  return names.filter((name) => name !== "_");
}

function known(name: string, hosts: readonly ServingHost[]): string {
  const names = [...new Set(hosts.flatMap(namesOf))].sort();
  const near = nearest(name, names);
  return near ? `: did you mean ${near}?` : `, but ${names.join(", ") || "none"}`;
}

function otherPort({ scheme, port }: NginxRequest, { path, nginx }: ServingHost): string | undefined {
  const own = scheme === "https" ? nginx.publicTlsPort : nginx.publicPort;
  if (port === undefined || own === undefined || port === own) return undefined;
  return `${path} listens for ${scheme} at ${own} and not at ${port}`;
}

type Outcome = Pick<
  RoutedRequest,
  "service" | "serviceHost" | "port" | "address" | "path" | "redirect" | "status" | "reason"
>;

function outcome(answer: NginxAnswer, asked: NginxRequest, host: ServingHost, all: readonly ServingHost[]): Outcome {
  const { action, name, location = "" } = answer;
  const here = `${name ?? host.path}${location}`;
  if (action.kind === "pass") return passedTo(action.to, action.path, here, host, all);
  if (action.kind === "redirect") {
    const redirect = absolute(action.location, asked, host);
    return { redirect, status: action.status, reason: `${here} is redirected by ${action.status} to ${redirect}` };
  }
  if (action.kind === "status") return { status: action.status, reason: `${here} ${whyStatus(action.status, answer)}` };
  return { reason: `${whyNobody(action.kind, asked, here, host)}` };
}

function passedTo(to: string, path: string, here: string, host: ServingHost, all: readonly ServingHost[]): Outcome {
  const service = serviceOfUpstream(to.replace("$", ""));
  if (service !== undefined) return reached(service, host, path, here);
  const address = addressOf(to, host.conf);
  const [, name, port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  const behind = all.find(({ nginx }) => nginx.reachedAs === name);
  const listener = behind?.conf.find((each) => each.name === "server" && listenOf(each, Number(port)));
  const there = behind && listener && serviceBehind(listener);
  if (behind && there) return reached(there, behind, path, here);
  return { address, path, reason: `${here} leads to ${address}, which gets ${path}` };
}

function reached(service: string, { path: serviceHost, ports }: ServingHost, path: string, here: string): Outcome {
  const reason = `${here} leads to ${service} of ${serviceHost}, which gets ${path}`;
  return { service, serviceHost, port: ports.get(service), path, reason };
}

function addressOf(to: string, conf: readonly ReadDirective[]): string {
  const told = conf.find(({ name, words }) => (name === "map" || name === "upstream") && words.at(-1) === to);
  return told?.children?.find(({ name }) => name === "default" || name === "server")?.words[0] ?? to;
}

function serviceBehind({ children = [] }: ReadDirective): string | undefined {
  const inside = children.find(({ name }) => name === "location")?.children ?? [];
  const pass = inside.find(({ name }) => name === "proxy_pass" || name === "grpc_pass")?.words[0] ?? "";
  return serviceOfUpstream(pass.replace(/^\w+:\/\/\$?/, ""));
}

/** As a browser completes it by the address that it asked for. */
function absolute(location: string, { scheme, name, port, target }: NginxRequest, { nginx }: ServingHost): string {
  const own = (scheme === "https" ? nginx.publicTlsPort : nginx.publicPort) ?? usualPort(scheme);
  const typed = port ?? own;
  const origin = `${scheme}://${name}${typed === usualPort(scheme) ? "" : `:${typed}`}`;
  return new URL(location, `${origin}${target}`).href;
}

function whyStatus(status: number, { allow }: NginxAnswer): string {
  if (status === 403 && allow) return `lets in ${allow.join(", ")} alone, and answers others 403`;
  if (status === 404) return "answers 404: the site has no route for the path";
  if (status === 400) return "answers 400: no server reads such a path";
  if (status === 503) return "answers 503: the site is in maintenance, or has lost its certificate";
  return `answers ${status} by itself`;
}

function whyNobody(kind: string, { scheme, name }: NginxRequest, here: string, host: ServingHost): string {
  if (kind === "challenge") return `${here} is where an ACME server asks, and no route`;
  if (kind === "not listening")
    return `${host.path} does not listen for ${scheme}: no site of it has ${scheme === "https" ? "TLS" : "a name"}`;
  const end = kind === "no handshake" ? "ends the handshake" : "closes the connection";
  return `${host.path} ${end} without an answer, for it does not serve ${name} by ${scheme}${known(name, [host])}`;
}
