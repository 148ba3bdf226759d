import { Construct } from "constructs";
import { warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { isReference } from "../terraform/reference.ts";
import { isStrict } from "../terraform/strict-mode.ts";
import { ImageReference } from "../values/image-reference.ts";
import type { Platform } from "../values/platform.ts";
import { PLATFORM, REPOSITORY, requireKind } from "./declared-kind.ts";
import { type IImage, platformsOf } from "./image.ts";
import { Lockfile, lockKey } from "./lockfile.ts";
import type { PullAccess } from "./pull-access.ts";
import { type PullLogin, pullLoginAccess, pullLoginOf } from "./pull-login.ts";
import type { IRegistry, IRepository } from "./registry.ts";

/** What a {@link PulledImage} takes. */
export interface PulledImageProps {
  /** The image as people write it: `nginx:1.27`, `ghcr.io/owner/app:2@sha256:…`; a literal. */
  readonly image: string;
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** Whether a pull needs the deploying machine's `docker login`. @default false */
  readonly private?: boolean;
  /**
   * The login by which a `NanoHost` pulls it; a `LocalHost` uses the deployer's `docker login`. @default - as `private` says
   */
  readonly pullLogin?: PullLogin;
  /**
   * The repository that `image` names, where it is declared, e.g. `EcrRepository.fromName(…)`: hosts get in as it says.
   * @default - a registry of which nothing more is known
   */
  readonly repository?: IRepository;
}

/** Stands for the digest that a synth which collects what is to be pinned does not know: hosts take nothing without one. */
const UNKNOWN_DIGEST = `sha256:${"0".repeat(64)}`;

/**
 * An image that somebody else built, pinned by digest: by its own text, or by the lockfile. Why no resource of its
 * own: where it is pulled is the business of the host that runs it.
 */
export class PulledImage extends Construct implements IImage {
  readonly repository: IRepository;
  readonly platform?: Platform;
  readonly reference: string;
  /** The reference as declared, tag included, for people. */
  readonly declared: string;

  /** @throws {ConstructError} for a malformed reference, one that nothing pins, or a pin that disagrees with the lockfile */
  constructor(scope: Construct, id: string, props: PulledImageProps) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { image: true, platform: true, private: true, pullLogin: true, repository: true });
    if (props.platform !== undefined) requireKind(this, "platform", props.platform, PLATFORM);
    if (props.repository !== undefined) requireKind(this, "repository", props.repository, REPOSITORY);
    this.checkPullLogin(props);
    const reference = atProperty(this, "image", () => ImageReference.parse(requireLiteral(this, "image", props.image)));
    this.platform = props.platform;
    this.declared = reference.pullName;
    this.repository = props.repository ?? foreignRepository(this, reference, props);
    this.checkRepository(reference);
    const digest = this.pin(reference);
    this.reference = digest ? `${reference.name}@${digest}` : reference.pullName;
    describe(this, "image", () => ({
      repository: this.repository.uri,
      pullLogin: pullLoginOf(this.repository),
      declared: this.declared,
      reference: this.reference,
      platforms: platformsOf(this).map((platform) => `${platform}`),
    }));
  }

  private checkPullLogin({ pullLogin, private: isPrivate, repository }: PulledImageProps): void {
    if (pullLogin === undefined) return;
    const refuse = (remedy: string) => new ConstructError(this, "pullLogin", remedy);
    if (repository) throw refuse("is given beside repository, which says how hosts pull: declare it with the registry");
    if (isPrivate === false) throw refuse("is given, but private is false: leave out one of them");
  }

  private checkRepository({ name }: ImageReference): void {
    const { uri } = this.repository;
    if (uri === name || isReference(uri)) return;
    throw new ConstructError(this, "repository", `is ${uri}, but the image is in ${name}: let both name the same one`);
  }

  private pin(reference: ImageReference): string | undefined {
    const locked = reference.digest && !reference.tag ? undefined : Lockfile.read(this).digestOf(reference);
    if (reference.digest) {
      if (locked && locked !== reference.digest) {
        throw new ConstructError(
          this,
          "image",
          `is pinned to ${reference.digest}, but the lockfile says that ${lockKey(reference)} is ${locked}: drop the tag or the digest, or run npx slipway lock`,
        );
      }
      return reference.digest;
    }
    if (locked) return locked;
    if (Lockfile.collecting) return UNKNOWN_DIGEST;
    const problem = `nothing pins ${lockKey(reference)} to a digest: run npx slipway lock, or write ${reference.familiar}@sha256:…`;
    if (isStrict(this) ?? true) throw new ConstructError(this, "image", problem);
    warn(this, problem);
    return undefined;
  }
}

function foreignRepository(
  image: Construct,
  reference: ImageReference,
  { private: isPrivate = false, pullLogin }: PulledImageProps,
): IRepository {
  const registry = new ForeignRegistry(image, "Registry", reference.domain);
  const address = new URL(registry.endpoint).host;
  const pullAccess: PullAccess = pullLogin
    ? pullLoginAccess(image, address, pullLogin)
    : isPrivate
      ? { kind: "docker-config", address }
      : { kind: "anonymous" };
  return { registry, path: reference.path, uri: reference.name, pullAccess, ready: [] };
}

/** The registry that a reference names, of which nothing more is known. */
class ForeignRegistry extends Construct implements IRegistry {
  readonly endpoint: string;
  readonly ready: TerraformDependency[] = [];

  constructor(
    scope: Construct,
    id: string,
    readonly address: string,
  ) {
    super(scope, id);
    this.endpoint = address === "docker.io" ? "https://registry-1.docker.io" : `https://${address}`;
  }

  repository(path: string): IRepository {
    return { registry: this, path, uri: `${this.address}/${path}`, pullAccess: { kind: "anonymous" }, ready: [] };
  }
}
