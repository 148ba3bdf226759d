import { createHash } from "node:crypto";
import { DataDockerNetwork } from "@cdktf/provider-docker/lib/data-docker-network";
import type { ServiceTaskSpecContainerSpecSecrets } from "@cdktf/provider-docker/lib/service";
import { Construct } from "constructs";
import { DockerEngine } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { refuseTrackedSecret, secretPlace } from "../../terraform/deployer-secret.ts";
import { templateText } from "../../terraform/template-text.ts";
import { VerifiedStep } from "../../terraform/verified-step.ts";
import type { SecretSource } from "../../values/secret-source.ts";
import { SECRET_VALUE } from "../secret-value.ts";
import { nameOnSwarm } from "./name-on-swarm.ts";
import { type SwarmPlace, swarmScript } from "./swarm-place.ts";

/** A secret, and where tasks see it: a name in `/run/secrets`, or an absolute path. */
export interface SwarmSecret {
  readonly file: string;
  /** The option that declares it. */
  readonly property: string;
  readonly source: SecretSource;
}

/** What {@link SwarmSecrets} take. */
export interface SwarmSecretsProps {
  readonly place: SwarmPlace;
  readonly secrets: readonly SwarmSecret[];
}

/**
 * The secrets of one service in the swarm's own store, which a step of the apply puts there from the deployer's machine:
 * another secret or version is another secret of the swarm, and what served before keeps its own.
 *
 * Why a step: the provider's resource keeps the value in Terraform's state. Why a network: a service must name secrets by
 * ids that the swarm makes up, and of all that the provider reads from a swarm only the options of a network can carry
 * them. Nothing is ever connected to it.
 */
export class SwarmSecrets extends Construct {
  /** As a service refers to them. */
  readonly references: readonly ServiceTaskSpecContainerSpecSecrets[];
  /** What of the swarm is theirs: all else of the host is cleared once a release is done. */
  readonly kept: readonly string[];
  readonly ready: TerraformDependency[];

  /** @throws {ConstructError} for a file of a secret that git keeps */
  constructor(scope: Construct, id: string, { place, secrets }: SwarmSecretsProps) {
    super(scope, id);
    for (const { property, source } of secrets) refuseTrackedSecret(scope, property, source);
    const engine = DockerEngine.of(this);
    const base = engine.nameFor(scope);
    const named = secrets.map((secret) => ({ ...secret, name: secretName(base, secret) }));
    const carrier = nameOnSwarm(`${base}-secrets-${digestOf(named.map(({ name }) => name))}`);
    const command = `sh ${swarmScript(this, "secrets.sh", [SECRET_VALUE])}`;
    const lines = named.map(({ name, source }) => [name, ...secretPlace(this, source)].join("\t"));
    const step = new VerifiedStep(this, "Create", {
      command,
      verifyCommand: `${command} verify`,
      triggers: { names: named.map(({ name }) => name) },
      environment: {
        SLIPWAY_HOST: templateText(place.host.node.path),
        SLIPWAY_SERVICE: templateText(scope.node.path),
        SLIPWAY_IDS: carrier,
        SLIPWAY_SECRETS: templateText(lines.join("\n")),
        ...engine.environment,
      },
      dependsOn: [place.look],
    });
    const ids = new DataDockerNetwork(this, "Ids", { name: carrier, dependsOn: step.ready });
    this.references = named.map(({ name, file }) => ({
      secretId: ids.options.lookup(name),
      secretName: name,
      fileName: file,
    }));
    this.kept = [carrier, ...named.map(({ name }) => name)];
    this.ready = step.ready;
  }
}

/** What the secret is called, its version, and a digest, for a name and a version may be said of another file, too. */
function secretName(base: string, { file, source }: SwarmSecret): string {
  const word = file.replace(/^.*\//, "").replace(/[^A-Za-z0-9_.-]/g, "-");
  const version = source.version?.replace(/[^A-Za-z0-9_.-]/g, "-").slice(0, 12) ?? "1";
  return `${nameOnSwarm(`${base}-${word}`)}-${version}-${digestOf([file, source])}`;
}

function digestOf(what: unknown): string {
  return createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 8);
}
