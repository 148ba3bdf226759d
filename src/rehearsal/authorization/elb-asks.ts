import type { ApiCall } from "../doubles/api-call.ts";
import { type Ask, arnIn, type Place } from "./ask.ts";

/** The fields of a request that say what it is about, the narrowest first. */
const SUBJECTS = ["RuleArn", "ListenerArn", "TargetGroupArn", "LoadBalancerArn", "ResourceArns.member.1"] as const;
/** What is to be made, by the ARN that AWS has for it before it is there. */
const MADE: Readonly<Record<string, string>> = {
  CreateLoadBalancer: "loadbalancer/app",
  CreateTargetGroup: "targetgroup",
};

/** What AWS asks about load balancers: reading is about all of them, all else about one. */
export function elbAsks({ action, input }: Pick<ApiCall, "action" | "input">, place: Place): Ask[] {
  const ask = (name: string, resource: string): Ask => ({
    action: `elasticloadbalancing:${name}`,
    resource,
    context: {},
  });
  if (action.startsWith("Describe")) return [ask(action, "*")];
  const made = MADE[action];
  const subject = SUBJECTS.map((field) => input[field]).find((value) => value !== undefined);
  const resource = made ? arnIn(place, "elasticloadbalancing", `${made}/${input.Name}/new`) : String(subject ?? "*");
  const isTagged = action.startsWith("Create") && input["Tags.member.1.Key"] !== undefined;
  return [ask(action, resource), ...(isTagged ? [ask("AddTags", taggedAs(action, resource))] : [])];
}

/** What is made below another thing is tagged by an ARN of its own: that of its parent, by its own kind. */
function taggedAs(action: string, parent: string): string {
  const kind = { CreateListener: "listener", CreateRule: "listener-rule" }[action];
  return kind === undefined ? parent : `${parent.replace(/:(loadbalancer|listener)\//, `:${kind}/`)}/new`;
}

/** What AWS asks about certificates; one that is only requested has no ARN yet. */
export function acmAsks({ action, input }: Pick<ApiCall, "action" | "input">, place: Place): Ask[] {
  const ask = (name: string, resource: string): Ask => ({ action: `acm:${name}`, resource, context: {} });
  if (action !== "RequestCertificate") return [ask(action, String(input.CertificateArn ?? "*"))];
  const tags = input.Tags === undefined ? [] : [ask("AddTagsToCertificate", arnIn(place, "acm", "certificate/new"))];
  return [ask(action, "*"), ...tags];
}
