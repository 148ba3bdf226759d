import { Construct } from "constructs";
import type { TerraformDependency } from "../../../terraform/dependency.ts";
import { VerifiedStep } from "../../../terraform/verified-step.ts";
import type { AwsAccount } from "../../aws-account.ts";
import { stagedPart, stagedScript } from "../../staged-script.ts";
import type { FleetHost } from "./fleet-host.ts";

/** What a {@link FleetCanary} takes. */
export interface FleetCanaryProps {
  readonly account: AwsAccount;
  readonly host: FleetHost;
  /** The paths of the hosts that are told after it. */
  readonly next: readonly string[];
  readonly seconds: number;
}

/**
 * The pause after the first host of a fleet serves a release, and the look at it before the others hear of that. Why a look
 * and no pause alone: what gets healthy and falls over after a minute is then on one host of several.
 */
export class FleetCanary extends Construct {
  /** What must have happened before the others are told. */
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { account, host, next, seconds }: FleetCanaryProps) {
    super(scope, id);
    const script = stagedScript(this, "nano/fleet/canary.sh", `${seconds}`);
    const step = new VerifiedStep(this, "Step", {
      command: script.command,
      verifyCommand: stagedScript(this, "nano/fleet/canary.sh", "0").command,
      triggers: { version: host.releaseVersion },
      environment: {
        ...account.deployerEnvironment,
        ...script.environment,
        SLIPWAY_RUN_COMMAND: stagedPart(this, "nano/run-command.sh"),
        SLIPWAY_TELL: stagedPart(this, "nano/tell.sh"),
        SLIPWAY_HOST: host.node.path,
        SLIPWAY_INSTANCE: host.instanceId,
        SLIPWAY_DOCUMENT: host.documentName,
        SLIPWAY_NEXT: next.join(", "),
      },
      dependsOn: host.ready,
      createBeforeDestroy: false,
    });
    this.ready = step.ready;
  }
}
