import type { IImage } from "../../docker/image.ts";
import type { HostedContainer } from "../../hosts/hosted-container.ts";
import { isLoginMissing, requirePlatform } from "../../hosts/pull-rules.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { RegistryAddress } from "../../values/registry-address.ts";

const ECR = /^\d{12}\.dkr\.ecr\./;

/** A repository in ECR that a host pulls from. */
export interface EcrPull {
  readonly repositoryArn: string;
  /** The address of its registry. */
  readonly address: string;
}

/** Where in ECR the image is pulled from, if it is. */
export function ecrPullOf({ repository: { pullAccess, registry } }: IImage): EcrPull | undefined {
  if (pullAccess.kind !== "aws-iam") return undefined;
  return { repositoryArn: pullAccess.repositoryArn, address: registry.address };
}

/** Where in ECR the images of `containers` are pulled from, of those that are. */
export function ecrPullsOf(containers: readonly HostedContainer[]): EcrPull[] {
  return containers.flatMap(({ image }) => ecrPullOf(image) ?? []);
}

/** @throws {ConstructError} when a nano host cannot pull or run the image of `container` */
export function requirePullable(container: HostedContainer): void {
  const { image } = container;
  const { pullAccess, registry, uri } = image.repository;
  const refuse = (problem: string): never => {
    throw new ConstructError(container, "image", problem);
  };
  requirePlatform(container);
  if (ECR.test(registry.address) && pullAccess.kind !== "aws-iam") {
    refuse(
      `${uri} is in ECR, and nothing says that the host may pull it: give the image its repository, e.g. EcrRepository.fromName`,
    );
  }
  if (isLoginMissing(image)) {
    refuse(
      `${uri} needs a login: give its registry, or the PulledImage, a pullLogin, push it to ECR, or let everybody pull it`,
    );
  }
  if (RegistryAddress.parse(registry.address).isLoopback) {
    refuse(
      `${uri} is on the deploying machine's own ${registry.address}, where a nano host finds nothing: push it to ECR, or to a registry with a name`,
    );
  }
}
