import type {
  ServiceTaskSpecContainerSpecConfigs,
  ServiceTaskSpecContainerSpecMounts,
} from "@cdktf/provider-docker/lib/service";
import { DockerEngine, labelBlocks } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { owningStack } from "../../terraform/stack-of.ts";
import { VOLUME_HOST_LABEL, VOLUME_LABEL, VOLUME_STACK_LABEL } from "../../values/engine-label.ts";
import type { MountData } from "../../values/mount.ts";
import type { HostedService } from "../hosted-service.ts";
import { SwarmConfig } from "./swarm-config.ts";

const MIB = 1024 * 1024;

/** What the mounts of `service` are in the words of the swarm; files are configs, which are made after `before`. */
export function swarmMounts(
  service: HostedService,
  before: TerraformDependency[],
): { readonly mounts?: ServiceTaskSpecContainerSpecMounts[]; readonly configs: ServiceTaskSpecContainerSpecConfigs[] } {
  const mounts: ServiceTaskSpecContainerSpecMounts[] = [];
  const configs: ServiceTaskSpecContainerSpecConfigs[] = [];
  for (const [target, mount] of Object.entries(service.declaration.mounts ?? {})) {
    const data = mount.toJSON();
    if (data.kind === "file") {
      const text = () => data.content;
      const id = `File${target.replace(/[^A-Za-z0-9]+/g, "-")}`;
      configs.push(new SwarmConfig(service, id, { file: target, text, dependsOn: before }).reference);
    } else mounts.push({ target, ...mounted(service, data) });
  }
  return { mounts: mounts.length === 0 ? undefined : mounts, configs };
}

/**
 * Why the volume's labels are there: a node makes the volume when a task first needs it, so that nothing of Terraform has
 * it, and nothing of Terraform deletes it.
 */
function mounted(
  { host }: HostedService,
  data: Exclude<MountData, { kind: "file" }>,
): Omit<ServiceTaskSpecContainerSpecMounts, "target"> {
  if (data.kind === "tmpfs")
    return { type: "tmpfs", tmpfsOptions: data.sizeMiB === undefined ? undefined : { sizeBytes: data.sizeMiB * MIB } };
  if (data.kind === "host") return { type: "bind", source: data.source, readOnly: data.readOnly ?? false };
  return {
    type: "volume",
    source: `${DockerEngine.of(host).nameFor(host)}-volume-${data.volume}`,
    readOnly: data.readOnly ?? false,
    volumeOptions: {
      noCopy: false,
      labels: labelBlocks({
        [VOLUME_LABEL]: data.volume,
        [VOLUME_HOST_LABEL]: host.node.path,
        [VOLUME_STACK_LABEL]: owningStack(host).node.id,
      }),
    },
  };
}
