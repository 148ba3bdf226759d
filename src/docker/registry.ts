import type { IConstruct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import type { ImagePush } from "./image-push.ts";
import type { PullAccess } from "./pull-access.ts";

/**
 * A place that keeps images, reached at one address. Why an interface: who runs it (Docker Hub, us, AWS) must not
 * matter to whoever pushes, pulls or serves.
 */
export interface IRegistry extends IConstruct {
  /** `host` or `host:port` as an image reference spells it; a literal, because it enters names and provider blocks. */
  readonly address: string;
  /**
   * Scheme, host and port that pushes and logins go to, e.g. `http://localhost:5001`. Why apart from the address:
   * Docker Hub is `docker.io` in names and `https://registry-1.docker.io` on the wire.
   */
  readonly endpoint: string;
  /** What must exist before the first push or pull; empty for a registry that somebody else runs. */
  readonly ready: TerraformDependency[];
  /** The repository at `path` in this registry, e.g. `team/netflix-movie-catalog`. */
  repository(path: string): IRepository;
}

/** One image name in one registry, without tag or digest. */
export interface IRepository {
  readonly registry: IRegistry;
  /** The path below the registry's address, e.g. `library/python`; a literal. */
  readonly path: string;
  /** `address/path` as a pull spells it; may be a token. */
  readonly uri: string;
  readonly pullAccess: PullAccess;
  /** What must exist before the first push to this repository. */
  readonly ready: TerraformDependency[];
  /**
   * Pushes by steps of its own and returns the digest, a reference. For a repository where the provider's push cannot
   * tell what is there already.
   * @default - the provider pushes
   */
  push?(push: ImagePush): string;
  /**
   * Changes when the repository is another one under its name, so that its images are pushed again.
   * @default - it never is
   */
  readonly identity?: string;
  /**
   * Told that `image`, by digest, is copied into it: for a repository that says what its deployer must be allowed to do.
   * @default - it says nothing of the kind
   */
  copiesFrom?(image: string): void;
  /**
   * Told that images in it are signed by a key of AWS KMS, by a step of `scope`: what the step's environment needs for that.
   * @default - the credentials that the aws command finds
   */
  signedByKms?(scope: IConstruct, keyArn: string): Record<string, string>;
}
