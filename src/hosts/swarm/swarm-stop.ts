import { Construct } from "constructs";
import { DockerEngine } from "../../docker/docker-engine.ts";
import { lateText, lateValue, waitLate } from "../../terraform/late.ts";
import { Step, type StepProps } from "../../terraform/step.ts";
import { templateText } from "../../terraform/template-text.ts";
import { swarmScript } from "./swarm-place.ts";
import type { SwarmService } from "./swarm-service.ts";

/**
 * Ends the tasks of services that Terraform removes next, which may take longer than the provider waits. Why two steps: one of
 * a destroy knows nothing but itself, and a service that is no longer declared has no step of its own.
 */
export class SwarmStop extends Construct {
  /** @param services all of the host, asked when everything is declared */
  constructor(scope: Construct, id: string, services: () => readonly SwarmService[]) {
    super(scope, id);
    const names = () =>
      services()
        .map(({ resource }) => resource.nameInput as string)
        .sort();
    const declared = lateText(() => names().join(" "));
    const told = {
      SLIPWAY_HOST: templateText(scope.node.path),
      ...DockerEngine.of(scope).environment,
      SLIPWAY_GRACE: lateText(() => `${Math.max(...services().map(({ graceSeconds }) => graceSeconds))}`),
    };
    const command = `sh ${swarmScript(this, "stop.sh")}`;
    const step = (name: string, props: Pick<StepProps, "triggers" | "environment">) =>
      waitLate(new Step(this, name, { command, when: "destroy", ...props }), () =>
        services().map(({ resource }) => resource),
      );
    step("Dropped", {
      triggers: { services: lateValue(names) },
      environment: {
        ...told,
        SLIPWAY_STOPPED: '${join(" ", self.triggers_replace.services)}',
        SLIPWAY_DECLARED: declared,
      },
    });
    step("All", { environment: { ...told, SLIPWAY_STOPPED: declared, SLIPWAY_DECLARED: "" } });
  }
}
