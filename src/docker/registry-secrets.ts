import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Fn, type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { withoutCreationStack } from "../terraform/creation-stack.ts";
import { stagedFile } from "../terraform/staged-file.ts";
import { templateText } from "../terraform/template-text.ts";
import { TerraformData } from "../terraform/terraform-data.ts";
import { DockerEngine } from "./docker-engine.ts";
import type { IImage } from "./image.ts";
import { labelBlocks, ownershipLabels } from "./labels.ts";
import type { RegistryCertificate } from "./registry-certificate.ts";
import type { RegistryLogin } from "./registry-login.ts";
import type { IVolume } from "./volume.ts";

/** What {@link RegistrySecrets} take. */
export interface RegistrySecretsProps {
  /** The registry's own image, whose shell writes the files. */
  readonly image: IImage;
  readonly certificate: RegistryCertificate;
  readonly login?: RegistryLogin;
  /** The name of the registry's container on the engine; asked at synth, when it is declared. */
  readonly containerName: () => string;
}

const SCRIPT = "registry-secrets.sh";
/** Where the registry sees the volume. */
export const SECRETS_PATH = "/etc/slipway";

/**
 * The volume with a registry's certificate, private key and htpasswd file, filled by a step of the apply.
 *
 * Why a step: whatever a resource is given (a container's `upload`, `env`, a generated hash) is kept in Terraform's
 * state, hash and all; what a provisioner is given is not, and it may be ephemeral. So bcrypt is computed while the
 * step runs, and its being different each time makes no plan differ. Why a volume and not files of the engine's
 * machine: it works with an engine elsewhere too, and nobody has to prepare that machine. The price: the deploying
 * machine needs the docker command, Terraform cannot see that somebody changed a file in the volume, and whoever
 * controls the engine can read it, as they can everything there.
 *
 * Why two resources of one script: an apply that is killed while the first one runs is recorded as done all the same;
 * the second then finds in the next apply that the volume is not filled, and fills it.
 */
export class RegistrySecrets extends Construct implements IVolume {
  readonly volumeName: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RegistrySecretsProps) {
    super(scope, id);
    const script = stagedFile(this, SCRIPT, readFileSync(join(__dirname, SCRIPT), "utf8"));
    const { volume, ready } = withoutCreationStack(() => this.declare(props, script));
    this.volumeName = volume.name;
    this.ready = ready;
  }

  private declare({ image, certificate, login, containerName }: RegistrySecretsProps, script: string) {
    const engine = DockerEngine.of(this);
    const volume = new DockerVolume(this, "Volume", {
      name: engine.nameFor(this),
      labels: labelBlocks(ownershipLabels(this)),
    });
    const shell = new DockerImage(this, "Image", {
      name: image.reference,
      keepLocally: true,
      platform: image.platform?.toString(),
      dependsOn: [...image.repository.ready],
    });
    const revision = `${certificate.digest} ${login?.passwordVersion ?? 0}`;
    const step = (confirm: boolean) => ({
      command: `sh ${script}`,
      // The volume's id and not its name: it is unknown when the volume was lost, so that a new one is filled again.
      triggers: { volume: volume.id, revision },
      environment: {
        SLIPWAY_REGISTRY: this.node.scope?.node.path ?? "",
        SLIPWAY_IMAGE: shell.imageId,
        SLIPWAY_VOLUME: volume.name,
        SLIPWAY_CONTAINER: Lazy.stringValue({ produce: containerName }),
        SLIPWAY_CERTIFICATE: templateText(certificate.certificatePath),
        SLIPWAY_KEY: templateText(certificate.keyPath),
        SLIPWAY_LOGIN: login ? `${login.username}:${Fn.bcrypt(login.password)}` : "",
        SLIPWAY_REVISION: revision,
        SLIPWAY_CONFIRM: confirm ? "1" : "0",
        ...(engine.host === undefined ? {} : { DOCKER_HOST: engine.host }),
      },
    });
    const fill = new TerraformData(this, "Resource", step(false));
    const confirm = new TerraformData(this, "Confirm", { ...step(true), dependsOn: [fill] });
    return { volume, ready: [fill, confirm] };
  }
}
