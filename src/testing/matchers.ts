import { monthlyPriceOf, unpinnedIn } from "../review/declared-lists.ts";
import { ANY_ADDRESS, isPort, type ModelPort, type ModelStatement } from "../review/model.ts";
import { type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";
import type { RoutedRequest } from "./routed-request.ts";
import { contains } from "./subset.ts";
import type { SynthesizedResource } from "./synthesized-resource.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";

/** What a service is asked for more exactly by `toReach`. */
export interface Reached {
  /** Path and query as the service gets them. */
  readonly path?: string;
  /** The port of its container. */
  readonly port?: number;
  /** The path of its host, from the stack on: `shop/host`. */
  readonly host?: string;
}

const REACHED: OptionNames<Reached> = { path: true, port: true, host: true };

/** A construct by its id, e.g. what `host.run` returned. */
export type ServiceName = string | { readonly node: { readonly id: string; readonly path: string } };

/** A matcher's verdict; the message is about its opposite. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Says how it should be, and how it is. */
function verdict(pass: boolean, subject: string, should: string, is: string): Verdict {
  const not = should.replace(/^to /, "not to ");
  return { pass, message: () => `expected ${subject} ${pass ? not : should}, but ${is}` };
}

/** Matchers for Jest and for whatever else has `expect.extend`: `expect.extend(slipwayMatchers)`. */
export const slipwayMatchers = {
  /** Whether `stack.route(url)` leads to a service. @param service Its name, or what `host.run` returned */
  toReach(received: unknown, service: ServiceName, details: Reached = {}): Verdict {
    const route = routeIn(received, "toReach");
    refuseUnknownOptions("toReach", details, REACHED);
    const [name, at] = typeof service === "string" ? [service] : [service.node.id, hostOf(service.node.path)];
    const { path, port, host = at } = details;
    const wanted = { service: name, path, port, serviceHost: host };
    const pass = contains(route, wanted);
    const by = [host && `of ${host}`, port && `at port ${port}`, path && `by the path ${path}`].filter(Boolean);
    const more = route.port === undefined ? "" : `, at port ${route.port}`;
    return verdict(pass, route.url, ["to reach", name, ...by].join(" "), `${route.reason}${more}`);
  },

  /** Whether `stack.route(url)` sends the visitor to a URL. */
  toRedirectTo(received: unknown, url: string | RegExp, status?: number): Verdict {
    const route = routeIn(received, "toRedirectTo");
    const there = route.redirect !== undefined && fits(route.redirect, url);
    const pass = there && (status === undefined || route.status === status);
    return verdict(pass, route.url, `to be redirected to ${url}${status ? ` by ${status}` : ""}`, route.reason);
  },

  /** Whether the host itself answers `stack.route(url)` by a status, e.g. 404, 403 or 503. */
  toAnswer(received: unknown, status: number): Verdict {
    const route = routeIn(received, "toAnswer");
    return verdict(route.status === status, route.url, `to be answered ${status} by the host`, route.reason);
  },

  /** Whether `stack.route(url)` is let in by a password alone. */
  toAskForPassword(received: unknown): Verdict {
    const route = routeIn(received, "toAskForPassword");
    const is = route.realm === undefined ? `${route.reason}, for everybody` : `the site asks: ${route.realm}`;
    return verdict(route.realm !== undefined, route.url, "to ask for a password", is);
  },

  /**
   * Whether the stack has a port open from outside, of a host or of a container. One that is open to programs of the same
   * machine alone counts, too: it is open to "127.0.0.1 alone".
   *
   * @param to Only to this very peer, e.g. "0.0.0.0/0"; of a wider range nothing is concluded. @default - to anybody
   */
  toOpenPort(received: unknown, port: number, to?: string): Verdict {
    const { model } = stackIn(received, "toOpenPort");
    const open = [
      ...model.hosts.flatMap((host) => host.opened.map((each) => ({ host: host.path, ...each }))),
      ...model.published.map((each) => ({ host: model.stack, ...each })),
    ].filter(isPort);
    const pass = open.some((each) => each.port === port && (to === undefined || each.peer === to));
    const list = open.map(({ host, ...each }) => `${host} opens ${portText(each)}`).join("; ");
    const should = `to open port ${port}${to === undefined ? "" : ` to ${to}`}`;
    return verdict(pass, model.stack, should, list || "it opens no port");
  },

  /** Whether every image is pulled by a digest, and every base image of what is built is pinned. */
  toPinEveryImage(received: unknown): Verdict {
    const { model } = stackIn(received, "toPinEveryImage");
    const loose = unpinnedIn(model);
    const is = loose.length === 0 ? "all have a digest" : `nothing pins ${loose.join(", ")}: run npx slipway lock`;
    return verdict(loose.length === 0, model.stack, "to pin every image", is);
  },

  /**
   * Whether `stack.permissions(host)`, or `stack.deployerPermissions`, has an action, on a resource where one is named. The
   * wildcards of what is allowed are heeded, conditions are not.
   *
   * @param action One action: of a pattern, `not` would say that not all of it is allowed, and read as if nothing were
   */
  toAllow(received: unknown, action: string, resource?: string): Verdict {
    const statements = statementsIn(received, "toAllow");
    if (/[*?]/.test(action)) throw new Error(`toAllow must be asked about one action, got "${action}"`);
    const asked = action.toLowerCase(); // as IAM, to which ecr:getimage is ecr:GetImage
    const allowing = statements.filter(({ actions }) => actions.some((each) => covers(each.toLowerCase(), asked)));
    const on = allowing.flatMap(({ resources }) => resources);
    const pass = resource === undefined ? allowing.length > 0 : on.some((each) => covers(each, resource));
    const should = `to allow ${action}${resource === undefined ? "" : ` on ${resource}`}`;
    const actions = [...new Set(statements.flatMap((each) => each.actions))].sort();
    const is = on.length > 0 ? `they allow it on ${on.join(", ")}` : `they allow ${actions.join(", ") || "nothing"}`;
    return verdict(pass, "the permissions", should, is);
  },

  /** Whether the synth warns of something or has something else to say; with `like`, whether a message of it has this text. */
  toHaveProblem(received: unknown, like?: string | RegExp): Verdict {
    const { model, problems } = stackIn(received, "toHaveProblem");
    const texts = problems.map(({ path, severity, message }) => `${severity} at ${path}: ${message}`);
    const pass = problems.some(({ message }) => like === undefined || has(message, like));
    const should = like === undefined ? "to have a problem" : `to have a problem like ${like}`;
    return verdict(
      pass,
      model.stack,
      should,
      texts.length === 0 ? "its synth says nothing" : `it has\n${texts.join("\n")}`,
    );
  },

  /** Whether the stack has a resource of a type, or a `data.` source, with these arguments among others where there are some. */
  toHaveResource(received: unknown, type: string, values: Readonly<Record<string, unknown>> = {}): Verdict {
    const stack = stackIn(received, "toHaveResource");
    const found = stack.resources(type);
    const pass = found.some((each) => contains(each.values, values));
    const some = Object.keys(values).length === 0 ? "" : ` with ${JSON.stringify(values)}`;
    const types = [...new Set(stack.resources().map(askedType))].sort().join(", ");
    const are = found.map((each) => `${each.address} has ${JSON.stringify(chosen(each.values, values))}`);
    return verdict(pass, stack.model.stack, `to have a resource ${type}${some}`, are.join("; ") || `it has ${types}`);
  },

  /** Whether its hosts and fleets cost no more in USD a month, surplus CPU credits not counted; a price that is not known is too much. */
  toCostAtMost(received: unknown, dollars: number): Verdict {
    const { model } = stackIn(received, "toCostAtMost");
    const prices = model.hosts.flatMap((host) =>
      host.region === undefined ? [] : [{ path: host.path, region: host.region, is: monthlyPriceOf(host) }],
    );
    for (const { path, region = "", price } of model.fleets ?? []) prices.push({ path, region, is: price?.total });
    const total = prices.reduce((sum, { is }) => sum + (is ?? Number.POSITIVE_INFINITY), 0);
    const list = prices.map(({ path, region, is }) =>
      is === undefined ? `the price of ${path} in ${region} is not known` : `${path} costs ${is.toFixed(2)}`,
    );
    const should = `to cost at most ${dollars} USD a month`;
    return verdict(total <= dollars, model.stack, should, list.join("; ") || "it has nothing that costs");
  },
};

/** What `expect(…)` has of {@link slipwayMatchers}, for one's own declaration where a runner has no global `expect`. */
export type SlipwayMatchers<R = void> = {
  [M in keyof typeof slipwayMatchers]: (typeof slipwayMatchers)[M] extends (
    received: unknown,
    ...rest: infer A
  ) => Verdict
    ? (...expected: A) => R
    : never;
};

function routeIn(received: unknown, matcher: string): RoutedRequest {
  if (typeof (received as Partial<RoutedRequest> | null)?.reason === "string") return received as RoutedRequest;
  throw wrong(matcher, "stack.route(url)", received);
}

function stackIn(received: unknown, matcher: string): SynthesizedStack {
  if (received instanceof SynthesizedStack) return received;
  throw wrong(matcher, "what synthesize(…) returned", received);
}

function statementsIn(received: unknown, matcher: string): readonly ModelStatement[] {
  const all = Array.isArray(received) ? (received as readonly Partial<ModelStatement>[]) : undefined;
  if (all?.every((each) => Array.isArray(each?.actions))) return received as readonly ModelStatement[];
  throw wrong(matcher, "stack.permissions(host) or stack.deployerPermissions", received);
}

function wrong(matcher: string, subject: string, received: unknown): Error {
  const got = typeof received === "object" && received !== null ? received.constructor?.name : String(received);
  return new Error(`${matcher} must be asked of ${subject}, got ${got}`);
}

function hostOf(service: string): string {
  return service.replace(/\/[^/]*$/, "");
}

function portText({ protocol, port, peer, description }: ModelPort): string {
  return `${protocol} ${port} to ${peer === ANY_ADDRESS ? "everybody" : peer} for ${description}`;
}

/** Whether IAM's `pattern`, where `*` stands for any text and `?` for one character, is or has `text`. */
function covers(pattern: string, text: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}

/** As `stack.resources` is asked for it. */
function askedType({ address, name }: SynthesizedResource): string {
  return address.slice(0, -name.length - 1);
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

function has(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.includes(wanted) : wanted.test(text);
}

function chosen(values: Readonly<Record<string, unknown>>, keys: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, values[key] ?? null]));
}
