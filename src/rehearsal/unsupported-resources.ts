import { Dockerfile } from "../dockerfile/dockerfile.ts";
import { unnamedDirectories } from "./acme-sources.ts";
import { architectureOf } from "./doubles/launched-type.ts";
import { foreignRegistries } from "./foreign-registries.ts";
import type { RehearsedStack } from "./rehearsed-stack.ts";

/** The registry of an account, as AWS calls it. */
export function registryHostOf(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com`;
}

/**
 * What of a stack a rehearsal cannot play, a line each with what to do. Why here: all of it can be read from what synth
 * wrote, in seconds, and the emulated AWS would find out after minutes.
 *
 * @param processor this machine's, as Node calls it
 */
export function unsupportedResources(stack: RehearsedStack, processor: string = process.arch): string[] {
  const { name, place, hosts, ownCertificates, subnets, secrets, acme } = stack;
  if (place === undefined || hosts.length === 0) {
    return [
      `${name} declares no host on AWS, and a rehearsal plays nothing else: npx slipway up ${name} deploys what is here`,
    ];
  }
  const problems: string[] = [];
  const foreign = foreignRegistries(stack.synthesized, registryHostOf(place.account, place.region));
  if (foreign.length > 0)
    problems.push(
      `${name} pushes to ${foreign.join(" and ")}, and a rehearsal has ECR only: rehearse it with its images there`,
    );
  if (stack.page() === undefined)
    problems.push(
      `${name} serves no name in full, and a rehearsal ends with the answer at one: host.serve in the stack`,
    );
  if (place.region.startsWith("cn-"))
    problems.push(`${name} deploys to ${place.region}, and a rehearsal has no region of China: rehearse it in another`);
  const amd64 = stack.instanceTypes.filter((type) => architectureOf(type) !== "arm64");
  if (processor === "arm64" && amd64.length > 0)
    problems.push(
      `${name} has an instance of type ${amd64.join(", ")}, and this machine is arm64: take the type from SLIPWAY_INSTANCE_TYPE, which a rehearsal sets, or t4g.nano`,
    );
  if (ownCertificates.length > 0)
    problems.push(
      `${ownCertificates.join(", ")} is served by a certificate of one's own, which the emulated account does not have: leave tls out for a rehearsal`,
    );
  const unnamed = acme ? unnamedDirectories(acme) : [];
  if (unnamed.length > 0)
    problems.push(
      `${unnamed.join(", ")} is an ACME server at an address, and one is played under its name alone: name it in directory`,
    );
  if (subnets.length > 0)
    problems.push(
      `${name} names ${subnets.join(", ")}, and the emulated account has the default VPC's subnets only: leave subnet out for a rehearsal`,
    );
  const byArn = secrets.filter(({ kind, id }) => kind === "secrets-manager" && id.startsWith("arn:"));
  if (byArn.length > 0)
    problems.push(
      `${byArn.map(({ id }) => id).join(", ")} is a secret by an ARN that the emulated account cannot give out: name it as Secrets Manager does, without the last dash and six characters`,
    );
  return problems;
}

/**
 * The images that cannot be built where base images are stand-ins: those are of this machine's processor alone.
 *
 * @param standIns the lockfile of the stand-ins; none where the published images are to be had
 */
export function standInProblems(
  { needsEmulation, synthesized }: Pick<RehearsedStack, "needsEmulation" | "synthesized">,
  standIns: string | undefined,
): string[] {
  if (!needsEmulation || standIns === undefined) return [];
  return synthesized.builds
    .filter(
      ({ dockerfile, platforms }) => hasBase(dockerfile) && platforms.some((each) => each.architecture === "arm64"),
    )
    .map(
      ({ path }) =>
        `${path} is built for arm64 on base images that stand in for the published ones, which are of this machine's processor alone: give the host instanceType: process.env.SLIPWAY_INSTANCE_TYPE, which a rehearsal sets`,
    );
}

function hasBase(dockerfile: string | undefined): boolean {
  return dockerfile !== undefined && Dockerfile.parse(dockerfile).baseImages.length > 0;
}
