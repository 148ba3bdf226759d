import { refusalOf } from "../values/invalid-value-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";

/** For how long browsers ask for a site by TLS alone, whatever becomes of it. It cannot be taken back: begin with minutes. */
export interface Hsts {
  /** Seconds, e.g. 300 at first. */
  readonly maxAge: number;
  /** For every name below the site's too. @default false */
  readonly includeSubDomains?: boolean;
  /** That browsers' makers may put the name into their lists. @default false */
  readonly preload?: boolean;
}

const LONGEST_AGE = 63_072_000;
const PRELOADED_AGE = 31_536_000;

/** What tells browsers of it. @throws InvalidValueError for an age that is none, or lists that would refuse it */
export function hstsHeader(hsts: Hsts): string {
  refuseUnknownOptions("hsts", hsts, { maxAge: true, includeSubDomains: true, preload: true });
  const { maxAge, includeSubDomains = false, preload = false } = hsts;
  if (!Number.isInteger(maxAge) || maxAge < 0 || maxAge > LONGEST_AGE) {
    refusalOf("maxAge", maxAge)(`must be whole seconds from 0 to ${LONGEST_AGE}`, "begin with 300");
  }
  if (preload && (!includeSubDomains || maxAge < PRELOADED_AGE)) {
    const rule = "must come with includeSubDomains: true and a maxAge of a year or more";
    refusalOf("preload", `includeSubDomains: ${includeSubDomains}, maxAge: ${maxAge}`)(rule);
  }
  return `max-age=${maxAge}${includeSubDomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}
