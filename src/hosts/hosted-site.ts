import { Construct } from "constructs";
import { type BasicAuth, basicAuthOf } from "../release/basic-auth.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import type { Hsts } from "../release/hsts.ts";
import type { Route, Site } from "../release/site.ts";
import { namesOf } from "../release/site-names.ts";
import {
  SITE_OPTIONS,
  type SiteOptions,
  type SiteSettings,
  siteRules,
  withParsedNames,
} from "../release/site-options.ts";
import { checkSiteTls } from "../release/site-tls.ts";
import type { Tls } from "../release/tls.ts";
import { atProperty, ConstructError, checkRules } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import type { KeptSecret } from "../values/secret-source.ts";
import { ServerName } from "../values/server-name.ts";
import { isBackend, readRoute } from "./declared-route.ts";
import { requireSecret } from "./declared-secret.ts";
import { requireTls } from "./declared-tls.ts";
import type { IHost, ISite, SiteRoute } from "./host.ts";

/** What a host tells each of its sites about their surroundings. */
export interface SitePlace {
  readonly host: IHost & Construct;
  readonly capabilities: HostCapabilities;
  /** Where the certificates of a site come from that says nothing of them. @default - nowhere */
  readonly tls?: Tls;
  /** Hears of each route that is added later. */
  readonly onChange: (site: HostedSite) => void;
}

/** A server name of a host and its routes. */
export class HostedSite extends Construct implements ISite {
  readonly name: string;
  /** What the host must be allowed to read, by the option that names it. */
  readonly secrets: readonly (readonly [property: string, KeptSecret])[];
  private readonly tls?: Tls;
  private readonly hsts?: Hsts;
  private readonly basicAuth?: BasicAuth;
  private readonly options: SiteSettings;
  private readonly routes = new Map<string, Route>();
  private readonly declared: boolean = false;

  /** @throws {ConstructError} for a malformed name, option or route */
  constructor(
    private readonly place: SitePlace,
    name: string,
    routes: Readonly<Record<string, SiteRoute>>,
    options: SiteOptions = {},
  ) {
    const { host } = place;
    const parsed = atProperty(host, "serve", () => ServerName.parse(requireLiteral(host, "serve", name))).toString();
    if (host.node.tryFindChild(`Site-${parsed}`)) {
      throw new ConstructError(host, "serve", `serves ${parsed} already: add a route to that site instead`);
    }
    super(host, `Site-${parsed}`);
    this.name = parsed;
    const { tls, hsts, basicAuth, ...settings } = this.readOptions(options);
    this.options = settings;
    this.hsts = hsts;
    this.tls = requireTls(this, host, tls ?? place.tls, place.capabilities);
    const users = Object.entries(basicAuth?.users ?? {}).map(
      ([user, secret]) => [`basicAuth.users[${user}]`, secret] as const,
    );
    for (const [property, secret] of users) requireSecret(this, host, property, secret, place.capabilities);
    this.basicAuth = basicAuth && basicAuthOf(basicAuth);
    this.secrets = [...(this.tls?.secrets ?? []).map((secret) => ["tls", secret] as const), ...users];
    this.checkRoutes(routes);
    if (Object.keys(routes).length === 0) {
      throw new ConstructError(this, "routes", 'must not be empty: say what serves the name, e.g. { "/": service }');
    }
    for (const [path, given] of Object.entries(routes)) this.addRoute(path, given);
    atProperty(this, "tls", () => checkSiteTls(this.declaration));
    this.declared = true;
  }

  addRoute(path: string, to: SiteRoute): void {
    requireLiteral(this, "routes", path);
    if (this.routes.has(path)) throw new ConstructError(this, `routes[${path}]`, "is taken: one path has one backend");
    this.routes.set(path, readRoute({ scope: this, ...this.place }, path, to));
    if (!this.declared) return;
    atProperty(this, `routes[${path}]`, () => checkSiteTls(this.declaration));
    this.place.onChange(this);
  }

  /** The site as a release has it. */
  get declaration(): Site {
    const routes = [...this.routes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route);
    return {
      name: this.name,
      routes,
      proxy: this.options,
      ...(this.tls && { tls: this.tls.source }),
      ...(this.hsts && { hsts: this.hsts }),
      ...(this.basicAuth && { basicAuth: this.basicAuth }),
    };
  }

  /** Every name that leads to it, its own first. */
  get names(): readonly string[] {
    return namesOf(this.declaration);
  }

  private readOptions(options: SiteOptions): SiteOptions {
    atProperty(this, "options", () => refuseUnknownOptions("site", options, SITE_OPTIONS));
    // a secret may be named by a reference
    requireLiteral(this, "options", { ...options, tls: undefined, basicAuth: undefined });
    requireLiteral(this, "basicAuth", { ...options.basicAuth, users: Object.keys(options.basicAuth?.users ?? {}) });
    checkRules(this, siteRules(options));
    return withParsedNames(options);
  }

  private checkRoutes(routes: unknown): void {
    if (typeof routes === "object" && routes !== null && !Array.isArray(routes) && !isBackend(routes)) return;
    const problem = {
      subject: "routes",
      rule: "must be backends by path",
      got: routes,
      remedy: 'write { "/": service }',
    };
    throw new ConstructError(this, "routes", problem);
  }
}
