import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { warn } from "../terraform/annotation.ts";
import { ConstructError, collectErrors } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { lateText } from "../terraform/late.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { pathFromStack } from "../terraform/stack-of.ts";
import { stagedCopy } from "../terraform/staged-file.ts";
import { templateText } from "../terraform/template-text.ts";
import { VerifiedStep } from "../terraform/verified-step.ts";
import { DockerEngine, labelBlocks, ownershipLabels } from "./docker-engine.ts";
import type { IImage } from "./image.ts";
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
 */
export class RegistrySecrets extends Construct implements IVolume {
  readonly volumeName: string;
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, props: RegistrySecretsProps) {
    super(scope, id);
    const { image, certificate, login, containerName } = props;
    const engine = DockerEngine.of(this);
    const volume = new DockerVolume(this, "Volume", {
      name: engine.nameFor(this),
      labels: labelBlocks(ownershipLabels(this)),
    });
    const shell = new DockerImage(this, "Image", {
      name: image.reference,
      keepLocally: true,
      platform: image.platform?.toString(),
      dependsOn: image.repository.ready,
    });
    const revision = `${certificate.digest} ${login?.passwordVersion ?? 0}`;
    const command = `sh ${stagedCopy(this, join(__dirname, "registry-secrets.sh"))}`;
    const fill = new VerifiedStep(this, "Fill", {
      command,
      verifyCommand: `${command} verify`,
      // The volume's id and not its name: it is unknown when the volume was lost, so that a new one is filled again.
      triggers: { volume: volume.id, revision },
      environment: {
        SLIPWAY_REGISTRY: this.node.scope?.node.path ?? "",
        SLIPWAY_IMAGE: shell.imageId,
        SLIPWAY_VOLUME: volume.name,
        SLIPWAY_CONTAINER: lateText(containerName),
        SLIPWAY_CERTIFICATE: templateText(certificate.certificatePath),
        SLIPWAY_KEY: templateText(certificate.keyPath),
        SLIPWAY_LOGIN: login ? `${login.username}:${Fn.bcrypt(login.password)}` : "",
        SLIPWAY_REVISION: revision,
        ...engine.environment,
      },
    });
    this.volumeName = volume.name;
    this.ready = fill.ready;
  }
}

/** The certificate that a registry shows, as files of the deploying machine in PEM form. */
export interface RegistryTls {
  /** The certificate and, after it, what leads from it to its authority. */
  readonly certificate: string;
  /** Its private key, without passphrase. Its text reaches the registry and nothing else. */
  readonly key: string;
}

/**
 * A certificate and its key, tried at synth as far as files tell: that they are a pair, and that clients which ask for
 * `host` will take them. Why at synth: the registry itself says so only in the log of a container that never starts.
 */
export class RegistryCertificate {
  /** @throws {ConstructError} when a file is missing or is not what it should be, or the two do not fit `host` or each other */
  static read(scope: Construct, tls: RegistryTls, host: string): RegistryCertificate {
    let text = "";
    let certificate: X509Certificate | undefined;
    let key: KeyObject | undefined;
    collectErrors([
      () => {
        text = readPem(scope, "tls.certificate", tls.certificate, host);
        certificate = parsed(
          scope,
          "tls.certificate",
          tls.certificate,
          "a certificate",
          () => new X509Certificate(text),
        );
      },
      () => {
        const pem = readPem(scope, "tls.key", tls.key, host);
        key = parsed(scope, "tls.key", tls.key, "a private key without passphrase", () => createPrivateKey(pem));
      },
    ]);
    const pair = { certificate: certificate as X509Certificate, key: key as KeyObject };
    if (!pair.certificate.checkPrivateKey(pair.key)) {
      throw new ConstructError(
        scope,
        "tls",
        `the key ${tls.key} does not belong to the certificate ${tls.certificate}`,
      );
    }
    checkHost(scope, pair.certificate, host);
    checkExpiry(scope, pair.certificate);
    return new RegistryCertificate(
      createHash("sha256").update(text).digest("hex"),
      pathFromStack(scope, tls.certificate),
      pathFromStack(scope, tls.key),
    );
  }

  private constructor(
    /** Of the public certificate; a change tells that the registry needs the new one. */
    readonly digest: string,
    /** As Terraform finds it from the stack's folder. */
    readonly certificatePath: string,
    readonly keyPath: string,
  ) {}
}

function readPem(scope: Construct, property: string, path: string, host: string): string {
  try {
    return readFileSync(requireLiteral(scope, property, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const name = isIP(host) ? `IP:${host}` : `DNS:${host}`;
    throw new ConstructError(scope, property, {
      subject: "PEM file",
      rule: "must exist and be readable",
      got: path,
      remedy: `make a pair for trials by openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=registry -addext subjectAltName=${name} -keyout key.pem -out certificate.pem`,
    });
  }
}

/** What the parser says is left out: it must not quote a key. */
function parsed<T>(scope: Construct, property: string, path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new ConstructError(scope, property, { subject: "PEM file", rule: `must hold ${what}`, got: path });
  }
}

/** By alternative names only, as Docker and Terraform's providers do: they take no notice of a common name. */
function checkHost(scope: Construct, certificate: X509Certificate, host: string): void {
  const fits = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host, { subject: "never" });
  if (fits) return;
  throw new ConstructError(
    scope,
    "tls.certificate",
    `is valid for ${certificate.subjectAltName ?? "no name"}, but the registry's host is ${host}: issue it with the alternative name ${isIP(host) ? "IP" : "DNS"}:${host}, or set host`,
  );
}

/** A warning, for whoever takes the stack away does not need a new certificate first. */
function checkExpiry(scope: Construct, certificate: X509Certificate): void {
  if (new Date(certificate.validTo) > new Date()) return;
  warn(scope, `tls.certificate: expired on ${certificate.validTo}: clients refuse it, renew it`);
}
