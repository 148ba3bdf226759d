import { packedSize } from "../../host-agent/packed-size.ts";
import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import type { AwsAccount } from "../aws-account.ts";

/** What an advanced parameter holds, in characters. */
export const PARAMETER_LIMIT = 8192;

/** What stands before the name of an image whose registry synth does not know yet. */
const LONGEST_REPOSITORY = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/";

/**
 * The ARNs that a policy names for the parameter that holds a host's releases. Why two: a release is read as
 * `NAME:live` or `NAME:7`, and AWS does not say that a statement about the bare name covers those.
 */
export function releaseArns(account: AwsAccount, parameterName: string): string[] {
  const bare = account.arn("ssm", `parameter${parameterName}`);
  return [bare, `${bare}:*`];
}

/** The parameter that keeps which tasks of a host have run. */
export function taskLedgerName(hostName: string): string {
  return `/slipway/${hostName}/tasks`;
}

/** The parameter that says whether a rollback holds a host, for a plan to show; its agent knows the name by this rule. */
export function holdName(parameterName: string): string {
  return `${parameterName.slice(0, parameterName.lastIndexOf("/"))}/hold`;
}

/** How many characters `manifest` takes in its parameter, as base64 of gzip. Estimated where it holds references. */
export function parameterSize(manifest: ReleaseManifest): number {
  return packedSize(manifest, LONGEST_REPOSITORY);
}

/** @throws InvalidValueError when `manifest` is over the limit; the message has both sizes */
export function assertFitsParameter(manifest: ReleaseManifest): void {
  const size = parameterSize(manifest);
  if (size <= PARAMETER_LIMIT) return;
  throw new InvalidValueError({
    subject: `release of ${manifest.host}`,
    rule: `must be at most ${PARAMETER_LIMIT} characters compressed`,
    got: `${size} characters for ${manifest.services.length} services`,
    remedy: "move services to a second host, or long variables to Parameter Store",
  });
}
