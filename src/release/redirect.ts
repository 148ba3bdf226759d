import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { RedirectTarget } from "../values/redirect-target.ts";

const STATUSES = [301, 302, 303, 307, 308] as const;

/** The statuses of a redirect; browsers remember 301 and 308. */
export type RedirectStatus = (typeof STATUSES)[number];

/** A path that sends its visitors elsewhere. */
export interface Redirect {
  /**
   * A path of the same name, or an http or https URL. What stands behind the redirected path and the query come along,
   * unless there is a query or a fragment here.
   */
  readonly redirect: string;
  /** @default 308, permanent with the method kept */
  readonly status?: RedirectStatus;
}

export const REDIRECT_OPTIONS: OptionNames<Redirect> = { redirect: true, status: true };

export const DEFAULT_REDIRECT_STATUS = 308;

/** @throws InvalidValueError for a status that is no redirect, or a target that is none */
export function checkRedirect({ redirect, status = DEFAULT_REDIRECT_STATUS }: Redirect): void {
  RedirectTarget.parse(redirect);
  redirectStatus(status);
}

/** @throws InvalidValueError unless `status` is one of a redirect */
export function redirectStatus(status: number): RedirectStatus {
  const known = STATUSES.find((each) => each === status);
  if (known !== undefined) return known;
  throw new InvalidValueError({ subject: "redirect status", rule: `must be ${STATUSES.join(", ")}`, got: status });
}
