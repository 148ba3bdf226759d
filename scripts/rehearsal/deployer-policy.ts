import type { LoggedCall } from "./doubles/api-front.ts";
import { allowsAction, type Policy } from "./doubles/role-policies.ts";

/** What Route 53 calls the requests of its REST protocol. */
const ROUTE_53: readonly (readonly [RegExp, string])[] = [
  [/^POST \/2013-04-01\/hostedzone\/?$/, "CreateHostedZone"],
  [/^GET \/2013-04-01\/hostedzone\/?$/, "ListHostedZones"],
  [/^GET \/2013-04-01\/hostedzonesbyname/, "ListHostedZonesByName"],
  [/^GET \/2013-04-01\/hostedzone\/[^/]+$/, "GetHostedZone"],
  [/^POST \/2013-04-01\/hostedzone\/[^/]+$/, "UpdateHostedZoneComment"],
  [/^DELETE \/2013-04-01\/hostedzone\/[^/]+$/, "DeleteHostedZone"],
  [/^GET \/2013-04-01\/hostedzone\/[^/]+\/dnssec/, "GetDNSSEC"],
  [/^GET \/2013-04-01\/hostedzone\/[^/]+\/rrset/, "ListResourceRecordSets"],
  [/^POST \/2013-04-01\/hostedzone\/[^/]+\/rrset/, "ChangeResourceRecordSets"],
  [/^GET \/2013-04-01\/change\//, "GetChange"],
  [/^GET \/2013-04-01\/tags\//, "ListTagsForResource"],
  [/^POST \/2013-04-01\/tags\//, "ChangeTagsForResource"],
];

/** The IAM actions that the deployer's calls took, e.g. `ec2:RunInstances`. */
export function deployerActions(calls: readonly LoggedCall[], registryActions: readonly string[]): string[] {
  const actions = new Set(registryActions);
  for (const { caller, service, action } of calls) {
    if (caller !== "deployer" || action === "GetCallerIdentity") continue;
    const name = service === "route53" ? ROUTE_53.find(([request]) => request.test(action))?.[1] : action;
    actions.add(`${service === "monitoring" ? "cloudwatch" : service}:${name ?? action}`);
  }
  return [...actions].sort();
}

/** Which of `actions` no statement of the policy names. Resources are not compared: the account is the rehearsal's own. */
export function notAllowed(policy: string, actions: readonly string[]): string[] {
  const { Statement } = JSON.parse(policy) as Policy;
  return actions.filter((action) => !allowsAction([Statement].flat(), action));
}

/** The policy that a stack hands to whoever deploys it: the output whose name says so. */
export function policyOutput(outputs: Readonly<Record<string, unknown>>): string | undefined {
  const found = Object.entries(outputs).find(([name]) => /deployer/i.test(name))?.[1];
  return typeof found === "string" && found.includes('"Statement"') ? found : undefined;
}
