import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Platform } from "../values/platform.ts";
import { type DeclaredResources, list, ownerOf } from "./declared-resources.ts";

/** An image that is built. */
export interface ImageBuild {
  /** The construct path of who builds it. */
  readonly path: string;
  /** Empty for the engine's own. */
  readonly platforms: readonly Platform[];
  /** The text of its Dockerfile; undefined where that is in a context that is kept elsewhere. */
  readonly dockerfile?: string;
  /** Present where a step of the apply builds it by `docker buildx`. */
  readonly buildx?: {
    /** @default - the one that the machine uses */
    readonly builder?: string;
    /** What of it not every builder can do, for people; may be empty. */
    readonly needs: string;
  };
}

/** The images that a stack builds: by the provider, or by a step with docker buildx. @param folder the stack's own */
export function imageBuilds(resources: DeclaredResources, folder: string): ImageBuild[] {
  const of = (path: string, context: unknown, dockerfile: unknown, platforms: unknown): ImageBuild => ({
    path: ownerOf(path),
    platforms: typeof platforms === "string" ? platforms.split(",").map((each) => Platform.parse(each)) : [],
    ...(context === undefined
      ? {}
      : { dockerfile: readFileSync(join(folder, String(context), String(dockerfile)), "utf8") }),
  });
  const byProvider = resources
    .blocks("docker_image")
    .flatMap(({ path, block }) =>
      list(block.build).map((build) => of(path, build.context, build.dockerfile, build.platform)),
    );
  const bySteps = resources.buildSteps.map(({ path, told }) => ({
    ...of(path, told.SLIPWAY_CONTEXT, told.SLIPWAY_DOCKERFILE, told.SLIPWAY_PLATFORMS),
    buildx: { builder: told.SLIPWAY_BUILDER, needs: told.SLIPWAY_NEEDS ?? "" },
  }));
  return [...byProvider, ...bySteps];
}
