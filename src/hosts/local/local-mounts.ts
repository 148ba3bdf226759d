import type { Construct } from "constructs";
import type { ContainerProps } from "../../docker/container.ts";
import type { ContainerMount } from "../../docker/container-mounts.ts";
import type { Mounts } from "../../release/mounts.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { LocalVolume } from "./local-volume.ts";

/** The mounts of a host's services in the words of its engine; the host's volumes are made when one first has them. */
export class LocalMounts {
  private readonly volumes = new Map<string, LocalVolume>();

  constructor(private readonly host: Construct) {}

  /** What `mounts` are of a container, which is made after `before`; nothing where there are none. */
  propsFor(
    mounts: Mounts = {},
    before: readonly TerraformDependency[] = [],
  ): Pick<ContainerProps, "mounts" | "files" | "dependsOn"> {
    const placed: Record<string, ContainerMount> = {};
    const files: Record<string, string> = {};
    const dependsOn = [...before];
    for (const [path, mount] of Object.entries(mounts)) {
      const data = mount.toJSON();
      if (data.kind === "file") {
        files[path] = data.content;
      } else if (data.kind === "tmpfs") {
        placed[path] = { type: "tmpfs", sizeMiB: data.sizeMiB };
      } else if (data.kind === "host") {
        placed[path] = { type: "bind", source: data.source, readOnly: data.readOnly };
      } else {
        const volume = this.volume(data.volume);
        placed[path] = { type: "volume", source: volume.volumeName, readOnly: data.readOnly };
        dependsOn.push(...volume.ready);
      }
    }
    return {
      ...(Object.keys(placed).length > 0 && { mounts: placed }),
      ...(Object.keys(files).length > 0 && { files }),
      ...(dependsOn.length > 0 && { dependsOn }),
    };
  }

  private volume(name: string): LocalVolume {
    const known = this.volumes.get(name) ?? new LocalVolume(this.host, name);
    this.volumes.set(name, known);
    return known;
  }
}
