import { Construct } from "constructs";
import type { TerraformDependency } from "./dependency.ts";
import { Step, type StepProps } from "./step.ts";

/** What a {@link VerifiedStep} takes. */
export interface VerifiedStepProps extends Omit<StepProps, "when" | "triggers"> {
  /** Runs both commands again when any of these values changes. */
  readonly triggers: Readonly<Record<string, unknown>>;
  /** Run after `command`, to find that what it did is done, and to do it otherwise. @default - `command` once more */
  readonly verifyCommand?: string;
}

/**
 * A step of the apply, and a second one that verifies it. Why: Terraform records a step as done when the apply is killed
 * while it runs; the second is then still to be done in the next apply, and finds what is missing.
 */
export class VerifiedStep extends Construct {
  /** What must have happened before the step is done. */
  readonly ready: TerraformDependency[];
  /** The step itself, which whoever declares it may let wait for more. */
  readonly run: Step;

  constructor(scope: Construct, id: string, { verifyCommand, ...step }: VerifiedStepProps) {
    super(scope, id);
    this.run = new Step(this, "Resource", step);
    const verify = new Step(this, "Verify", { ...step, command: verifyCommand ?? step.command, dependsOn: [this.run] });
    this.ready = [this.run, verify];
  }
}
