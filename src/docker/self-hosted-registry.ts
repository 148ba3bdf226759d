import { Construct } from "constructs";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { isIPv6, PortMapping, parsePort } from "../values/port-mapping.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { Container } from "./container.ts";
import { IMAGE, LOGIN, requireKind, VOLUME } from "./declared-kind.ts";
import { DockerEngine } from "./docker-engine.ts";
import { ExistingRegistry, type ExistingRegistryProps, registryRepository } from "./hosted-registry.ts";
import type { IImage } from "./image.ts";
import type { PullAccess } from "./pull-access.ts";
import { PulledImage } from "./pulled-image.ts";
import type { IRegistry, IRepository } from "./registry.ts";
import { DEFAULT_REGISTRY_IMAGE } from "./registry-image.ts";
import type { RegistryLogin } from "./registry-login.ts";
import { RegistryCertificate, RegistrySecrets, type RegistryTls, SECRETS_PATH } from "./registry-secrets.ts";
import { StopPredecessor } from "./stop-predecessor.ts";
import { type IVolume, Volume } from "./volume.ts";

const PLAIN_PROBE = "http://127.0.0.1:5000/";
/**
 * The registry's own plain health page, inside the container only. Why not its TLS port: the image's wget is busybox's,
 * which fails some TLS handshakes and leaves a dead process behind each time.
 *
 * @see https://github.com/distribution/distribution-library-image/pull/159
 */
const TLS_PROBE = "http://127.0.0.1:5001/debug/health";
const TLS_ENV = {
  REGISTRY_HTTP_DEBUG_ADDR: "127.0.0.1:5001",
  REGISTRY_HTTP_TLS_CERTIFICATE: `${SECRETS_PATH}/certificate.pem`,
  REGISTRY_HTTP_TLS_KEY: `${SECRETS_PATH}/key.pem`,
};
const LOGIN_ENV = {
  REGISTRY_AUTH: "htpasswd",
  REGISTRY_AUTH_HTPASSWD_PATH: `${SECRETS_PATH}/htpasswd`,
  REGISTRY_AUTH_HTPASSWD_REALM: "registry",
};

/** What a {@link SelfHostedRegistry} takes. */
export interface SelfHostedRegistryProps {
  /** The port on the engine's machine; a literal. 5000 is taken on macOS, so choose e.g. 5001. */
  readonly port: number;
  /** @default - `registry:2.8.3`, pinned by the lockfile */
  readonly image?: IImage;
  /** Where the images are kept. @default - a volume of its own */
  readonly storage?: IVolume;
  /** The name or IP address that clients use, without port. @default "localhost" */
  readonly host?: string;
  /** The address of the engine's machine to listen on; beyond loopback `tls` and `login` are a must. @default "127.0.0.1" */
  readonly listen?: string;
  /** @default - plain HTTP, on loopback */
  readonly tls?: RegistryTls;
  /** The one user, who may push and pull; nobody else may do either. Needs `tls`. @default - everybody who reaches it */
  readonly login?: RegistryLogin;
}

const PROPS = { port: true, image: true, storage: true, host: true, listen: true, tls: true, login: true } as const;

/**
 * A registry of one's own on the stack's engine: the `registry:2` program with a volume, a restart policy and a
 * readiness check. By itself it has neither TLS nor login and listens on loopback only; with both it is private and
 * may listen anywhere:
 *
 * ```ts
 * new SelfHostedRegistry(this, "registry", {
 *   port: 5443,
 *   host: "registry.example.com",
 *   listen: "0.0.0.0",
 *   tls: { certificate: "registry.pem", key: "registry.key" },
 *   login: new RegistryLogin(this, "registry-login"),
 * });
 * ```
 *
 * Neither password, nor its hash, nor the key gets into the synthesized JSON, a saved plan or the state; see
 * {@link RegistrySecrets} for how, and at what price.
 *
 * A certificate that no public authority has signed must be trusted where it is asked for, and nothing here turns
 * verification off:
 *
 * - by the engine, to push and to pull: as `/etc/docker/certs.d/HOST:PORT/ca.crt` on its machine. An engine takes any
 *   certificate of a host on its own loopback.
 * - by Terraform's provider, which asks for the digest of what was pushed, loopback or not: in the deploying machine's
 *   certificate store, or on Linux by `SSL_CERT_DIR`, a directory with the authority's certificate. Where it is not
 *   trusted, the apply fails after the push with `certificate signed by unknown authority`.
 */
export class SelfHostedRegistry extends Construct implements IRegistry {
  /** A registry that runs already, ours or another's. */
  static fromAddress(scope: Construct, id: string, props: ExistingRegistryProps): IRegistry {
    return new ExistingRegistry(scope, id, props);
  }

