import type { IConstruct } from "constructs";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { LintOptions } from "../dockerfile/lint/lint.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import type { BuildCache } from "../values/build-cache.ts";
import type { OptionNames } from "../values/known-options.ts";
import type { Platform } from "../values/platform.ts";
import type { RemoteContext } from "../values/remote-context.ts";
import type { Signing } from "../values/signing.ts";
import type { BuildSecret } from "./image-dockerfile.ts";
import type { PulledImage } from "./pulled-image.ts";
import type { IRepository } from "./registry.ts";

/** What a `BuiltImage` takes. */
export interface BuiltImageProps {
  /**
   * The directory to build, relative to the working directory, or a context that is kept elsewhere and pinned; its ignore
   * file counts. What is kept elsewhere is fetched and built by a step of the apply with `docker buildx`, whose machine
   * needs git for a repository, curl and tar for an archive.
   */
  readonly context: string | RemoteContext;
  /**
   * The Dockerfile: its path relative to the context, or one written in code. Of a context that is kept elsewhere only
   * the latter is read at synth.
   * @default "Dockerfile"
   */
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
  /**
   * Several platforms, in place of `platform`: one index is pushed, its digest runs, and each host takes its side of it.
   * Built by `docker buildx` and pushed from there; an engine that runs the image pulls it. The builder must
   * be able to: an engine with containerd's image store, or one made by `docker buildx create`.
   * @default - one image, for `platform`
   */
  readonly platforms?: readonly Platform[];
  /**
   * Where the builder finds the layers of earlier builds, and where it leaves those of this one.
   * @default - what the builder itself remembers
   */
  readonly cache?: BuildCaches;
  /** The builder, by the name that `docker buildx create` gave it. @default - the one that the machine uses */
  readonly builder?: string;
  /** Keys that `RUN --mount=type=ssh` steps log in with; none gets into a layer. @default - none */
  readonly ssh?: readonly BuildSsh[];
  /** The network of `RUN` steps: `none`, or `host` for that of the builder's machine. @default "default" */
  readonly network?: "default" | "none" | "host";
  /**
   * Attests how the image was built. Why not always: what is attested has the time in it, so that two builds of one
   * content would never have one digest.
   * @default false
   */
  readonly provenance?: boolean;
  /**
   * Attests what is in the image, a list of its packages, by `docker/buildkit-syft-scanner`, which the builder pulls.
   * @default false
   */
  readonly sbom?: boolean;
  /** Builds every step anew instead of reusing layers. @default false */
  readonly noCache?: boolean;
  /** Images that the Dockerfile builds upon and that need a login or a pull of their own first. @default - none */
  readonly privateBaseImages?: readonly PulledImage[];
  /** Severities of what the Dockerfile is warned about, by rule; `false` for no findings. @default - each rule's own */
  readonly lint?: LintOptions | false;
  /** Secrets that `RUN --mount=type=secret` steps see and no layer keeps. @default - none */
  readonly secrets?: readonly BuildSecret[];
  /**
   * Signs the digest that was pushed, once, by a step of the apply before any host is told of it: what a host with
   * `requireSignature` asks for, and `cosign verify` accepts.
   * @default - it is not signed
   */
  readonly sign?: Signing;
}

/** Caches of a build. */
export interface BuildCaches {
  /** @default - none */
  readonly from?: readonly BuildCache[];
  /** @default - none */
  readonly to?: readonly BuildCache[];
}

/** What a build step that mounts ssh logs in with: the agent of the machine that deploys, or a key's file. */
export interface BuildSsh {
  /** The id by which `RUN --mount=type=ssh,id=…` asks for it; `default` where it names none. */
  readonly id: string;
  /** A private key outside the build context, relative to the working directory. @default - the agent, SSH_AUTH_SOCK */
  readonly file?: string;
}

const BUILT_IMAGE_PROPS: OptionNames<BuiltImageProps> = {
  context: true,
  dockerfile: true,
  repository: true,
  version: true,
  releasedVersions: true,
  args: true,
  target: true,
  labels: true,
  platform: true,
  platforms: true,
  cache: true,
  builder: true,
  ssh: true,
  network: true,
  provenance: true,
  sbom: true,
  noCache: true,
  privateBaseImages: true,
  lint: true,
  secrets: true,
  sign: true,
};

/** @throws {ConstructError} for a property that a `BuiltImage` does not read */
export function knownImageProps(scope: IConstruct, props: BuiltImageProps): void {
  if (Object.hasOwn(props, "squash")) {
    const problem =
      "is what only Docker's builder of before BuildKit did: copy what runs into a last stage (COPY --from), whose image has nothing of the stages before it";
    throw new ConstructError(scope, "squash", problem);
  }
  knownProps(scope, props, BUILT_IMAGE_PROPS);
}

/** OCI's own annotations as labels. `created` and `revision` are left out: they would make every build a new content. */
export function annotations(props: BuiltImageProps): Record<string, string> {
  return {
    "org.opencontainers.image.title": props.repository.path,
    ...(props.version === undefined ? {} : { "org.opencontainers.image.version": props.version }),
  };
}
