import { createHash } from "node:crypto";
import { Config } from "@cdktf/provider-docker/lib/config";
import type { ServiceTaskSpecContainerSpecConfigs } from "@cdktf/provider-docker/lib/service";
import type { Construct } from "constructs";
import { DockerEngine } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { lateText } from "../../terraform/late.ts";
import { requireLiteral } from "../../terraform/literal.ts";
import { nameOnSwarm } from "./name-on-swarm.ts";

/** What a {@link SwarmConfig} takes. */
export interface SwarmConfigProps {
  /** Where the tasks see it; an absolute path. */
  readonly file: string;
  /** Its text, asked when everything is declared; nobody may fill in a reference later. */
  readonly text: () => string;
  /** Whether it stays as it was first made, whatever its text is later. @default false */
  readonly once?: boolean;
  readonly dependsOn: TerraformDependency[];
}

/**
 * A text that tasks see as a file, in a config of the swarm. A config cannot be changed, so another text is another one,
 * beside the old until the release is done: what is rolled back needs the old. Its name has digits of its content, for
 * people, and of chance, because the way back to a text may meet the old config of that text.
 */
export class SwarmConfig {
  /** The id, which changes with the text; a reference. */
  readonly id: string;
  private readonly resource: Config;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SwarmConfigProps,
  ) {
    const { text, once, dependsOn } = props;
    const literal = () => requireLiteral(scope, id, text());
    const digest = () => createHash("sha256").update(literal()).digest("hex").slice(0, 12);
    const base = nameOnSwarm(`${DockerEngine.of(scope).nameFor(scope)}-${id.toLowerCase()}`);
    this.resource = new Config(scope, id, {
      name: `${base}-${lateText(digest)}-\${substr(uuid(), 0, 8)}`,
      data: lateText(() => Buffer.from(literal()).toString("base64")),
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["name", ...(once ? ["data"] : [])] },
      dependsOn,
    });
    this.id = this.resource.id;
  }

  /** It as a service refers to it. */
  get reference(): ServiceTaskSpecContainerSpecConfigs {
    return { configId: this.resource.id, configName: this.resource.name, fileName: this.props.file };
  }
}
