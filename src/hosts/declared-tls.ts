import type { Construct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { TLS_KINDS, Tls } from "../release/tls.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { requireSecret } from "./declared-secret.ts";
import type { IHost } from "./host.ts";

/**
 * Where a certificate is declared to come from; `scope` is the site or the host.
 *
 * @throws {ConstructError} for what is no {@link Tls}, or is of a kind that `host` cannot do
 */
export function requireTls(
  scope: Construct,
  host: IHost,
  tls: Tls | undefined,
  capabilities: HostCapabilities,
): Tls | undefined {
  if (tls === undefined) return undefined;
  const possible = capabilities.tls.map((kind) => TLS_KINDS[kind]).join(" or ");
  if (possible === "") {
    throw new ConstructError(
      scope,
      "tls",
      `the host ${host.node.path} serves no site by TLS: put one that does in front of it`,
    );
  }
  if (!(tls instanceof Tls)) {
    const problem = {
      subject: "tls",
      rule: "must be where a certificate comes from",
      got: tls,
      remedy: `write ${possible}`,
    };
    throw new ConstructError(scope, "tls", problem);
  }
  if (!capabilities.tls.includes(tls.source.kind)) {
    const problem = `is ${TLS_KINDS[tls.source.kind]}, which the host ${host.node.path} cannot do: write ${possible}`;
    throw new ConstructError(scope, "tls", problem);
  }
  for (const secret of tls.secrets) requireSecret(scope, host, "tls", secret, capabilities);
  return tls;
}
