import { ConstructError } from "../../terraform/construct-error.ts";
import { RegistryAddress } from "../../values/registry-address.ts";
import { requireSecret } from "../declared-secret.ts";
import type { HostedContainer } from "../hosted-container.ts";
import { isLoginMissing, requirePlatform } from "../pull-rules.ts";
import { DEPLOYER_SECRET_KINDS } from "../secret.ts";

/** @throws {ConstructError} when a server cannot pull or run the image of `container` */
export function requireServerPull(container: HostedContainer): void {
  const { image, host } = container;
  const { pullAccess, registry, uri } = image.repository;
  const refuse = (problem: string): never => {
    throw new ConstructError(container, "image", problem);
  };
  requirePlatform(container);
  if (pullAccess.kind === "aws-iam") {
    refuse(
      `${uri} is in ECR, which lets in a role of AWS's alone, and the host ${host.node.path} has none: push it to a registry that takes a pullLogin, or run it on a NanoHost`,
    );
  }
  if (isLoginMissing(image)) {
    refuse(`${uri} needs a login: give its registry, or the PulledImage, a pullLogin, or let everybody pull it`);
  }
  if (RegistryAddress.parse(registry.address).isLoopback) {
    refuse(
      `${uri} is on the deploying machine's own ${registry.address}, where a server finds nothing: push it to a registry with a name`,
    );
  }
  if (pullAccess.kind === "secret") {
    requireSecret(container, host, "image", pullAccess.password, { secrets: DEPLOYER_SECRET_KINDS });
  }
}
