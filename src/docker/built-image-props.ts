import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { LintOptions } from "../dockerfile/lint/lint.ts";
import type { OptionNames } from "../values/known-options.ts";
import type { Platform } from "../values/platform.ts";
import type { BuildSecret } from "./image-dockerfile.ts";
import type { PulledImage } from "./pulled-image.ts";
import type { IRepository } from "./registry.ts";

/** What a `BuiltImage` takes. */
export interface BuiltImageProps {
  /** The directory to build, relative to the working directory; its ignore file counts. */
  readonly context: string;
  /** The Dockerfile: its path relative to the context, or one written in code. @default "Dockerfile" */
  readonly dockerfile?: string | Dockerfile;
  /** Where the image is kept. */
  readonly repository: IRepository;
  /** The semantic version; pushed as a tag beside the content's own. @default - only the content's tag is pushed */
  readonly version?: string;
  /**
   * The versions released so far. Given, the tags that this version may move (`1.4`, `1`, `latest`) are pushed too;
   * synth cannot ask the registry, so it must be told.
   * @default - no tag moves
   */
  readonly releasedVersions?: readonly string[];
  /** Build arguments; they stay in the image's history, so no secret belongs here. @default - none */
  readonly args?: Readonly<Record<string, string>>;
  /** The stage to build. @default - the last one */
  readonly target?: string;
  /** Labels of the image, on top of OCI's `version` and `title`. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** Builds every step anew instead of reusing layers. @default false */
  readonly noCache?: boolean;
  /** Images that the Dockerfile builds upon and that need a login or a pull of their own first. @default - none */
  readonly privateBaseImages?: readonly PulledImage[];
  /** Severities of what the Dockerfile is warned about, by rule; `false` for no findings. @default - each rule's own */
  readonly lint?: LintOptions | false;
  /** Secrets that `RUN --mount=type=secret` steps see and no layer keeps. @default - none */
  readonly secrets?: readonly BuildSecret[];
}

export const BUILT_IMAGE_PROPS: OptionNames<BuiltImageProps> = {
  context: true,
  dockerfile: true,
  repository: true,
  version: true,
  releasedVersions: true,
  args: true,
  target: true,
  labels: true,
  platform: true,
  noCache: true,
  privateBaseImages: true,
  lint: true,
  secrets: true,
};

/** OCI's own annotations as labels. `created` and `revision` are left out: they would make every build a new content. */
export function annotations(props: BuiltImageProps): Record<string, string> {
  return {
    "org.opencontainers.image.title": props.repository.path,
    ...(props.version === undefined ? {} : { "org.opencontainers.image.version": props.version }),
  };
}
