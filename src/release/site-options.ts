import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { ServerName } from "../values/server-name.ts";
import { checkSwitch } from "../values/switch.ts";
import { type BasicAuthOptions, checkBasicAuth } from "./basic-auth.ts";
import { checkErrorPages, checkPage, type ErrorPages } from "./error-page.ts";
import { type Hsts, hstsHeader } from "./hsts.ts";
import { PROXY_OPTIONS, type ProxyOptions, proxyRules } from "./proxy-options.ts";
import type { Tls } from "./tls.ts";

/** What a site may declare beside its name and its routes. */
export interface SiteOptions extends ProxyOptions {
  /**
   * Where its certificates come from, one for each of its names; requests by HTTP are then sent to HTTPS by 308.
   * @default - as the host says, which serves by HTTP where it says nothing
   */
  readonly tls?: Tls;
  /** Tells browsers to ask for the site by TLS alone, which cannot be taken back. @default - they are told nothing */
  readonly hsts?: Hsts;
  /**
   * Who is let in, by name and password; all others are answered 401 by whatever leads to a backend. Needs TLS. The
   * `Authorization` header passes to the services, which may look at the name. @default - everybody
   */
  readonly basicAuth?: BasicAuthOptions;
  /** More names that are served alike. @default - none */
  readonly aliases?: readonly string[];
  /** Names whose visitors are sent to the site's own by 308, path and query kept, e.g. `www.example.com`. @default - none */
  readonly redirectFrom?: readonly string[];
  /**
   * Whether it answers for every name that no site has, by HTTP; e.g. to look at a new host by its address. Its services
   * then get whatever Host a visitor sends. @default false: such requests get no answer
   */
  readonly defaultSite?: boolean;
  /** Whether there is room for 32 kB of cookies in a request, and for 64 kB of headers in an answer. @default false: 8 and 16 kB */
  readonly cookieBuffers?: boolean;
  /** Whether headers of requests with an underscore in their name pass; the Host header must come before them. @default false: they are dropped */
  readonly underscoresInHeaders?: boolean;
  /** Pages for the errors that the host itself answers, e.g. 502 while no service does. @default - Nginx's own */
  readonly errorPages?: ErrorPages;
  /** Whether every request is answered 503, by a page of one's own where it is HTML. @default false */
  readonly maintenance?: boolean | string;
}

export const SITE_OPTIONS: OptionNames<SiteOptions> = {
  ...PROXY_OPTIONS,
  tls: true,
  hsts: true,
  basicAuth: true,
  aliases: true,
  redirectFrom: true,
  defaultSite: true,
  cookieBuffers: true,
  underscoresInHeaders: true,
  errorPages: true,
  maintenance: true,
};

/** What a release has of them beside where the certificates come from. */
export type SiteSettings = Omit<SiteOptions, "tls" | "hsts" | "basicAuth">;

/** The rules of a site's options, by the option that each is about. */
export function siteRules(options: SiteOptions): Readonly<Partial<Record<keyof SiteOptions, () => void>>> {
  const { hsts, basicAuth, aliases = [], redirectFrom = [], errorPages, maintenance } = options;
  const switches = ["defaultSite", "cookieBuffers", "underscoresInHeaders"] as const;
  return {
    ...proxyRules(options),
    ...Object.fromEntries(switches.map((name) => [name, () => checkSwitch(name, options[name])])),
    hsts: () => hsts === undefined || hstsHeader(hsts),
    basicAuth: () => basicAuth === undefined || checkBasicAuth(basicAuth),
    aliases: () => parsedNames("aliases", aliases),
    redirectFrom: () => parsedNames("redirectFrom", redirectFrom),
    errorPages: () => errorPages === undefined || checkErrorPages(errorPages),
    maintenance: () => {
      if (typeof maintenance === "string") checkPage("maintenance page", maintenance);
      else checkSwitch("maintenance", maintenance);
    },
  };
}

/** The options with every name spelled as DNS does. @throws InvalidValueError for what is no list of names */
export function withParsedNames(options: SiteOptions): SiteOptions {
  const { aliases, redirectFrom } = options;
  return {
    ...options,
    ...(aliases === undefined ? {} : { aliases: parsedNames("aliases", aliases) }),
    ...(redirectFrom === undefined ? {} : { redirectFrom: parsedNames("redirectFrom", redirectFrom) }),
  };
}

/** Sorted, so that the order of declaration does not show. */
function parsedNames(subject: string, names: readonly string[]): string[] {
  if (!Array.isArray(names)) {
    const remedy = 'write e.g. ["www.example.com"]';
    throw new InvalidValueError({ subject, rule: "must be a list of names", got: names, remedy });
  }
  return names.map((name) => `${ServerName.parse(name)}`).sort();
}
