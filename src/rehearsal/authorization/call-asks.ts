import type { ApiCall } from "../doubles/api-call.ts";
import { type MotoClient, MotoError } from "../doubles/moto-client.ts";
import { type Ask, arnIn, type Place } from "./ask.ts";
import { ec2Asks, passRole } from "./ec2-asks.ts";
import { acmAsks, elbAsks } from "./elb-asks.ts";
import { route53Asks } from "./route53-asks.ts";
import { ssmAsks } from "./ssm-asks.ts";

/** What AWS asks a caller's policies before it answers `call`, as far as the rehearsal's services go. */
export async function callAsks(call: ApiCall, account: string, moto: MotoClient): Promise<Ask[]> {
  const place = { account, region: call.region };
  if (call.service === "ec2") return await ec2Asks(call, place, moto);
  if (call.service === "ssm") return ssmAsks(call, place);
  if (call.service === "route53") return route53Asks(call.action);
  if (call.service === "elasticloadbalancing") return elbAsks(call, place);
  if (call.service === "acm") return acmAsks(call, place);
  if (call.service === "iam") return iamAsks(call, place);
  if (call.service === "ecr") return ecrAsks(call, place);
  if (call.service === "secretsmanager") return await secretAsks(call, moto);
  // Anybody may ask who they are; a deployer by a role has its policy only once it is taken on.
  if (call.service === "sts") return [];
  if (call.service === "monitoring") return alarmAsks(call, place);
  if (call.service === "logs") return logAsks(call, place);
  const key = call.service === "kms" ? keyArn(String(call.input.KeyId ?? "*"), place) : "*";
  return [{ action: `${call.service}:${call.action}`, resource: key, context: {} }];
}

function iamAsks({ action, input }: ApiCall, place: Place): Ask[] {
  const { InstanceProfileName: profile, RoleName: role, PolicyArn } = input;
  const ask = (resource: string): Ask => ({ action: `iam:${action}`, resource, context: {} });
  const named = profile === undefined ? role && `role/${role}` : `instance-profile/${profile}`;
  return [
    ask(named ? arnIn(place, "iam", String(named)) : String(PolicyArn ?? "*")),
    ...(action === "AddRoleToInstanceProfile" ? [passRole(place, String(role))] : []),
  ];
}

function ecrAsks({ action, input }: ApiCall, place: Place): Ask[] {
  const names = [input.repositoryNames ?? input.repositoryName ?? []].flat() as string[];
  const arns = names.map((name) => arnIn(place, "ecr", `repository/${name}`));
  const about = input.resourceArn === undefined ? arns : [String(input.resourceArn)];
  const asks = (about.length > 0 ? about : ["*"]).map((resource) => ({
    action: `ecr:${action}`,
    resource,
    context: {},
  }));
  if (action !== "CreateRepository") return asks;
  const tags =
    input.tags === undefined ? [] : arns.map((resource) => ({ action: "ecr:TagResource", resource, context: {} }));
  const { kmsKey } = (input.encryptionConfiguration ?? {}) as { kmsKey?: string };
  // The account's own key lets everybody in who may use ECR; another one is asked for by the registry on their behalf.
  const context = { "kms:ViaService": `ecr.${place.region}.amazonaws.com` };
  const resource = keyArn(kmsKey ?? "", place);
  const uses = kmsKey === undefined ? [] : ["CreateGrant", "DescribeKey", "RetireGrant"];
  return [...asks, ...tags, ...uses.map((use) => ({ action: `kms:${use}`, resource, context }))];
}

/** A secret is asked about by its ARN, and so is the key that it is encrypted with, where it is not the account's own. */
async function secretAsks({ action, input }: ApiCall, moto: MotoClient): Promise<Ask[]> {
  const found = await moto.json("secretsmanager", "DescribeSecret", { SecretId: input.SecretId }).catch((error) => {
    if (error instanceof MotoError) return { ARN: input.SecretId };
    throw error;
  });
  const { ARN, KmsKeyId } = found as { ARN?: string; KmsKeyId?: string | null };
  const ask = { action: `secretsmanager:${action}`, resource: ARN ?? "*", context: {} };
  if (action !== "GetSecretValue" || !KmsKeyId || KmsKeyId.includes("alias/aws/")) return [ask];
  return [ask, { action: "kms:Decrypt", resource: KmsKeyId, context: {} }];
}

function alarmAsks({ action, input }: ApiCall, place: Place): Ask[] {
  if (action === "PutMetricData") {
    const context = { "cloudwatch:namespace": String(input.Namespace) };
    return [{ action: "cloudwatch:PutMetricData", resource: "*", context }];
  }
  const names = Object.entries(input)
    .flatMap(([key, value]) => (/^AlarmNames?(\.member\.\d+)?$/.test(key) ? [value] : []))
    .flat();
  const arns = names.map((name) => arnIn(place, "cloudwatch", `alarm:${name}`));
  // What describes alarms is asked about all of them, whichever it names.
  const about = action === "DescribeAlarms" ? [] : [...arns, ...[input.ResourceARN ?? []].flat().map(String)];
  const resources = about.length > 0 ? about : [arnIn(place, "cloudwatch", "alarm:*")];
  return resources.map((resource) => ({ action: `cloudwatch:${action}`, resource, context: {} }));
}

/** A group is asked about with `:*` behind its name, but for its tags; a search for groups about all of them. */
function logAsks({ action, input }: ApiCall, place: Place): Ask[] {
  const named = input.logGroupName && arnIn(place, "logs", `log-group:${input.logGroupName}:*`);
  const resource = String(input.resourceArn ?? named ?? arnIn(place, "logs", "log-group:*"));
  const ask = { action: `logs:${action}`, resource, context: {} };
  const { kmsKeyId } = input as { kmsKeyId?: string };
  return [
    ask,
    ...(action === "CreateLogGroup" && kmsKeyId ? [{ ...ask, action: "logs:AssociateKmsKey" }] : []),
    ...(action === "CreateLogGroup" && input.tags ? [{ ...ask, action: "logs:TagResource" }] : []),
  ];
}

function keyArn(id: string, place: Place): string {
  return id.startsWith("arn:") || id === "*" ? id : arnIn(place, "kms", `key/${id}`);
}
