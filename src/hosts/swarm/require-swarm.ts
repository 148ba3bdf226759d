import { isStopFirst } from "../../release/mounts.ts";
import { warn } from "../../terraform/annotation.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { isReference } from "../../terraform/reference.ts";
import { DEFAULT_PIDS_LIMIT } from "../../values/pids-limit.ts";
import { RegistryAddress } from "../../values/registry-address.ts";
import type { HostedService } from "../hosted-service.ts";
import type { HostedSite } from "../hosted-site.ts";
import type { Scaling } from "./scaling.ts";

/** Options that the provider has no word for in a service of a swarm. */
const WITHOUT_A_WORD = ["init", "ulimits", "shmSizeMiB"] as const;

const ONE_NODE = /^node\.(?:id|hostname)==/;

/** @throws {ConstructError} for what a service of a swarm cannot be */
export function requireSwarm(service: HostedService, { replicas, placement }: Scaling): void {
  const { declaration, image } = service;
  const refuse = (property: string, problem: string) => {
    throw new ConstructError(service, property, problem);
  };
  for (const option of WITHOUT_A_WORD)
    if (declaration[option] !== undefined)
      refuse(option, "is none of a SwarmHost's: the Docker provider sets none of a swarm's service; leave it out");
  if (declaration.extraHosts !== undefined)
    refuse("extraHosts", "is none of a SwarmHost's: to change it the provider removes the service first; leave it out");
  if (declaration.dependsOn !== undefined)
    refuse(
      "dependsOn",
      "is none of a SwarmHost's: a swarm starts all services at once, and a task again where it ends; leave it out, and let the program try again",
    );
  if (declaration.pidsLimit !== DEFAULT_PIDS_LIMIT)
    refuse("pidsLimit", "is none of a SwarmHost's: the Docker provider sets none; leave it out");
  if (image.repository.pullAccess.kind === "aws-iam")
    refuse("image", "is in ECR, whose logins a swarm would keep for twelve hours only: keep it in another registry");
  const { address } = image.repository.registry;
  if (!isReference(address) && RegistryAddress.parse(address).isLoopback)
    warn(
      service,
      `image: is in ${address}, which each node finds on itself: a swarm of more nodes needs another registry`,
    );
  const volumes = Object.entries(declaration.mounts ?? {}).filter(([, mount]) => mount.toJSON().kind === "volume");
  const [path] = volumes[0] ?? [];
  if (path === undefined) return;
  if (isStopFirst(declaration) && replicas > 1)
    refuse("replicas", `is ${replicas}, but the volume at ${path} is for one task at a time: make it 1, or share it`);
  if (!placement.some((constraint) => ONE_NODE.test(constraint)))
    refuse(
      `mounts[${path}]`,
      'is a volume, which is on one node and does not move: write placement: ["node.hostname==NODE"] as well',
    );
}

/** @throws {ConstructError} for what a swarm's Nginx cannot have */
export function requireSwarmSite(site: HostedSite): void {
  if (site.declaration.basicAuth)
    throw new ConstructError(site, "basicAuth", "is none of a SwarmHost's: let the application ask who it is");
}
