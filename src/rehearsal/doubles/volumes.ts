import type { ApiAnswer } from "./api-answer.ts";
import type { ApiCall } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import type { Instances, Machine } from "./instances.ts";
import type { MotoClient } from "./moto-client.ts";
import { XmlElement } from "./xml-element.ts";

/** A volume as far as a machine sees it. */
export interface VolumeFacts {
  readonly id: string;
  readonly sizeGiB: number;
  /** What it was made from. */
  readonly snapshotId?: string;
}

/** Where the disks of volumes are. */
export interface DiskRoom {
  /** Gives the machine the volume's disk, which is made when it is first asked for. */
  attach(machine: Machine, volume: VolumeFacts): Promise<void>;
  detach(volumeId: string): Promise<void>;
  grow(volume: VolumeFacts): Promise<void>;
  /** Keeps what is on the volume's disk now. */
  snapshot(volumeId: string, snapshotId: string): Promise<void>;
}

/** Follows what the API is told of volumes: attached, detached, grown, copied; each when the instances' work before is done. */
export class Volumes {
  constructor(
    private readonly moto: MotoClient,
    private readonly instances: Instances,
    private readonly disks: DiskRoom,
  ) {}

  serve(front: ApiFront): void {
    front.observe((call, answer) => {
      if (call.service === "ec2" && answer.status < 300) this.#follow(call, answer);
    });
  }

  #follow({ action, input }: ApiCall, answer: ApiAnswer): void {
    const { instances, disks } = this;
    const id = String(input.VolumeId);
    const doing: Record<string, () => Promise<void>> = {
      AttachVolume: async () => {
        const machine = instances.machineOf(String(input.InstanceId));
        if (machine) await disks.attach(machine, await this.#facts(id));
      },
      DetachVolume: () => disks.detach(id),
      ModifyVolume: async () => disks.grow(await this.#facts(id)),
      CreateSnapshot: () => {
        const snapshot = XmlElement.parse(answer.body.toString("utf8")).value("snapshotId");
        return disks.snapshot(id, snapshot ?? "");
      },
    };
    const work = doing[action];
    if (work) instances.afterwards(action, work);
  }

  async #facts(id: string): Promise<VolumeFacts> {
    const [volume] = (await this.moto.query("ec2", "DescribeVolumes", { "VolumeId.1": id })).items("volumeSet");
    return { id, sizeGiB: Number(volume?.value("size")), snapshotId: volume?.value("snapshotId") || undefined };
  }
}
