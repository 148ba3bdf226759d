import type { Construct } from "constructs";
import { atProperty, ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { requireLiteral } from "../../terraform/literal.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { IpRange } from "../../values/ip-range.ts";
import type { OptionNames } from "../../values/known-options.ts";
import { parsePort } from "../../values/port-mapping.ts";
import { BRIDGE_PREFIX } from "./vpc-subnet.ts";

/** Where a host may connect to, beyond what it needs for itself. */
export interface OutboundRule {
  readonly port: number;
  /** What for, in a few words; it stands in the rule. */
  readonly description: string;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  /** An IPv4 network. @default - everywhere */
  readonly network?: string;
}

export const EVERYWHERE = "0.0.0.0/0";

/** What a host itself connects to; names and time come from the VPC, but a VPC may send its hosts elsewhere for both. */
export const OWN_RULES: readonly OutboundRule[] = [
  { port: 443, description: "AWS, registries, packages" },
  { port: 80, description: "packages" },
  { port: 53, protocol: "udp", description: "names" },
  { port: 53, description: "long answers about names" },
  { port: 123, protocol: "udp", description: "time" },
];

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const OUTBOUND_RULE: OptionNames<OutboundRule> = { port: true, description: true, protocol: true, network: true };
const DESCRIPTION = /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** @throws {ConstructError} for what is no rule, and for two that are one */
export function checkOutbound(scope: Construct, rules: readonly OutboundRule[]): void {
  requireLiteral(scope, "outbound", rules);
  if (!Array.isArray(rules)) {
    const remedy = 'write [{ port: 5432, description: "database" }]';
    throw new ConstructError(scope, "outbound", { subject: "outbound", rule: "must be a list", got: rules, remedy });
  }
  const taken = new Set(OWN_RULES.map(outboundKey));
  collectErrors(
    rules.map((rule, index) => () => {
      const property = `outbound[${index}]`;
      atProperty(scope, property, () => checkRule(rule));
      knownProps(scope, rule, OUTBOUND_RULE, property);
      const key = outboundKey(rule);
      if (taken.has(key)) throw new ConstructError(scope, property, `lets out what another rule does, ${key}: drop it`);
      taken.add(key);
    }),
  );
}

/** What no two rules may share. */
export function outboundKey({ port, protocol = "tcp", network = EVERYWHERE }: OutboundRule): string {
  return network === EVERYWHERE ? `${protocol}-${port}` : `${protocol}-${port}-${network.replace(/[./]/g, "-")}`;
}

function checkRule(rule: OutboundRule): void {
  const { port, description, protocol = "tcp", network = EVERYWHERE } = rule ?? {};
  parsePort(port as number, "port");
  if (typeof description !== "string" || !DESCRIPTION.test(description)) {
    refuse("description", "must be 1 to 255 letters, digits and marks that EC2 takes", description, "say what for");
  }
  if (protocol !== "tcp" && protocol !== "udp") refuse("protocol", "must be tcp or udp", protocol, "write one of them");
  if (!isNetwork(network)) {
    refuse(
      "network",
      "must be an IPv4 network, all bits behind its prefix zero",
      network,
      'write it like "10.0.0.0/8"',
    );
  }
  if (isOfContainers(network)) {
    const rule = `must not be within ${BRIDGE_PREFIX}.0.0/16, which the host keeps for its containers`;
    refuse("network", rule, network, "reach it by another address, a load balancer's for one");
  }
}

/** Whether no more than the addresses of the host's own containers are in `network`. */
function isOfContainers(network: string): boolean {
  return network.startsWith(`${BRIDGE_PREFIX}.`) && Number(network.split("/")[1]) >= 16;
}

function isNetwork(text: string): boolean {
  try {
    const range = IpRange.parse(text);
    return range.isIPv4 && range.cidr === text;
  } catch (error) {
    if (error instanceof InvalidValueError) return false;
    throw error;
  }
}

function refuse(subject: string, rule: string, got: unknown, remedy: string): never {
  throw new InvalidValueError({ subject, rule, got, remedy });
}
