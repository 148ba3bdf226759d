import type { Network } from "@cdktf/provider-docker/lib/network";
import {
  Service as DockerService,
  type ServiceEndpointSpecPorts,
  type ServiceMode,
  type ServiceTaskSpec,
  type ServiceTaskSpecContainerSpec,
} from "@cdktf/provider-docker/lib/service";
import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { labelBlocks, ownershipLabels } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { specDigest } from "../../terraform/spec-digest.ts";
import { SWARM_SPEC_LABEL } from "../../values/engine-label.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import type { Platform } from "../../values/platform.ts";
import { goDuration } from "./go-duration.ts";

/** What the name of a host in DNS may have. */
const LONGEST_NAME = 63;

/** Seconds in which a task that got healthy and fails all the same counts against its version. */
const MONITOR_SECONDS = 5;

/** What a {@link SwarmService} takes. */
export interface SwarmServiceProps {
  /** The service's name in the swarm, and in the DNS of its network. */
  readonly name: string;
  readonly container: Omit<ServiceTaskSpecContainerSpec, "stopGracePeriod">;
  /** Of the service, not of its tasks. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds that a task may take to end. */
  readonly graceSeconds: number;
  readonly resources: ServiceTaskSpec["resources"];
  readonly mode: ServiceMode;
  readonly order: "start-first" | "stop-first";
  readonly placement: readonly string[];
  readonly platform?: Platform;
  readonly network: Network;
  /** @default - none */
  readonly ports?: readonly ServiceEndpointSpecPorts[];
  readonly dependsOn: TerraformDependency[];
}

/**
 * A service of the swarm. It is rolled one task after the other, and back where one fails.
 *
 * Why by DNS and not by a virtual address: that needs IPVS, which not every kernel has, and ends connections that idle for
 * fifteen minutes. Why no `converge_config`: its error says nothing of the task's reason or log, it does not know global
 * services, and it would wait for one service after the other; `release.sh` waits for all.
 */
export class SwarmService extends Construct {
  /** 16 digits of what its tasks are made of; a reference. */
  readonly spec: string;
  /** How many tasks it is to have, in words. */
  readonly scale: string;
  /** Seconds that a task may take to end. */
  readonly graceSeconds: number;
  readonly resource: DockerService;

  /** @throws InvalidValueError for a name that DNS does not take */
  constructor(scope: Construct, id: string, props: SwarmServiceProps) {
    super(scope, id);
    const { name, network, order, placement, platform } = props;
    this.graceSeconds = props.graceSeconds;
    this.scale = props.mode.replicated ? `${props.mode.replicated.replicas}` : "one a node";
    if (name.length > LONGEST_NAME) {
      const rule = `must have at most ${LONGEST_NAME} characters, stack and host included`;
      throw new InvalidValueError({ subject: "name of a service of the swarm", rule, got: name });
    }
    const container = {
      ...props.container,
      stopGracePeriod: goDuration(props.graceSeconds),
    };
    const task: ServiceTaskSpec = {
      containerSpec: container,
      resources: props.resources,
      restartPolicy: { condition: "any", delay: "5s", maxAttempts: 0, window: "0s" },
      placement: { constraints: [...placement, ...constraintsOf(platform)].sort() },
      networksAdvanced: [{ name: network.id }],
      logDriver: { name: "json-file", options: { "max-file": "3", "max-size": "10m" } },
    };
    const made = new TerraformLocal(this, "Task", { ...task });
    this.spec = specDigest(`local.${made.friendlyUniqueId}`);
    const rolled = {
      parallelism: 1,
      delay: "0s",
      monitor: goDuration(MONITOR_SECONDS),
      maxFailureRatio: "0.0",
      order,
    };
    this.resource = new DockerService(this, "Resource", {
      name,
      labels: labelBlocks({ ...props.labels, ...ownershipLabels(scope), [SWARM_SPEC_LABEL]: this.spec }),
      taskSpec: { ...task, containerSpec: { ...container, labels: labelBlocks(ownershipLabels(scope)) } },
      mode: props.mode,
      updateConfig: { ...rolled, failureAction: "rollback" },
      rollbackConfig: { ...rolled, failureAction: "pause" },
      endpointSpec: { mode: "dnsrr", ports: props.ports && [...props.ports] },
      lifecycle: {
        // Versions of the provider call the network by other words when they read a service than when they make it, and
        // whoever makes a service is told by the registry for which platforms its image is.
        ignoreChanges: ["task_spec[0].networks_advanced", "task_spec[0].placement[0].platforms"],
        replaceTriggeredBy: [`${network.terraformResourceType}.${network.friendlyUniqueId}.id`],
      },
      dependsOn: props.dependsOn,
    });
  }
}

/** The words of the kernel for processors, which nodes are known by. */
const MACHINES: Readonly<Record<string, string>> = { amd64: "x86_64", arm64: "aarch64" };

function constraintsOf(platform: Platform | undefined): string[] {
  const machine = platform && MACHINES[platform.architecture];
  return platform ? [`node.platform.os==${platform.os}`, ...(machine ? [`node.platform.arch==${machine}`] : [])] : [];
}
