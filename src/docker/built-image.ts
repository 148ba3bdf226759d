import { Construct } from "constructs";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { constructId, requireLiteral, requireTextMap } from "../terraform/literal.ts";
import { perStack } from "../terraform/per-stack.ts";
import { stackOf } from "../terraform/stack-of.ts";
import type { Platform } from "../values/platform.ts";
import { SemanticVersion } from "../values/semantic-version.ts";
import { type BuildOptions, readBuildOptions } from "./build-options.ts";
import { annotations, type BuiltImageProps, knownImageProps } from "./built-image-props.ts";
import type { DeclaredBuild } from "./declared-build.ts";
import { IMAGE, REPOSITORY, requireKind, requireKinds } from "./declared-kind.ts";
import { CONTENT_LABEL, DockerEngine, ownershipLabels, STACK_LABEL } from "./docker-engine.ts";
import { type IImage, platformsOf } from "./image.ts";
import { contextName, type ImageContext, openImageContext } from "./image-context.ts";
import { readImageDockerfile, unreadDockerfile } from "./image-dockerfile.ts";
import { checkSigning, signImage } from "./image-signature.ts";
import { buildByProvider } from "./provider-build.ts";
import { pullLoginOf } from "./pull-login.ts";
import type { IRepository } from "./registry.ts";

/** Who pushes what, by repository and tag. */
const pushedTags = perStack(() => new Map<string, BuiltImage>());

/**
 * A directory built into an image, pushed, and known by its digest: build, content tag, version tags and push as one
 * construct. Why the content names the image: a new content is a new name, so the old image stays until what runs it
 * is gone, nothing is rebuilt for a touched file, and the push is repeated exactly when there is something new.
 */
export class BuiltImage extends Construct implements IImage {
  readonly repository: IRepository;
  readonly contentId: string;
  readonly version?: string;
  readonly platform?: Platform;
  readonly platforms?: readonly Platform[];
  readonly reference: string;
  readonly exposedPorts: readonly number[];
  readonly declaredVolumes: readonly string[];
  /** The images that the pipeline depends on, as the Dockerfile names them. */
  readonly baseImages: readonly string[];
  /** The tags that the push leaves in the repository, the content's own first. */
  readonly tags: readonly string[];
  /** What must have happened before it is signed, where it is. */
  readonly ready?: TerraformDependency[];

  /** @throws {ConstructError} for a context, Dockerfile, version, label or secret that cannot be built as declared */
  constructor(scope: Construct, id: string, props: BuiltImageProps) {
    super(scope, constructId(scope, id));
    collectErrors([
      () => knownImageProps(this, props),
      () => requireKind(this, "repository", props.repository, REPOSITORY),
      () => requireKinds(this, "privateBaseImages", props.privateBaseImages ?? [], IMAGE),
      () => props.sign === undefined || checkSigning(this, props.sign),
    ]);
    this.repository = props.repository;
    this.version = props.version;
    const { options, context: opened, versionTags, args, target, labels: own } = this.checked(props);
    const { platforms } = options;
    if (platforms.length > 1) this.platforms = platforms;
    else this.platform = platforms[0];
    const { dockerfileText, hasIgnoreFile = true } = opened;
    const around = {
      args,
      secrets: (props.secrets ?? []).map(({ id }) => id),
      target,
      platforms,
      lint: props.lint === false ? false : { hasIgnoreFile, ...props.lint },
      loggedIn: (props.privateBaseImages ?? []).map((base) => base.repository.registry.address),
    } as const;
    const dockerfile =
      dockerfileText === undefined ? unreadDockerfile(this) : readImageDockerfile(this, dockerfileText, around);
    this.exposedPorts = dockerfile.exposedPorts;
    this.declaredVolumes = dockerfile.declaredVolumes;
    this.baseImages = dockerfile.baseImages;
    const { text } = dockerfile;
    const context = text === undefined || text === dockerfileText ? opened : opened.withDockerfileText(text);
    const labels = { ...annotations(props), ...own };
    const platform = platforms.length === 0 ? undefined : platforms.join(",");
    const { attestations } = options;
    this.contentId = atProperty(this, "context", () =>
      context.contentId({ args, labels, target, platform, attestations }),
    );
    this.tags = [`sha-${this.contentId}`, ...versionTags];
    this.checkTags();

    this.reference = this.declare(props, context, { args, labels, target, options });
    if (props.sign !== undefined) this.ready = signImage(this, props.sign, this);
    describe(this, "image", () => ({
      repository: this.repository.uri,
      pullLogin: pullLoginOf(this.repository),
      version: props.version,
      context: contextName(props.context),
      contentId: this.contentId,
      tags: this.tags,
      reference: this.reference,
      platforms: platformsOf(this).map((platform) => `${platform}`),
      baseImages: this.baseImages.map((name) => ({ name, digest: dockerfile.pins[name] })),
      exposedPorts: this.exposedPorts,
      target,
      secrets: (props.secrets ?? []).map(({ id }) => id),
      signedBy: props.sign?.toString(),
    }));
  }

