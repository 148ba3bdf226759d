import { Dockerfile } from "../../dockerfile/dockerfile.ts";
import type { Stage } from "../../dockerfile/stage.ts";
import { SynthesizedStack } from "../synthesized-stack.ts";
import type { DeclaredImage } from "./declared-images.ts";

/** The stage that a declared image is built from; nothing of one that is not built here, or whose Dockerfile is elsewhere. */
export function declaredStage(output: string, image: DeclaredImage): Stage | undefined {
  if (image.kind !== "built") return undefined;
  const builds = SynthesizedStack.recall(output, image.stack)?.builds ?? [];
  const text = builds.find(({ path }) => path === image.path)?.dockerfile;
  if (text === undefined) return undefined;
  const [platform] = image.platforms;
  return Dockerfile.parse(text, { ...(platform === undefined ? {} : { platform }), buildPlatform: "unknown" }).stage(
    image.target,
  );
}
