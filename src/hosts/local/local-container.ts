import { Container, type ContainerProps } from "../../docker/container.ts";
import { sideFor } from "../../docker/image.ts";
import type { INetwork } from "../../docker/network.ts";
import type { ContainerSettings } from "../../release/container-options.ts";
import type { Service } from "../../release/service.ts";
import { engineSettings } from "../../values/engine-options.ts";
import type { Platform } from "../../values/platform.ts";
import type { HostedContainer } from "../hosted-container.ts";
import type { LocalMounts } from "./local-mounts.ts";
import { secretsOf } from "./local-secrets.ts";

/** What a {@link localContainer} is made of. */
export interface LocalContainerOptions {
  readonly declaration: ContainerSettings & Pick<Service, "mounts">;
  /** @default - whatever the engine runs */
  readonly platform?: Platform;
  readonly network: INetwork;
  /** The id of an image with a shell in it; a reference. */
  readonly nginxImageId: string;
  readonly mounts: LocalMounts;
}

/** The container of a service or a task on the local engine, below what declares it. */
export function localContainer(
  hosted: HostedContainer,
  { declaration, platform, network, nginxImageId, mounts }: LocalContainerOptions,
  more: Partial<ContainerProps>,
): Container {
  const { env, command, memoryMiB, cpus, stopGraceSeconds } = declaration;
  const secrets = secretsOf(hosted, nginxImageId);
  return new Container(hosted, "Container", {
    image: hosted.image,
    platform: platform && hosted.image.platforms && sideFor(platform, hosted.image),
    network,
    env: Object.keys(env).length === 0 ? undefined : env,
    command,
    memoryMiB,
    cpus,
    stopGraceSeconds,
    ...engineSettings(declaration),
    ...secrets,
    replacement: "start-first",
    ...mounts.propsFor(declaration, secrets.dependsOn),
    ...more,
  });
}