  /** The build and the push, in this order; returns the reference by digest. */
  private declare(
    props: BuiltImageProps,
    context: ImageContext,
    { args, labels, target, options }: Pick<DeclaredBuild, "args" | "labels" | "target" | "options">,
  ): string {
    const { repository, contentId, tags } = this;
    const fixed = props.version === undefined ? 1 : 2;
    const build = options.buildx === undefined ? buildByProvider : loadBuildx().buildByBuildx;
    DockerEngine.of(this);
    const digest = build(this, {
      repository,
      contentId,
      ...context.stage(contentId),
      args,
      labels: {
        ...labels,
        [STACK_LABEL]: ownershipLabels(this)[STACK_LABEL] as string,
        [CONTENT_LABEL]: contentId,
      },
      target,
      options,
      noCache: props.noCache,
      secrets: props.secrets ?? [],
      bases: props.privateBaseImages ?? [],
      pushUri: `${new URL(repository.registry.endpoint).host}/${repository.path}`,
      fixedTags: tags.slice(0, fixed),
      mutableTags: tags.slice(fixed),
    });
    return `${repository.uri}@${digest}`;
  }

  private checked(props: BuiltImageProps) {
    let context: ImageContext | undefined;
    let versionTags: string[] = [];
    let target: string | undefined;
    let args: Readonly<Record<string, string>> = {};
    let labels: Readonly<Record<string, string>> = {};
    let options: BuildOptions | undefined;
    collectErrors([
      () => this.checkRepository(),
      () => {
        context = openImageContext(this, props);
      },
      () => {
        if (props.version === undefined) return;
        const version = atProperty(this, "version", () =>
          SemanticVersion.parse(requireLiteral(this, "version", props.version as string)),
        );
        const [tag = ""] = atProperty(this, "version", () => version.tags());
        const released = requireLiteral(this, "releasedVersions", props.releasedVersions);
        const moved = released ? atProperty(this, "releasedVersions", () => version.moves(released)) : [];
        versionTags = [...new Set([tag, ...moved])];
      },
      () => {
        options = readBuildOptions(this, props);
      },
      () => {
        target = requireLiteral(this, "target", props.target);
      },
      () => {
        args = requireTextMap(this, "args", requireLiteral(this, "args", props.args ?? {}));
      },
      () => {
        labels = requireTextMap(this, "labels", requireLiteral(this, "labels", props.labels ?? {}));
      },
    ]);
    return { options: options as BuildOptions, context: context as ImageContext, versionTags, target, args, labels };
  }

  /** Two contents under one tag: which one it means would be up to the order of their pushes, and every plan a change. */
  private checkTags(): void {
    const pushed = pushedTags(this);
    for (const tag of this.tags) {
      const name = `${this.repository.uri}:${tag}`;
      const other = pushed.get(name);
      if (other && other.contentId !== this.contentId) {
        throw new ConstructError(
          this,
          "version",
          `${tag} is what ${other.node.path} pushes to ${this.repository.uri} already, with another content: give each image a repository or a version of its own`,
        );
      }
      pushed.set(name, other ?? this);
    }
  }

  /** Why: to wait for what another stack makes, Terraform would have to read that stack's state, wherever it lies. */
  private checkRepository(): void {
    const { registry, uri, ready } = this.repository;
    if (ready.length === 0 || stackOf(registry) === stackOf(this)) return;
    const remedy = "declare the registry in this stack, or take it as one that exists (fromAddress, fromName)";
    throw new ConstructError(this, "repository", `${uri} is made by another stack, ${registry.node.path}: ${remedy}`);
  }
}

/** Loaded when an image needs it: most do not. */
function loadBuildx() {
  return require("./buildx-build") as typeof import("./buildx-build.ts");
}
