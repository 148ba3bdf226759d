import type { Site } from "./site.ts";
import { namesOf } from "./site-names.ts";

/** The names of `sites` whose certificates are an ACME server's, sorted. */
export function acmeNames(sites: readonly Site[]): string[] {
  return sites
    .filter(({ tls }) => tls?.kind === "acme")
    .flatMap(namesOf)
    .sort();
}
