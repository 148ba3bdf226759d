import type { Construct } from "constructs";
import { CERTIFICATES_A_WEEK, LETS_ENCRYPT } from "../../../release/lets-encrypt.ts";
import { warn } from "../../../terraform/annotation.ts";
import { ConstructError, collectErrors } from "../../../terraform/construct-error.ts";
import { knownProps } from "../../../terraform/known-props.ts";
import { requireLiteral } from "../../../terraform/literal.ts";
import { checkSwitch } from "../../../values/switch.ts";
import { AwsAccount } from "../../aws-account.ts";
import { checkResourceId, SUBNET, ZONE } from "../../resource-id.ts";
import { checkWholeNumber } from "../whole-number.ts";
import { FLEET_HOST_PROPS, NANO_FLEET_PROPS, type NanoFleetProps, REFUSED } from "./nano-fleet-props.ts";

/** How long the first host serves a release before the others hear of it, where nothing else is said. */
export const CANARY_SECONDS = 30;

const HOSTS = { subject: "number of hosts", unit: "hosts", lowest: 1, highest: 100 };
const CANARY = { subject: "canary", unit: "seconds", lowest: 0, highest: 3600 };
const PATH = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,254}$/;

/** @throws {ConstructError} for what is no fleet, all of it together */
export function checkFleet(scope: Construct, props: NanoFleetProps): void {
  for (const [option, why] of Object.entries(REFUSED)) {
    if (why !== "" && Object.hasOwn(props ?? {}, option))
      throw new ConstructError(scope, option, `a NanoFleet has none: ${why}`);
  }
  const { hosts, zone, healthPath = "/", canarySeconds = CANARY_SECONDS, drained = [], only = {}, balancer } = props;
  collectErrors([
    () => knownProps(scope, props, NANO_FLEET_PROPS),
    () => checkWholeNumber(scope, "hosts", hosts, HOSTS),
    () => checkWholeNumber(scope, "canarySeconds", canarySeconds, CANARY),
    () => checkResourceId(scope, "zone", zone?.id, ZONE, zone?.id ?? (zone as unknown as string)),
    () => checkSwitch("balancer", balancer),
    () => {
      if (PATH.test(requireLiteral(scope, "healthPath", healthPath))) return;
      throw new ConstructError(scope, "healthPath", {
        subject: "health path",
        rule: "must be a path of at most 255 characters",
        got: healthPath,
        remedy: 'write it like "/status"',
      });
    },
    () => checkNumbers(scope, "drained", drained, hosts),
    () => checkNumbers(scope, "only", Object.keys(only).map(Number), hosts),
    () => {
      for (const [number, own] of Object.entries(only)) knownProps(scope, own, FLEET_HOST_PROPS, `only[${number}]`);
    },
    () => {
      if (new Set(drained).size < hosts) return;
      throw new ConstructError(scope, "drained", `is all of ${hosts} hosts, and nobody would answer: leave one out`);
    },
    () => checkPlaces(scope, props),
    () => checkCertificates(scope, props),
    () => {
      if (!balancer || props.subnets === undefined || props.trustedProxies !== undefined) return;
      const problem =
        'must be given with subnets and balancer: true: the networks of those subnets, TrustedProxies.ranges(["10.0.1.0/24", …]), for the balancer asks from there';
      throw new ConstructError(scope, "trustedProxies", problem);
    },
  ]);
  warnOfFleet(scope, props);
}

function checkNumbers(scope: Construct, property: string, numbers: readonly number[], hosts: number): void {
  const stranger = requireLiteral(scope, property, numbers).find((n) => !Number.isInteger(n) || n < 1 || n > hosts);
  if (stranger === undefined) return;
  const rule = `must name hosts by their numbers, 1 to ${hosts}`;
  throw new ConstructError(scope, property, { subject: property, rule, got: stranger });
}

function checkPlaces(scope: Construct, { availabilityZones, subnets, balancer }: NanoFleetProps): void {
  if ((availabilityZones === undefined) === (subnets === undefined)) {
    const problem = "must be given, or else subnets, and not both: a fleet stands in several zones";
    throw new ConstructError(scope, "availabilityZones", problem);
  }
  const property = subnets === undefined ? "availabilityZones" : "subnets";
  const places = requireLiteral(scope, property, availabilityZones ?? []).length || (subnets ?? []).length;
  for (const subnet of subnets ?? []) checkResourceId(scope, "subnets", subnet?.id, SUBNET, subnet?.id);
  if (new Set(availabilityZones ?? subnets?.map(({ id }) => id)).size < places || places === 0) {
    throw new ConstructError(scope, property, `must name at least one place, and each of them once`);
  }
  if (balancer && places < 2) {
    const problem = `is one, but an Application Load Balancer stands in two zones at least: name another one`;
    throw new ConstructError(scope, property, problem);
  }
}

function checkCertificates(scope: Construct, { balancer, tls, account, region }: NanoFleetProps): void {
  if (tls === undefined) return;
  if (balancer) {
    const problem = "must not be given with balancer: true, which ends TLS with a certificate of ACM's: leave one out";
    throw new ConstructError(scope, "tls", problem);
  }
  const { partition, region: place } = AwsAccount.of(scope, { account, region });
  if (partition === "aws" || tls.source?.kind !== "acme") return;
  const problem = `is Tls.acme, but in ${place} hosts cannot show by records of Route 53 that names are theirs: take balancer: true, or Tls.certificate`;
  throw new ConstructError(scope, "tls", problem);
}

function warnOfFleet(scope: Construct, { hosts, availabilityZones, subnets, balancer, tls }: NanoFleetProps): void {
  const places = availabilityZones ?? subnets ?? [];
  if (Math.min(places.length, hosts) === 1) {
    const which = hosts === 1 ? "hosts: is 1" : `${availabilityZones ? "availabilityZones" : "subnets"}: is one`;
    warn(scope, `${which}, so that the fleet stands in one zone and goes with it: let it have two of each`);
  }
  const { directory = "" } = tls?.source.kind === "acme" ? tls.source : {};
  if (!balancer && hosts >= CERTIFICATES_A_WEEK.ofSameNames && directory === LETS_ENCRYPT) {
    warn(
      scope,
      `tls: each of ${hosts} hosts asks for a certificate of its own, and Let's Encrypt gives the same names ${CERTIFICATES_A_WEEK.ofSameNames} a week: take balancer: true, Tls.certificate, or another ACME server`,
    );
  }
}
