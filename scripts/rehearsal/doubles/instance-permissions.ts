import { type ApiCall, ApiRefusal } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import type { Principal } from "./principals.ts";
import type { RolePolicies } from "./role-policies.ts";

/** The services that an instance's calls are checked for; a call to another one is refused as unknown here. */
const SERVICES = ["ssm", "ecr", "sts", "secretsmanager", "ec2", "kms", "logs"];

/** Refuses what an instance's role does not allow; the account's deployer may do everything. */
export function checkInstancePermissions(front: ApiFront, policies: RolePolicies, account: string): void {
  for (const service of SERVICES) {
    front.intercept(service, "*", async (call, forward) => {
      const { role } = call.caller;
      if (role === undefined || call.action === "GetCallerIdentity") return await forward();
      const action = `${service}:${call.action}`;
      for (const resource of resourcesOf(call, account)) {
        if (await policies.allow(role, action, [resource])) continue;
        throw new ApiRefusal(
          "AccessDeniedException",
          `User: arn:aws:sts::${account}:assumed-role/${role}/${call.caller.instanceId ?? "session"} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
          call.protocol === "json" ? 400 : 403,
        );
      }
      return await forward();
    });
  }
}

/** The registry's question about one of its callers. */
export function registryPermission(policies: RolePolicies) {
  return async ({ role }: Principal, action: string, resource: string): Promise<boolean> =>
    role === undefined || (await policies.allow(role, action, [resource]));
}

function resourcesOf({ service, action, region, input }: ApiCall, account: string): string[] {
  if (service === "ssm" && /Document$/.test(action)) {
    return [`arn:aws:ssm:${region}:${account}:document/${String(input.Name ?? "")}`];
  }
  if (service === "ssm") {
    const names = [input.Names ?? input.Name ?? input.Path ?? []].flat() as string[];
    return names.length === 0 ? ["*"] : names.map((name) => parameterArn(name, region, account));
  }
  if (service === "ecr" && action !== "GetAuthorizationToken") {
    return [`arn:aws:ecr:${region}:${account}:repository/${String(input.repositoryName ?? "")}`];
  }
  if (service === "secretsmanager") return [String(input.SecretId ?? "*")];
  return ["*"];
}

/** The ARN that a policy names: without the `:label` or `:version` that a name may carry. */
function parameterArn(name: string, region: string, account: string): string {
  if (name.startsWith("arn:")) return name.split(":").slice(0, 6).join(":");
  return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "").split(":")[0]}`;
}
