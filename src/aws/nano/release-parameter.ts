import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import type { AwsAccount } from "../aws-account.ts";

/** What an advanced parameter holds, in characters. */
export const PARAMETER_LIMIT = 8192;

/** What a digest or another reference adds where synth does not know it yet; hash text hardly compresses. */
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
  const text = JSON.stringify({
    ...manifest,
    agent: { document: `${manifest.host}-${hashText("name").slice(0, 21)}`, sha256: hashText("agent") },
    services: manifest.services.map((service) => withSamples(service)),
    tasks: manifest.tasks?.map((task) => withSamples(task)),
    schedules: manifest.schedules?.map((schedule) => withSamples(schedule)),
  });
  return Math.ceil(gzipSync(text, { level: 6 }).length / 3) * 4;
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

/** With what synth does not know yet as long as it will be. */
function withSamples(entry: { readonly name: string; readonly image: string; readonly spec?: string }) {
  const { name, image, spec } = entry;
  return {
    ...entry,
    image: sampleImage(image, name),
    spec: spec?.includes("${") ? hashText(name).slice(0, 16) : spec,
  };
}

function sampleImage(image: string, name: string): string {
  return image.includes("${") ? `${LONGEST_REPOSITORY}${name}@sha256:${hashText(name)}` : image;
}

function hashText(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}
