/** Slipway's constructs for Amazon's cloud; apart from the rest, which then needs no AWS provider. */
export type { CloudConfigFile } from "../documents/cloud-config.ts";
export { AwsAccount, type AwsAccountProps, type AwsPlace } from "./aws-account.ts";
export { EcrRegistry, type EcrRegistryProps } from "./ecr-registry.ts";
export { EcrRepository, type EcrRepositoryOptions, type EcrRepositoryProps } from "./ecr-repository.ts";
export type { EcrPlace, IEcrRepository, IRole } from "./granting-repository.ts";
export { MachineImage } from "./machine-image.ts";
export { NanoHost } from "./nano-host.ts";
export type { NanoHostProps } from "./nano-host-props.ts";
export type { NanoRunOptions } from "./nano-service.ts";
export type { OutboundRule } from "./outbound-rule.ts";
export type { HostSubnet } from "./placement.ts";
export { Secret, type SecretOptions } from "./secret.ts";
export type { StatusAlarmOptions } from "./status-alarm.ts";
