import { copyFileSync, existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cleanup } from "../cleanup.ts";
import type { Machine } from "../doubles/instances.ts";
import type { DiskRoom, VolumeFacts } from "../doubles/volumes.ts";
import { requireProgram, runProgram } from "../program.ts";
import type { StandIn } from "./stand-in.ts";

const GIB = 1024 ** 3;

/** The disks of volumes: sparse files of this machine, behind loop devices while a stand-in has them. */
export class DataDisks implements DiskRoom {
  readonly #attached = new Map<string, { readonly machine: StandIn; readonly device: string }>();

  constructor(
    private readonly folder: string,
    cleanup: Cleanup,
  ) {
    mkdirSync(folder, { recursive: true });
    cleanup.add("the disks of volumes", async () => {
      for (const id of [...this.#attached.keys()]) await this.detach(id);
    });
  }

  async attach(machine: Machine, { id, sizeGiB, snapshotId }: VolumeFacts): Promise<void> {
    const file = this.#file(id);
    if (!existsSync(file)) {
      const from = snapshotId === undefined ? "" : this.#file(snapshotId);
      if (existsSync(from)) copyFileSync(from, file);
      else writeFileSync(file, "");
      truncateSync(file, sizeGiB * GIB);
    }
    const device = (await requireProgram("losetup", ["--find", "--show", file])).trim();
    this.#attached.set(id, { machine: machine as StandIn, device });
    await (machine as StandIn).plugIn(id, device);
  }

  async detach(id: string): Promise<void> {
    const { machine, device } = this.#attached.get(id) ?? {};
    this.#attached.delete(id);
    await machine?.unplug(id);
    if (device) await requireProgram("losetup", ["--detach", device]);
  }

  async grow({ id, sizeGiB }: VolumeFacts): Promise<void> {
    truncateSync(this.#file(id), sizeGiB * GIB);
    const { device } = this.#attached.get(id) ?? {};
    if (device) await requireProgram("losetup", ["--set-capacity", device]);
  }

  async snapshot(id: string, snapshotId: string): Promise<void> {
    const { device } = this.#attached.get(id) ?? {};
    if (device) await runProgram("sync", ["--file-system", this.#file(id)]);
    await requireProgram("cp", ["--sparse=always", this.#file(id), this.#file(snapshotId)]);
  }

  #file(id: string): string {
    return join(this.folder, `${id}.img`);
  }
}
