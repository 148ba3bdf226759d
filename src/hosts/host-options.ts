import type { Construct } from "constructs";
import type { ReleaseOptions } from "../release/release.ts";
import { TrustedProxies } from "../release/trusted-proxies.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { requiredSignatures } from "./required-signatures.ts";

/** What every kind of host may be told of its releases. */
export type HostOptions = Pick<ReleaseOptions, "drainSeconds" | "keepReleases" | "trustedProxies" | "requireSignature">;

/** As a release has them. @throws {ConstructError} for proxies that are none, and keys that are none */
export function hostOptions(scope: Construct, options: HostOptions): HostOptions {
  const { trustedProxies, requireSignature } = options;
  if (trustedProxies !== undefined && !(trustedProxies instanceof TrustedProxies)) {
    const rule = 'must be TrustedProxies.cloudflare() or TrustedProxies.ranges(["10.0.1.0/24"])';
    throw new ConstructError(scope, "trustedProxies", { subject: "trusted proxies", rule, got: trustedProxies });
  }
  return { ...options, requireSignature: requiredSignatures(scope, requireSignature) };
}
