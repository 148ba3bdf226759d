import { type ITerraformDependable, TerraformResource, Token } from "cdktf";
import type { Construct } from "constructs";
import { dependencies, withoutCreationStack } from "./template-text.ts";

/** What {@link TerraformData} takes. */
export interface TerraformDataProps {
  /** Replaces the resource, and runs `command` again, when any of these values changes. */
  readonly triggers: Readonly<Record<string, unknown>>;
  /** Run by `sh -c` when the resource is created; its failure fails the apply and it runs again in the next. */
  readonly command: string;
  /** Environment of the command; values may be tokens and are shown in plans, so no secret belongs here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Whether the step has to succeed before anything goes that it no longer refers to. Terraform then makes all that it
   * depends on anew before the old goes, which is no use where there cannot be two.
   * @default true
   */
  readonly createBeforeDestroy?: boolean;
}

/**
 * A step of the apply, as Terraform's own `terraform_data`. Why not CDKTF's `DataResource`: each of those starts
 * `terraform version` at synth, 48 ms a piece, and fails where there is no Terraform.
 */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TerraformDataProps,
  ) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      dependsOn: props.dependsOn && dependencies(props.dependsOn),
      lifecycle: (props.createBeforeDestroy ?? true) ? { createBeforeDestroy: true } : undefined,
      provisioners: [
        {
          type: "local-exec",
          command: props.command,
          interpreter: ["/bin/sh", "-c"],
          environment: props.environment as Record<string, string>,
        },
      ],
    });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: withoutCreationStack(() => Token.asAny(this.props.triggers)) };
  }
}
