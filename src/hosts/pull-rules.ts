import { type IImage, platformsOf } from "../docker/image.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import type { HostedContainer } from "./hosted-container.ts";

/** @throws {ConstructError} for an image that nobody said a platform of: a machine that is not there yet runs one only */
export function requirePlatform(container: HostedContainer): void {
  const { image, host } = container;
  if (platformsOf(image).length > 0) return;
  const problem = `${image.node.path} has no platform, and the host ${host.node.path} runs ${host.platform}: build or pull it with platform: host.platform`;
  throw new ConstructError(container, "image", problem);
}

/**
 * Whether a machine that has no login of its own cannot pull the image. A registry that takes pushes by login may let
 * everybody pull; an image that is only pulled says that it is private.
 */
export function isLoginMissing({ repository: { pullAccess }, contentId }: IImage): boolean {
  return pullAccess.kind === "login" || (pullAccess.kind === "docker-config" && contentId === undefined);
}
