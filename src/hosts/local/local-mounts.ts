import type { Construct } from "constructs";
import type { ContainerProps } from "../../docker/container.ts";
import type { ContainerMount } from "../../docker/container-mounts.ts";
import type { Service } from "../../release/service.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { LocalVolume } from "./local-volume.ts";

/** The mounts of a host's services in the words of its engine; the host's volumes are made when one first has them. */
export class LocalMounts {
  private readonly volumes = new Map<string, LocalVolume>();

  constructor(private readonly host: Construct) {}

  /**
   * What the mounts of a service are of its container, which is made after `before`; nothing where there are none.
   * @throws InvalidValueError for a file of a container whose own files are read-only: the engine writes it among those
   */
  propsFor(
    { mounts = {}, readOnly }: Pick<Service, "mounts" | "readOnly">,
    before: readonly TerraformDependency[] = [],
  ): Pick<ContainerProps, "mounts" | "files" | "dependsOn"> {
    const placed: Record<string, ContainerMount> = {};
    const files: Record<string, string> = {};
    const dependsOn = [...before];
    for (const [path, mount] of Object.entries(mounts)) {
      const data = mount.toJSON();
      if (data.kind === "file") {
        if (readOnly) refuseFile(path);
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

function refuseFile(path: string): never {
  const rule =
    "must not be of a service that is readOnly on a Docker engine, which writes it among the container's own";
  const remedy = "put it into the image, or leave readOnly out";
  throw new InvalidValueError({ subject: "file to mount", rule, got: path, remedy });
}
