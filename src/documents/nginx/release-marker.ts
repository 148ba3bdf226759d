import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { parsePort } from "../../values/port-mapping.ts";
import { Directive } from "./directive.ts";

/**
 * A server on Nginx's own loopback that answers the id of the release which Nginx serves. Why: a reload only asks; the
 * answer shows that it happened. Workers of before may take connections for a moment longer, so drain after it.
 */
export function releaseMarker(port: number): Directive {
  return Directive.server([
    Directive.of("listen", `127.0.0.1:${parsePort(port, "marker port")}`),
    Directive.of("server_name", "_"),
    Directive.of("access_log", "off"),
    Directive.of("default_type", "text/plain"),
    Directive.of("return", "200", "$release_id"),
  ]);
}

/** The text of `release.conf`, which a release writes beside the sites' file when that has a marker. */
export function releaseFile(releaseId: string): string {
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(releaseId)) {
    const rule = "must be at most 128 letters, digits, dots, dashes and underscores";
    throw new InvalidValueError({ subject: "release id", rule, got: releaseId });
  }
  return Directive.constant("$release_id", releaseId).print();
}
