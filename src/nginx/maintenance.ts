import type { SiteSettings } from "../release/site-options.ts";
import { CHALLENGE_PATH } from "../release/site-tls.ts";
import { inFileName } from "../values/server-name.ts";
import { Answer } from "./answer.ts";
import { Directive } from "./directive.ts";
import type { NginxFlavour } from "./main-configuration.ts";

const PAGE = "<!doctype html><title>Maintenance</title><h1>Back soon</h1>";
const RETRY_SECONDS = 300;
const LOCATION = "/.slipway/maintenance";

/** Where a file of a site's name stands while `slipway maintenance` has switched the site off. */
const FOLDERS: Readonly<Record<NginxFlavour, string>> = {
  container: "/etc/nginx/slipway/maintenance",
  instance: "/var/lib/slipway/maintenance",
};

/** The one location of a site that is declared to be worked on. */
export function maintenance(page: string | true): Directive {
  return Directive.location("/", Answer.page(503, page === true ? PAGE : page));
}

/** The headers of every answer: those of maintenance tell a crawler that it ends. */
export function answerHeaders<T extends SiteSettings>(site: T): T {
  if (!site.maintenance) return site;
  return { ...site, headers: withRetry(site.headers) };
}

function withRetry(headers: SiteSettings["headers"] = {}): Readonly<Record<string, string>> {
  const isSaid = Object.keys(headers).some((name) => name.toLowerCase() === "retry-after");
  return isSaid ? headers : { "Retry-After": `${RETRY_SECONDS}`, ...headers };
}

/**
 * What answers 503 for a site while its file is there, by its own page for 503 where it has one. Why a file and no
 * release: it is switched at once, and a release and a reboot leave it as it is. An ACME server gets through.
 */
export function maintenanceByFile(
  { errorPages, headers }: SiteSettings,
  site: string,
  flavour: NginxFlavour,
): Directive[] {
  return [
    Answer.whileThere(`${FOLDERS[flavour]}/${inFileName(site)}`, CHALLENGE_PATH, LOCATION),
    Directive.exactLocation(LOCATION, [
      Answer.onlyRewritten(),
      ...sorted(withRetry(headers)).map(([name, value]) => Directive.of("add_header", name, value, "always")),
      ...Answer.page(503, errorPages?.[503] ?? PAGE),
    ]),
  ];
}

function sorted(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}
