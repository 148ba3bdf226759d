import { Construct } from "constructs";
import { DockerEngine } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { lateText, lateValue, waitLate } from "../../terraform/late.ts";
import { Step } from "../../terraform/step.ts";
import { templateText } from "../../terraform/template-text.ts";
import { VerifiedStep } from "../../terraform/verified-step.ts";
import type { SwarmConfig } from "./swarm-config.ts";
import { swarmScript } from "./swarm-place.ts";
import type { SwarmService } from "./swarm-service.ts";

/** What a {@link SwarmRelease} takes. The functions are asked at synth, when every service and site is declared. */
export interface SwarmReleaseProps {
  /** The services of the swarm by the names that people know, and Nginx. */
  readonly services: () => ReadonlyMap<string, SwarmService>;
  readonly configs: () => readonly SwarmConfig[];
  /** Names of secrets, and of networks with their ids, that are in use. */
  readonly kept: () => readonly string[];
  readonly deadlineSeconds: number;
}

/** The step of the apply that waits until the swarm serves what is declared, and fails where it went back. */
export class SwarmRelease extends Construct {
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { services, configs, kept, deadlineSeconds }: SwarmReleaseProps) {
    super(scope, id);
    const each = () => [...services()].sort(([a], [b]) => (a < b ? -1 : 1));
    const step = new VerifiedStep(this, "Wait", {
      command: `sh ${swarmScript(this, "release.sh")}`,
      triggers: {
        services: lateValue(() => Object.fromEntries(each().map(([name, { spec }]) => [name, spec]))),
        replicas: lateValue(() => Object.fromEntries(each().map(([name, { scale }]) => [name, scale]))),
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
        SLIPWAY_KEPT: lateText(() => kept().join("\n")),
        ...DockerEngine.of(scope).environment,
      },
      // Terraform would make all that it waits for twice, and of a service's name there is one in a swarm.
      createBeforeDestroy: false,
    });
    waitLate(step.run, () => each().map(([, { resource }]) => resource));
    this.ready = step.ready;
    this.stop(services, { SLIPWAY_HOST: templateText(scope.node.path), ...DockerEngine.of(scope).environment });
  }

  /** Why two steps: one of a destroy knows nothing but itself, and a service that is no longer declared has no step of its own. */
  private stop(services: SwarmReleaseProps["services"], environment: Record<string, string>): void {
    const names = () => [...services().values()].map(({ resource }) => resource.nameInput as string).sort();
    const declared = lateText(() => names().join(" "));
    const graces = () => [...services().values()].map(({ graceSeconds }) => graceSeconds);
    const common = {
      command: `sh ${swarmScript(this, "stop.sh")}`,
      when: "destroy",
    } as const;
    const told = { ...environment, SLIPWAY_GRACE: lateText(() => `${Math.max(...graces())}`) };
    const dropped = new Step(this, "Dropped", {
      ...common,
      triggers: { services: lateValue(names) },
      environment: {
        ...told,
        SLIPWAY_STOPPED: '${join(" ", self.triggers_replace.services)}',
        SLIPWAY_DECLARED: declared,
      },
    });
    const all = new Step(this, "All", {
      ...common,
      environment: { ...told, SLIPWAY_STOPPED: declared, SLIPWAY_DECLARED: "" },
    });
    for (const each of [dropped, all]) waitLate(each, () => [...services().values()].map(({ resource }) => resource));
  }
}
