import { type Ask, arnIn } from "../authorization/ask.ts";
import { ApiRefusal } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import type { Principal } from "./principals.ts";
import type { RolePolicies } from "./role-policies.ts";

/** The services that an instance's calls are checked for. */
const SERVICES = ["ssm", "ecr", "sts", "secretsmanager", "ec2", "kms", "logs", "monitoring"];

/** What the SSM agent asks for when it registers; an agent that is denied sleeps for half an hour. */
const REGISTERS = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/** What it asks for besides, and goes on without. */
const GOES_ON = [
  ...["AcknowledgeMessage", "DeleteMessage", "FailMessage", "GetEndpoint", "GetMessages", "SendReply"].map(
    (action) => `ec2messages:${action}`,
  ),
  "ssm:ListAssociations",
  "ssm:ListInstanceAssociations",
];

/** The actions for which AWS says to which instance the caller's keys were given. */
const KNOWS_INSTANCE = [
  "ec2messages:GetMessages",
  "ec2messages:SendReply",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
];

/** Refuses what an instance's role does not allow; the account's deployer may do everything. */
export function checkInstancePermissions(front: ApiFront, policies: RolePolicies, account: string): void {
  for (const service of SERVICES) {
    front.intercept(service, "*", async (call, forward) => {
      const { role } = call.caller;
      for (const ask of role === undefined ? [] : call.asks) {
        if ((await policies.refusal(role as string, ask)) === undefined) continue;
        throw new ApiRefusal(
          "AccessDeniedException",
          `User: arn:aws:sts::${account}:assumed-role/${role}/${call.caller.instanceId ?? "session"} is not authorized to perform: ${ask.action} on resource: ${ask.resource} because no identity-based policy allows the ${ask.action} action`,
          call.protocol === "json" ? 400 : 403,
        );
      }
      return await forward();
    });
  }
}

/** The registry's question about one of its callers. */
export function registryPermission(policies: RolePolicies) {
  return async ({ role }: Principal, ask: Ask): Promise<boolean> =>
    role === undefined || (await policies.refusal(role, ask)) === undefined;
}

/** What AWS asks about the SSM agent of an instance: what it cannot do without, and all. */
export function agentAsks(account: string, region: string, instanceId: string): { needed: Ask[]; all: Ask[] } {
  const arn = arnIn({ account, region }, "ec2", `instance/${instanceId}`);
  const ask = (action: string): Ask => ({
    action,
    // AWS asks about the instance where the action knows one.
    resource: /Instance/.test(action) ? arn : "*",
    context: KNOWS_INSTANCE.includes(action) ? { "ec2:SourceInstanceARN": arn } : {},
  });
  const needed = REGISTERS.map(ask);
  return { needed, all: [...needed, ...GOES_ON.map(ask)] };
}
