import type { MotoClient } from "./moto-client.ts";
import type { XmlElement } from "./xml-element.ts";

/** An instance as the API describes it. */
export interface InstanceFacts {
  readonly id: string;
  readonly imageId: string;
  readonly type: string;
  readonly state: string;
  readonly availabilityZone: string;
  readonly privateIp: string;
  readonly publicIp?: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly networkInterfaceId: string;
  readonly mac: string;
  readonly securityGroups: readonly string[];
  readonly profileArn?: string;
  readonly role?: string;
  /** Whether the metadata service answers callers without a session token. */
  readonly metadataTokens: "required" | "optional";
  readonly metadataHopLimit: number;
}

/** Reads an instance from the API. */
export async function readInstance(moto: MotoClient, id: string): Promise<InstanceFacts> {
  const answer = await moto.query("ec2", "DescribeInstances", { "InstanceId.1": id });
  const item = answer.find("reservationSet/item/instancesSet/item");
  if (!item) throw new Error(`the API has no instance ${id}`);
  const nic = item.items("networkInterfaceSet")[0];
  const text = (path: string): string => item.value(path) ?? "";
  const profileArn = item.value("iamInstanceProfile/arn");
  const options = item.find("metadataOptions");
  return {
    id,
    imageId: text("imageId"),
    type: text("instanceType"),
    state: text("instanceState/name"),
    availabilityZone: text("placement/availabilityZone"),
    privateIp: nic?.value("privateIpAddress") ?? text("privateIpAddress"),
    publicIp: nic?.value("association/publicIp") ?? item.value("ipAddress"),
    subnetId: text("subnetId"),
    vpcId: text("vpcId"),
    networkInterfaceId: nic?.value("networkInterfaceId") ?? "",
    mac: nic?.value("macAddress") ?? "",
    securityGroups: groupIds(nic, item),
    profileArn,
    role: profileArn ? await roleOf(moto, profileArn) : undefined,
    metadataTokens: options?.value("httpTokens") === "required" ? "required" : "optional",
    metadataHopLimit: Number(options?.value("httpPutResponseHopLimit") ?? 1),
  };
}

/** The instance's user data as the API holds it, decoded from the base64 that the API speaks. */
export async function readUserData(moto: MotoClient, id: string): Promise<Buffer | undefined> {
  const answer = await moto.query("ec2", "DescribeInstanceAttribute", { InstanceId: id, Attribute: "userData" });
  const encoded = answer.value("userData/value");
  return encoded ? Buffer.from(encoded, "base64") : undefined;
}

/** The role of an instance profile, by the profile's name or ARN. */
export async function roleOf(moto: MotoClient, profileArn: string): Promise<string | undefined> {
  const InstanceProfileName = profileArn.split("/").pop() ?? "";
  const profile = await moto.query("iam", "GetInstanceProfile", { InstanceProfileName });
  return profile.all("RoleName")[0]?.text;
}

function groupIds(nic: XmlElement | undefined, instance: XmlElement): string[] {
  const groups = [...(nic?.items("groupSet") ?? []), ...instance.items("groupSet")];
  return [...new Set(groups.map((group) => group.value("groupId") ?? ""))].filter(Boolean);
}
