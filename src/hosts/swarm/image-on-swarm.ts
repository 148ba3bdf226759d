import type { IImage } from "../../docker/image.ts";

const DOCKER_HUB = /^docker\.io\/(library\/)?/;

/**
 * An image as a service of a swarm names it, so that the provider reads back what it wrote: the engine shortens the names of
 * Docker Hub. Why not where a login is needed: the provider finds a login by the registry's name in the image's.
 */
export function imageOnSwarm({ reference, repository }: IImage): string {
  if (repository.pullAccess.kind === "anonymous") return reference.replace(DOCKER_HUB, "");
  return reference.replace(/^docker\.io\//, "registry-1.docker.io/");
}
