import { DEFAULT_REDIRECT_STATUS, type Redirect } from "../release/redirect.ts";
import { RedirectTarget } from "../values/redirect-target.ts";
import { Answer } from "./answer.ts";
import { Directive } from "./directive.ts";
import type { RedirectUrl } from "./request-target.ts";

/** Where visitors of a server come from, in their own words. */
export interface Origin {
  readonly scheme: "$scheme" | "$visitor_proto";
  /** The port that they type; none is written where it is the scheme's own. */
  readonly port?: number;
}

/** The origin of visitors who typed `port`, `usual` being the scheme's own. */
export function originOf(port: number, usual: number): Origin {
  return port === usual ? { scheme: "$scheme" } : { scheme: "$scheme", port };
}

/** Sends whoever asks for the server to `name`, path and query kept. */
export function redirectToName(name: string, { scheme, port }: Origin): Directive {
  const to = `://${name}${port === undefined ? "" : `:${port}`}`;
  return Answer.redirect(DEFAULT_REDIRECT_STATUS, { scheme, to, rest: "request" });
}

/**
 * The locations of a redirect of the path `below`, which has no slash at its end. Why relative addresses for paths:
 * Nginx does not know the port and the scheme that visitors typed, and browsers do.
 */
export function redirectLocations(
  below: string,
  { redirect, status = DEFAULT_REDIRECT_STATUS }: Redirect,
): Directive[] {
  const target = RedirectTarget.parse(redirect);
  const away = (url: RedirectUrl) => [
    ...(target.origin === "" ? [Directive.of("absolute_redirect", "off")] : []),
    Answer.redirect(status, url),
  ];
  const stem = `${target.origin}${target.path}`;
  if (!target.keepsRest) {
    const there = away({ to: `${target}` });
    const locations = [Directive.location(`${below}/`, there)];
    return below === "" ? locations : [Directive.exactLocation(below, there), ...locations];
  }
  if (below === "") return [Directive.location("/", away({ to: stem, rest: "request" }))];
  return [
    Directive.exactLocation(below, away({ to: `${target}`, rest: "query" })),
    Directive.location(`${below}/`, away({ to: `${stem}/`, rest: { of: below, begins: "after-slash" } })),
  ];
}

/** Whether {@link redirectLocations} use what stands behind their path. */
export function usesRest(below: string, { redirect }: Redirect): boolean {
  return below !== "" && RedirectTarget.parse(redirect).keepsRest;
}
