import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Construct } from "constructs";
import type { ContainerProps } from "../../docker/container.ts";
import { DockerEngine, labelBlocks, ownershipLabels } from "../../docker/docker-engine.ts";
import type { IVolume } from "../../docker/volume.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { refuseTrackedSecret, secretPlace } from "../../terraform/deployer-secret.ts";
import { stagedFile } from "../../terraform/staged-file.ts";
import { templateText } from "../../terraform/template-text.ts";
import { VerifiedStep } from "../../terraform/verified-step.ts";
import type { SecretSource } from "../../values/secret-source.ts";
import { sortedMap } from "../../values/sorted-map.ts";
import type { HostedContainer } from "../hosted-container.ts";
import { SECRET_VALUE } from "../secret-value.ts";

/** What {@link LocalSecrets} take. */
export interface LocalSecretsProps {
  /** By the name under which the service gets them. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** The id of an image with a shell in it; a reference. */
  readonly imageId: string;
}

const SCRIPTS = [SECRET_VALUE, join(__dirname, "fill-secrets.sh")];

/**
 * The volume with a service's secrets, each a file, which a step of the apply fills before the container starts. Why a
 * step: whatever a resource is given stands in Terraform's state. Why the declaration in the volume's name: another secret,
 * or another version of it, is another volume, and so another container, while the old one keeps its own until it goes; the
 * volume goes with the last container that has it. Why on the engine's disk: a volume in memory is empty once nothing has it.
 */
export class LocalSecrets extends Construct implements IVolume {
  readonly volumeName: string;
  readonly isReadOnly = true;
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { secrets, imageId }: LocalSecretsProps) {
    super(scope, id);
    const engine = DockerEngine.of(this);
    const declared = createHash("sha256").update(JSON.stringify(secrets)).digest("hex").slice(0, 8);
    const volume = new DockerVolume(this, "Volume", {
      name: `${engine.nameFor(this)}-${declared}`,
      labels: labelBlocks(ownershipLabels(this)),
    });
    const script = SCRIPTS.map((path) => readFileSync(path, "utf8")).join("\n");
    const command = `sh ${stagedFile(this, "fill-secrets.sh", script)}`;
    const lines = Object.entries(secrets).map(([name, source]) => [name, ...secretPlace(this, source)].join("\t"));
    const fill = new VerifiedStep(this, "Fill", {
      command,
      verifyCommand: `${command} verify`,
      // The id and not the name: it is unknown when the volume was lost, so that a new one is filled again.
      triggers: { volume: volume.id },
      environment: {
        SLIPWAY_SERVICE: scope.node.path,
        SLIPWAY_IMAGE: imageId,
        SLIPWAY_VOLUME: volume.name,
        SLIPWAY_SECRETS: templateText(lines.join("\n")),
        ...engine.environment,
      },
    });
    this.volumeName = volume.name;
    this.ready = fill.ready;
  }
}

/** What the container of `hosted` needs to see its secrets; nothing where it has none. @param imageId of an image with a shell in it */
export function secretsOf(hosted: HostedContainer, imageId: string): Pick<ContainerProps, "volumes" | "dependsOn"> {
  const sources = Object.entries(hosted.secrets).map(([name, { source }]) => [name, source] as const);
  for (const [name, source] of sources) refuseTrackedSecret(hosted, `secrets[${name}]`, source);
  if (sources.length === 0) return {};
  const secrets = new LocalSecrets(hosted, "Secrets", { secrets: sortedMap(Object.fromEntries(sources)), imageId });
  return { volumes: { "/run/secrets": secrets }, dependsOn: secrets.ready };
}
