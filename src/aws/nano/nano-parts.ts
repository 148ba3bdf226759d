import type { Construct } from "constructs";
import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import { owningStack } from "../../terraform/stack-of.ts";
import { templateMap } from "../../terraform/template-text.ts";
import type { AwsAccount } from "../aws-account.ts";
import { awsName } from "../aws-name.ts";
import { LONGEST_DOCUMENT_NAME } from "./agent-document.ts";
import { DataVolume } from "./data-volume.ts";
import { hostDeployerStatements } from "./deployer-policy.ts";
import { ElasticIp } from "./elastic-ip.ts";
import { Firewall } from "./firewall.ts";
import { HostLogs } from "./host-logs.ts";
import { logGroupOf } from "./host-logs-options.ts";
import { type HostPermissions, hostPolicy } from "./host-policy.ts";
import { HostRole } from "./host-role.ts";
import type { NanoHostProps } from "./nano-host-props.ts";
import type { NanoHostSettings } from "./nano-host-settings.ts";
import { NanoInstance } from "./nano-instance.ts";
import { NanoRelease } from "./nano-release.ts";
import { visitorsOf } from "./open-to.ts";
import type { RetainedImages } from "./retained-images.ts";
import { StatusAlarm } from "./status-alarm.ts";
import { UsageAlarms } from "./usage-alarms.ts";
import { VpcSubnet } from "./vpc-subnet.ts";

/** What {@link nanoParts} takes. */
export interface NanoPartsOptions {
  readonly account: AwsAccount;
  readonly props: NanoHostProps;
  readonly declared: NanoHostSettings;
  readonly parameterName: string;
  readonly images: RetainedImages;
  /** Asked at synth, when every service and site is declared; so are the permissions. */
  readonly manifest: () => ReleaseManifest;
  readonly permissions: () => Pick<HostPermissions, "repositoryArns" | "secrets" | "taskLedger" | "challenges">;
  /** The hosts that are told after it; asked at synth. */
  readonly next: () => readonly string[];
}

/** What a host is made of. */
export interface NanoParts {
  readonly firewall: Firewall;
  readonly address: ElasticIp;
  readonly role: HostRole;
  readonly dataVolume?: DataVolume;
  readonly instance: NanoInstance;
  readonly release: NanoRelease;
}

/** Makes the parts of a host, each below it and in the order in which they need each other. */
export function nanoParts(host: Construct, options: NanoPartsOptions): NanoParts {
  const { account, props, declared, parameterName, images, permissions, manifest, next } = options;
  const stack = owningStack(host).node.id;
  const documentName = awsName(host, LONGEST_DOCUMENT_NAME);
  const tags = templateMap({ Name: host.node.path, ...props.tags });
  const placement = new VpcSubnet(host, "VpcSubnet", {
    type: declared.type,
    subnet: props.subnet,
    zone: props.availabilityZone ?? (props.subnet ? undefined : props.dataVolume?.zone),
  });
  const firewall = new Firewall(host, "Firewall", {
    vpcId: placement.vpcId,
    outbound: props.outbound ?? [],
    visitors: visitorsOf(props.openTo, props.trustedProxies),
    tags,
  });
  const address = new ElasticIp(host, "ElasticIp", { placement, firewall, allocationId: props.elasticIp, tags });
  const inGivenSubnet = props.subnet !== undefined;
  const dataVolume =
    props.dataVolume &&
    new DataVolume(host, "DataVolume", {
      ...props.dataVolume,
      ...{ account, stack, subnetId: address.subnetId, inGivenSubnet, tags },
    });
  const logGroup = props.logs && logGroupOf(host, props.logs);
  const logs =
    logGroup === undefined ? [] : new HostLogs(host, "Logs", { ...props.logs, account, group: logGroup }).ready;
  const putsMetrics = props.usageAlarms !== undefined;
  const policy = () => hostPolicy(account, { parameterName, documentName, logGroup, putsMetrics, ...permissions() });
  const role = new HostRole(host, "Role", { account, policy });
  const dependsOn = [...role.ready, ...firewall.ready, ...address.ready, ...placement.ready];
  const made = { declared, props, role, address, dataVolume, tags, dependsOn };
  const instance = new NanoInstance(host, "Instance", made);
  const attached = dataVolume?.attachTo(instance.instanceId) ?? [];
  const release = new NanoRelease(host, "Release", {
    account,
    hostName: host.node.path,
    parameterName,
    documentName,
    instanceId: instance.instanceId,
    images,
    manifest,
    next,
    waitForRelease: props.waitForRelease ?? true,
    deadlineSeconds: declared.deadlineSeconds,
    dependsOn: [...role.ready, ...address.ready, ...attached, ...logs],
  });
  if (props.statusAlarm) new StatusAlarm(host, "Alarm", account, instance.instanceId, props.statusAlarm);
  if (props.usageAlarms) new UsageAlarms(host, "UsageAlarms", account, props.usageAlarms);
  account.addDeployerStatements(...hostDeployerStatements(account, stack));
  return { firewall, address, role, dataVolume, instance, release };
}
