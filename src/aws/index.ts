/** Slipway's constructs for Amazon's cloud; apart from the rest, which then needs no AWS provider. */
export { AwsAccount, type AwsAccountProps, type AwsPlace } from "./aws-account.ts";
export { EcrRegistry, type EcrRegistryProps } from "./ecr-registry.ts";
export { EcrRepository, type EcrRepositoryOptions, type EcrRepositoryProps } from "./ecr-repository.ts";
export type { EcrPlace, IEcrRepository, IRole } from "./granting-repository.ts";
