import type { MotoClient } from "./moto-client.ts";

/** A network interface that outlives its instance. */
export interface LastingInterface {
  readonly instanceId: string;
  readonly subnetId: string;
  readonly attachmentId: string;
}

/** The primary interface of an instance, when the API says that it stays after the instance's end. */
export async function lastingInterface(moto: MotoClient, instanceId: string): Promise<LastingInterface | undefined> {
  const answer = await moto.query("ec2", "DescribeInstances", { "InstanceId.1": instanceId });
  const instance = answer.find("reservationSet/item/instancesSet/item");
  const nic = instance?.items("networkInterfaceSet")[0];
  const attachmentId = nic?.value("attachment/attachmentId");
  const subnetId = instance?.value("subnetId");
  if (!attachmentId || !subnetId || nic?.value("attachment/deleteOnTermination") === "true") return undefined;
  return { instanceId, subnetId, attachmentId };
}

/**
 * Frees the interface of an instance that was terminated. AWS does so by itself; moto keeps it attached for ever, refuses
 * to detach an instance's only one, and cannot describe an instance without a first one: the dead instance gets another.
 */
export async function detach(
  moto: MotoClient,
  { instanceId, subnetId, attachmentId }: LastingInterface,
): Promise<void> {
  const attach = async (DeviceIndex: string): Promise<{ nic: string; attachment: string }> => {
    const created = await moto.query("ec2", "CreateNetworkInterface", { SubnetId: subnetId });
    const nic = created.value("networkInterface/networkInterfaceId") ?? "";
    const fields = { NetworkInterfaceId: nic, InstanceId: instanceId, DeviceIndex };
    const attached = await moto.query("ec2", "AttachNetworkInterface", fields);
    return { nic, attachment: attached.value("attachmentId") ?? "" };
  };
  const second = await attach("1");
  await moto.query("ec2", "DetachNetworkInterface", { AttachmentId: attachmentId });
  const first = await attach("0");
  await moto.query("ec2", "DetachNetworkInterface", { AttachmentId: second.attachment });
  for (const { nic } of [first, second]) await moto.query("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: nic });
}
