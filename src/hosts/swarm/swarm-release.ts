import { Construct } from "constructs";
import { DockerEngine } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { lateText, lateValue, waitLate } from "../../terraform/late.ts";
import { templateText } from "../../terraform/template-text.ts";
import { VerifiedStep } from "../../terraform/verified-step.ts";
import type { SwarmConfig } from "./swarm-config.ts";
import { swarmScript } from "./swarm-place.ts";
import type { SwarmService } from "./swarm-service.ts";

/** Services of the swarm by the names that people know; asked when everything is declared. */
export type NamedServices = () => ReadonlyMap<string, SwarmService>;

/** What a {@link SwarmRelease} takes. The functions are asked at synth, when every service and site is declared. */
export interface SwarmReleaseProps {
  /** Those that it waits for. */
  readonly services: NamedServices;
  /** What else makes it look again. @default - nothing */
  readonly also?: NamedServices;
  readonly configs: () => readonly SwarmConfig[];
  /**
   * Names of secrets, and of networks with their ids, that are in use: what else the host has goes at the end.
   * @default - nothing goes, for others come after it
   */
  readonly kept?: () => readonly string[];
  readonly dependsOn?: readonly TerraformDependency[];
  readonly deadlineSeconds: number;
}

/** The step of the apply that waits until the swarm serves what is declared, and fails where it went back. */
export class SwarmRelease extends Construct {
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, props: SwarmReleaseProps) {
    super(scope, id);
    const { services, also = () => new Map(), configs, kept, dependsOn = [], deadlineSeconds } = props;
    const each = () => sorted(services());
    const all = () => sorted(new Map([...services(), ...also()]));
    const step = new VerifiedStep(this, "Wait", {
      command: `sh ${swarmScript(this, "release.sh")}`,
      triggers: {
        services: lateValue(() => Object.fromEntries(all().map(([name, { spec }]) => [name, spec]))),
        replicas: lateValue(() => Object.fromEntries(all().map(([name, { scale }]) => [name, scale]))),
        // so that the configs of before outlive the step: a service that goes back needs its own
        configs: lateValue(() => configs().map((config) => config.id)),
      },
      environment: {
        SLIPWAY_HOST: templateText(scope.node.path),
        SLIPWAY_SERVICES: lateText(() =>
          each()
            .map(([name, { resource, spec }]) => `${[name, resource.name, spec].join("\t")}\n`)
            .join(""),
        ),
        SLIPWAY_DEADLINE: `${deadlineSeconds}`,
        ...(kept && { SLIPWAY_KEPT: lateText(() => kept().join("\n")) }),
        ...DockerEngine.of(scope).environment,
      },
      // Terraform would make all that it waits for twice, and of a service's name there is one in a swarm.
      createBeforeDestroy: false,
    });
    waitLate(step.run, () => [...dependsOn, ...each().map(([, { resource }]) => resource)]);
    this.ready = step.ready;
  }
}

function sorted(services: ReadonlyMap<string, SwarmService>): [string, SwarmService][] {
  return [...services].sort(([a], [b]) => (a < b ? -1 : 1));
}
