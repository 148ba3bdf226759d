import { TerraformResource, Token } from "cdktf";
import type { Construct } from "constructs";
import "./creation-stack.ts";
import type { TerraformDependency } from "./dependency.ts";

/** What a {@link Step} takes. */
export interface StepProps {
  /** Run by `sh -c` in the stack's folder; its failure fails the apply, and the next one runs it again. */
  readonly command: string;
  /** Of the command; values may be references and are shown in plans, so no secret belongs here. @default - Terraform's own */
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs the command again when any of these values changes. @default - once */
  readonly triggers?: Readonly<Record<string, unknown>>;
  /** @default - nothing */
  readonly dependsOn?: readonly TerraformDependency[];
  /**
   * Whether the command runs when the step is made, or when it is destroyed; then it may refer to nothing else.
   * @default "create"
   */
  readonly when?: "create" | "destroy";
  /**
   * Whether the step has to succeed before anything goes that it no longer refers to. Terraform then makes all that it
   * depends on anew before the old goes, which is no use where there cannot be two.
   * @default - true on create; Terraform skips the command of a destroy otherwise
   */
  readonly createBeforeDestroy?: boolean;
}

/**
 * A command as a step of the apply or the destroy, in Terraform's own `terraform_data`. Why not CDKTF's `DataResource`:
 * each of those starts `terraform version` at synth, 48 ms a piece, and fails where there is no Terraform.
 *
 * @see https://developer.hashicorp.com/terraform/language/provisioners
 */
export class Step extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: StepProps,
  ) {
    const { command, environment, dependsOn, when = "create", createBeforeDestroy = when === "create" } = props;
    super(scope, id, {
      terraformResourceType: "terraform_data",
      dependsOn: dependsOn && [...dependsOn],
      lifecycle: createBeforeDestroy ? { createBeforeDestroy: true } : undefined,
      provisioners: [
        {
          type: "local-exec",
          command,
          interpreter: ["/bin/sh", "-c"],
          environment: environment as Record<string, string> | undefined,
          when: when === "destroy" ? "destroy" : undefined,
        },
      ],
    });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    const { triggers } = this.props;
    return triggers === undefined ? {} : { triggers_replace: Token.asAny(triggers) };
  }
}
