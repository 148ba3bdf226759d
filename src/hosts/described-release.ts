import type { Release } from "../release/release.ts";
import type { HostedContainer } from "./hosted-container.ts";

/** `release` for reviews, each image by the path of its construct: its digest is known to the apply alone. */
export function describedRelease(release: Release, containers: readonly HostedContainer[]): object {
  const images = new Map(containers.map(({ node, image }) => [node.id, image.node.path]));
  const byPath = <T extends { readonly name: string }>(run: T) => ({ ...run, image: images.get(run.name) });
  const { services, tasks, schedules } = release;
  return {
    ...release,
    services: services.map(byPath),
    tasks: tasks?.map(byPath),
    schedules: schedules?.map(byPath),
  };
}