  readonly address: string;
  readonly endpoint: string;
  readonly ready: TerraformDependency[];
  private readonly pullAccess: PullAccess;

  /** @throws {ConstructError} for a port, host or address that is none, and for what would let strangers in or passwords out */
  constructor(scope: Construct, id: string, props: SelfHostedRegistryProps) {
    super(scope, constructId(scope, id));
    collectErrors([() => knownProps(this, props, PROPS), () => this.checkKinds(props)]);
    const { tls, login } = props;
    const { address, port, certificate } = this.checked(props);
    this.address = address.toString();
    this.endpoint = `${tls ? "https" : "http"}://${this.address}`;
    this.pullAccess = login?.accessTo(this.address) ?? { kind: "anonymous" };
    const image = props.image ?? new PulledImage(this, "Image", { image: DEFAULT_REGISTRY_IMAGE });
    const storage = props.storage ?? new Volume(this, "Storage");
    const env = { REGISTRY_STORAGE_DELETE_ENABLED: "true", ...(tls && TLS_ENV), ...(login && LOGIN_ENV) };
    const health = { command: ["wget", "-q", "-O", "/dev/null", tls ? TLS_PROBE : PLAIN_PROBE] };
    const containerName = () => DockerEngine.of(this).nameFor(container);
    const secrets = certificate && new RegistrySecrets(this, "Secrets", { image, certificate, login, containerName });
    const way =
      secrets &&
      new StopPredecessor(this, "StopPredecessor", {
        containerName,
        containerPath: `${this.node.path}/Container`,
        settings: { image: image.reference, port: port.toString(), env, health, storage: storage.volumeName },
        dependsOn: secrets.ready,
      });
    const container: Container = new Container(this, "Container", {
      image,
      ports: [port],
      volumes: { "/var/lib/registry": storage, ...(secrets && { [SECRETS_PATH]: secrets }) },
      env,
      health,
      dependsOn: way?.ready,
    });
    this.ready = container.ready;
    describe(this, "registry", () => ({
      address: this.address,
      listen: props.listen,
      tls: tls !== undefined,
      login: login !== undefined,
    }));
  }

  repository(path: string): IRepository {
    return registryRepository(this, requireLiteral(this, "path", path), this.pullAccess);
  }

  private checkKinds({ image, storage, login, tls }: SelfHostedRegistryProps): void {
    collectErrors([
      () => image === undefined || requireKind(this, "image", image, IMAGE),
      () => storage === undefined || requireKind(this, "storage", storage, VOLUME),
      () => login === undefined || requireKind(this, "login", login, LOGIN),
      () => knownProps(this, tls, { certificate: true, key: true }, "tls"),
    ]);
  }

  private checked(props: SelfHostedRegistryProps) {
    const { tls, login } = props;
    const host = requireLiteral(this, "host", props.host ?? "localhost");
    const listen = requireLiteral(this, "listen", props.listen ?? "127.0.0.1");
    const number = atProperty(this, "port", () => parsePort(requireLiteral(this, "port", props.port), "registry port"));
    let address: RegistryAddress | undefined;
    let port: PortMapping | undefined;
    collectErrors([
      () => {
        address = this.addressOf(host, number);
        if (!tls && !address.isLoopback)
          throw new ConstructError(
            this,
            "host",
            `is ${host}, where engines demand TLS: give tls too, or leave host out`,
          );
      },
      () => {
        port = atProperty(this, "listen", () => PortMapping.of({ host: number, container: 5000, address: listen }));
        if (isLoopback(listen) || (tls && login)) return;
        const missing = tls ? "login" : login ? "tls" : "tls and login";
        throw new ConstructError(
          this,
          "listen",
          `is ${listen}, where strangers may reach the registry: give ${missing} too, or listen on 127.0.0.1`,
        );
      },
      () => {
        if (login && !tls)
          throw new ConstructError(this, "login", "would send its password in the clear: give tls too");
      },
    ]);
    const certificate = tls && RegistryCertificate.read(this, tls, host);
    return { address: address as RegistryAddress, port: port as PortMapping, certificate };
  }

  private addressOf(host: string, port: number): RegistryAddress {
    if (isIPv6(host)) return RegistryAddress.parse(`[${host}]:${port}`);
    const problem = { subject: "registry host", rule: "must not have a port", got: host, remedy: "say it as port" };
    if (host.includes(":")) throw new ConstructError(this, "host", problem);
    return atProperty(this, "host", () => RegistryAddress.parse(`${host}:${port}`));
  }
}

function isLoopback(ip: string): boolean {
  return RegistryAddress.parse(isIPv6(ip) ? `[${ip}]:1` : `${ip}:1`).isLoopback;
}
