import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { TriggerValue } from "../../terraform/trigger-value.ts";
import type { Platform } from "../../values/platform.ts";
import type { DataVolume } from "./data-volume.ts";
import type { ElasticIp } from "./elastic-ip.ts";
import type { HostRole } from "./host-role.ts";
import type { NanoHostProps } from "./nano-host-props.ts";
import type { NanoHostSettings } from "./nano-host-settings.ts";

/** What a {@link NanoInstance} takes. */
export interface NanoInstanceProps {
  readonly declared: NanoHostSettings;
  readonly props: NanoHostProps;
  readonly role: HostRole;
  readonly address: ElasticIp;
  readonly dataVolume?: DataVolume;
  readonly tags: Readonly<Record<string, string>>;
  readonly dependsOn: TerraformDependency[];
}

/**
 * The EC2 instance of a host: no key pair, metadata by session only and not for containers, an encrypted disk. What it
 * boots with stands in its user data; no release is part of it.
 */
export class NanoInstance extends Construct {
  /** A reference. */
  readonly instanceId: string;

  constructor(scope: Construct, id: string, from: NanoInstanceProps) {
    super(scope, id);
    const { declared, props, role, address, dataVolume, tags, dependsOn } = from;
    const { type, machineImage, userData, volumeGiB } = declared;
    const { userDataReplaceOnChange = true } = props;
    const isUsualImage = props.machineImage === undefined;
    const ignored = [
      ...(isUsualImage ? ["ami"] : []),
      ...(userDataReplaceOnChange ? [] : ["user_data_base64", "user_data"]),
    ];
    const replacedBy = [
      ...(dataVolume ? [dataVolume.identity.address] : []),
      ...(isUsualImage ? [this.remembered(type.platform)] : []),
    ];
    const lifecycle = {
      ...(ignored.length === 0 ? {} : { ignoreChanges: ignored }),
      ...(replacedBy.length === 0 ? {} : { replaceTriggeredBy: replacedBy }),
    };
    const instance = new Instance(this, "Resource", {
      ami: machineImage.idFor(this, type.platform),
      instanceType: type.name,
      iamInstanceProfile: role.profileName,
      networkInterface: [{ deviceIndex: 0, networkInterfaceId: address.interfaceId }],
      userDataBase64: userData.base64,
      userDataReplaceOnChange,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { volumeType: "gp3", volumeSize: volumeGiB, encrypted: true, deleteOnTermination: true, tags },
      creditSpecification: type.isBurstable ? { cpuCredits: props.cpuCredits ?? "unlimited" } : undefined,
      ebsOptimized: type.isEbsOptimized ? true : undefined,
      monitoring: props.detailedMonitoring ? true : undefined,
      tags,
      lifecycle: Object.keys(lifecycle).length === 0 ? undefined : lifecycle,
      dependsOn,
    });
    this.instanceId = instance.id;
  }

  /** Why: EC2 would stop the instance to give it a type of another platform, and refuse that only then. */
  private remembered(platform: Platform): string {
    return new TriggerValue(this, "Platform", `${platform}`).address;
  }
}
