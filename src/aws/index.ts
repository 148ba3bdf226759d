/// <reference types="node" preserve="true" />
/** Slipway's constructs for Amazon's cloud; apart from the rest, which then needs no AWS provider. */

import "./provider-installed.ts";

export type { RebootWindow } from "../host-agent/reboot-window.ts";
export { AwsAccount, type AwsAccountProps, type AwsEnvironment } from "./aws-account.ts";
export { EcrRegistry, type EcrRegistryProps } from "./ecr-registry.ts";
export { EcrRepository, type EcrRepositoryOptions, type EcrRepositoryProps } from "./ecr-repository.ts";
export type { IEcrRegistry, IEcrRepository, IRole } from "./ecr-repository-base.ts";
export type { CloudConfigFile } from "./nano/cloud-config.ts";
export type { DataVolumeOptions } from "./nano/data-volume-options.ts";
export { NanoFleet } from "./nano/fleet/nano-fleet.ts";
export type { FleetHostProps, NanoFleetProps } from "./nano/fleet/nano-fleet-props.ts";
export type { HostLogsOptions } from "./nano/host-logs-options.ts";
export { MachineImage } from "./nano/machine-image.ts";
export { NanoHost } from "./nano/nano-host.ts";
export type { NanoHostProps } from "./nano/nano-host-props.ts";
export type { OutboundRule } from "./nano/outbound-rule.ts";
export type { StatusAlarmOptions } from "./nano/status-alarm.ts";
export type { UnattendedRebootOptions } from "./nano/unattended-reboot.ts";
export type { UsageAlarmsOptions } from "./nano/usage-alarms.ts";
export type { HostSubnet } from "./nano/vpc-subnet.ts";
export {
  PromotableReleaseParameter,
  type PromotableReleaseParameterProps,
} from "./promotable-release-parameter.ts";
export { type S3BackendOptions, useS3Backend } from "./s3-state.ts";
export { Secret, type SecretOptions } from "./secret.ts";
