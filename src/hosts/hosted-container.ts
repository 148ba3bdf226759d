import { Construct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { constructId } from "../terraform/literal.ts";
import { perStack } from "../terraform/per-stack.ts";
import type { IHost, ISecret, RunContainer } from "./host.ts";

/** Whatever the hosts of a stack run. */
export const runningIn = perStack(() => new Set<HostedContainer>());

/** A container of a host, whether it serves or runs to its end; whatever the host makes for it becomes its child. */
export abstract class HostedContainer extends Construct {
  readonly image: IImage;
  /** By the name under which the container gets them. */
  readonly secrets: Readonly<Record<string, ISecret>>;

  constructor(
    readonly host: IHost & Construct,
    id: string,
    options: RunContainer,
  ) {
    super(host, constructId(host, id));
    // what is missing is refused by whoever reads the options
    this.image = options?.image;
    this.secrets = options?.secrets ?? {};
    runningIn(this).add(this);
  }

  get ready(): TerraformDependency[] {
    return this.host.ready;
  }
}
