import type { ApiCall } from "../doubles/api-call.ts";
import { roleOf } from "../doubles/instance-facts.ts";
import { type MotoClient, MotoError } from "../doubles/moto-client.ts";
import { type Ask, arnIn, type Place } from "./ask.ts";

/** What the ids of EC2 begin with, and what their ARNs call them. */
const KINDS: Readonly<Record<string, string>> = {
  ami: "image",
  eipalloc: "elastic-ip",
  eni: "network-interface",
  i: "instance",
  sg: "security-group",
  sgr: "security-group-rule",
  snap: "snapshot",
  subnet: "subnet",
  vol: "volume",
  vpc: "vpc",
};

/** What actions are asked about beside the things that they name: what they make, or go through. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  AllocateAddress: ["elastic-ip"],
  AuthorizeSecurityGroupEgress: ["security-group-rule"],
  AuthorizeSecurityGroupIngress: ["security-group-rule"],
  CreateNetworkInterface: ["network-interface"],
  CreateSecurityGroup: ["security-group"],
  CreateVolume: ["volume"],
  // a network interface that it names stands in a subnet and behind security groups
  RunInstances: ["instance", "security-group", "subnet", "volume"],
};

const ID = /^([a-z]+)-(?:[0-9a-f]{8,17}|\*)$/;

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export async function ec2Asks({ action, input, region }: ApiCall, place: Place, moto: MotoClient): Promise<Ask[]> {
  if (action.startsWith("Describe")) return [{ action: `ec2:${action}`, resource: "*", context: {} }];
  const arnOf = (kind: string, id: string) =>
    kind === "image" || kind === "snapshot"
      ? `arn:aws:ec2:${region}::${kind}/${id}`
      : arnIn(place, "ec2", `${kind}/${id}`);
  const ids = [...(await through(input, moto)), ...Object.values(input).map(String)];
  const named = [...new Set(ids)].flatMap((id) => {
    const kind = KINDS[ID.exec(id)?.[1] ?? ""];
    return kind === undefined ? [] : [{ id, arn: arnOf(kind, id) }];
  });
  const requested = requestedTags(input);
  const beside = (BESIDE[action] ?? []).map((kind) => ({
    resource: arnOf(kind, "*"),
    context: tagContext("RequestTag", requested.get(kind) ?? {}),
  }));
  const existing = named.map(async ({ id, arn }) => ({
    resource: arn,
    context: tagContext("ResourceTag", await tagsOf(moto, id)),
  }));
  const about = [...(await Promise.all(existing)), ...beside];
  return [
    ...(about.length > 0 ? about : [{ resource: "*", context: {} }]).map((each) => ({
      action: `ec2:${action}`,
      ...each,
    })),
    ...[...requested].map(([kind, tags]) => ({
      action: "ec2:CreateTags",
      resource: arnOf(kind, "*"),
      context: { "ec2:CreateAction": action, ...tagContext("RequestTag", tags) },
    })),
    ...(await passedRole(input, place, moto)),
    ...keyAsks(action, input, place),
  ];
}

/**
 * What an id leads to that is no resource's: of an address and an interface, or of an interface and an instance. All of
 * those kinds where it leads nowhere any more, as for what went with its instance.
 */
async function through({ AssociationId, AttachmentId }: ApiCall["input"], moto: MotoClient): Promise<string[]> {
  const told = async (
    action: string,
    set: string,
    id: unknown,
    path: string,
    ends: Readonly<Record<string, string>>,
  ) => {
    if (id === undefined) return [];
    const found = (await moto.query("ec2", action, {})).items(set).find((item) => item.value(path) === id);
    return Object.entries(ends).map(([kind, end]) => found?.value(end) ?? `${kind}-*`);
  };
  const ofAddress = { eipalloc: "allocationId", eni: "networkInterfaceId" };
  const ofInterface = { eni: "networkInterfaceId", i: "attachment/instanceId" };
  const [addresses, interfaces] = await Promise.all([
    told("DescribeAddresses", "addressesSet", AssociationId, "associationId", ofAddress),
    told("DescribeNetworkInterfaces", "networkInterfaceSet", AttachmentId, "attachment/attachmentId", ofInterface),
  ]);
  return [...addresses, ...interfaces];
}

async function tagsOf(moto: MotoClient, id: string): Promise<Record<string, string>> {
  const filter = { "Filter.1.Name": "resource-id", "Filter.1.Value.1": id };
  const tags = (await moto.query("ec2", "DescribeTags", filter)).items("tagSet");
  return Object.fromEntries(tags.map((tag) => [tag.value("key") ?? "", tag.value("value") ?? ""]));
}

/** The tags that a call gives what it makes, by kind. */
function requestedTags(input: ApiCall["input"]): Map<string, Record<string, string>> {
  const byKind = new Map<string, Record<string, string>>();
  for (const [name, value] of Object.entries(input)) {
    const [, specification, tag] = /^TagSpecification\.(\d+)\.Tag\.(\d+)\.Key$/.exec(name) ?? [];
    if (specification === undefined) continue;
    const kind = String(input[`TagSpecification.${specification}.ResourceType`]);
    const text = String(input[`TagSpecification.${specification}.Tag.${tag}.Value`] ?? "");
    byKind.set(kind, { ...byKind.get(kind), [String(value)]: text });
  }
  return byKind;
}

/** What EC2 asks a key of the caller's own on their behalf, before it encrypts a volume with it. */
function keyAsks(action: string, { KmsKeyId: key }: ApiCall["input"], place: Place): Ask[] {
  if (action !== "CreateVolume" || key === undefined) return [];
  const context = { "kms:ViaService": `ec2.${place.region}.amazonaws.com` };
  const uses = ["CreateGrant", "DescribeKey", "GenerateDataKeyWithoutPlaintext"];
  return uses.map((use) => ({ action: `kms:${use}`, resource: String(key), context }));
}

/** Whoever starts an instance with a profile hands its role on. */
async function passedRole(input: ApiCall["input"], place: Place, moto: MotoClient): Promise<Ask[]> {
  const profile = input["IamInstanceProfile.Arn"] ?? input["IamInstanceProfile.Name"];
  if (profile === undefined) return [];
  const role = await roleOf(moto, String(profile)).catch((error) => {
    if (error instanceof MotoError) return undefined; // There is no such profile, which AWS says when it is asked to start.
    throw error;
  });
  return role === undefined ? [] : [passRole(place, role)];
}

/** The question whether a role may be handed to EC2. */
export function passRole(place: Place, role: string): Ask {
  const context = { "iam:PassedToService": "ec2.amazonaws.com" };
  return { action: "iam:PassRole", resource: arnIn(place, "iam", `role/${role}`), context };
}

function tagContext(of: "RequestTag" | "ResourceTag", tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${of}/${key}`, value]));
}
