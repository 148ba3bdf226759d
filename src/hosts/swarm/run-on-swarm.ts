import type { ServiceTaskSpecContainerSpec } from "@cdktf/provider-docker/lib/service";
import { pullableOnce } from "../../docker/image.ts";
import { isStopFirst } from "../../release/mounts.ts";
import type { Service } from "../../release/service.ts";
import { templateMap, templateText } from "../../terraform/template-text.ts";
import type { HostedService } from "../hosted-service.ts";
import { imageOnSwarm } from "./image-on-swarm.ts";
import type { Scaling } from "./scaling.ts";
import type { SwarmConfig } from "./swarm-config.ts";
import { HEALTH_FILE, swarmHealth } from "./swarm-health.ts";
import { swarmMounts } from "./swarm-mounts.ts";
import type { SwarmPlace } from "./swarm-place.ts";
import type { SwarmSecrets } from "./swarm-secrets.ts";
import { SwarmService } from "./swarm-service.ts";

const MIB = 1024 * 1024;

/** Where and how a service runs. */
export interface SwarmRun {
  /** Its name in the swarm. */
  readonly name: string;
  readonly scaling: Scaling;
  readonly place: SwarmPlace;
  /** The script that asks it how it is. */
  readonly health: SwarmConfig;
  /** What it is asked when everything is declared. */
  readonly asked: () => Service["health"];
  readonly secrets?: SwarmSecrets;
}

/** The service of the swarm that runs `service`, below it. It is one that {@link requireSwarm} lets pass. */
export function runOnSwarm(
  service: HostedService,
  { name, scaling, place, health, asked, secrets }: SwarmRun,
): SwarmService {
  const { declaration, image } = service;
  const { memoryMiB, memoryReservationMiB, cpus, labels = {} } = declaration;
  const mounted = swarmMounts(service, [place.look]);
  const isAsked = declaration.health.kind !== "command";
  return new SwarmService(service, "Service", {
    name,
    container: {
      ...words(service),
      image: imageOnSwarm(image),
      healthcheck: swarmHealth(declaration, asked),
      mounts: mounted.mounts,
      configs: [...(isAsked ? [{ ...health.reference, fileName: HEALTH_FILE }] : []), ...mounted.configs],
      secrets: secrets && [...secrets.references],
    },
    labels: templateMap(labels),
    graceSeconds: declaration.stopGraceSeconds,
    resources: {
      limits: { memoryBytes: memoryMiB * MIB, nanoCpus: Math.round((cpus ?? 0) * 1e9) },
      reservation: { memoryBytes: (memoryReservationMiB ?? 0) * MIB, nanoCpus: 0 },
    },
    mode: { replicated: { replicas: scaling.replicas } },
    order: isStopFirst(declaration) ? "stop-first" : "start-first",
    placement: scaling.placement,
    platform: service.host.platform,
    network: place.network,
    dependsOn: [...place.dependsOn, ...pullableOnce(image)],
  });
}

/** What of a declaration the swarm has the same word for, or nearly. */
function words({ declaration }: HostedService): Omit<ServiceTaskSpecContainerSpec, "image"> {
  const { env, command, entrypoint, user, workdir, readOnly, stopSignal } = declaration;
  const { capAdd, capDrop } = declaration;
  return {
    command: entrypoint?.map(templateText),
    args: command?.map(templateText),
    env: Object.keys(env).length === 0 ? undefined : templateMap(env),
    user,
    dir: workdir && templateText(workdir),
    readOnly,
    stopSignal,
    capAdd: capAdd && [...capAdd],
    capDrop: capDrop && [...capDrop],
  };
}
