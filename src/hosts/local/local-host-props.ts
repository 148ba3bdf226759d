import type { INetwork } from "../../docker/network.ts";
import type { Tls } from "../../release/tls.ts";
import type { TrustedProxies } from "../../release/trusted-proxies.ts";
import type { OptionNames } from "../../values/known-options.ts";
import type { Platform } from "../../values/platform.ts";

export const DEFAULT_PORT = 8888;
export const DEFAULT_NGINX_IMAGE = "nginx:1.30.5";

/** What a `LocalHost` takes. */
export interface LocalHostProps {
  /** The port of the engine's machine where visitors come in; a literal. @default 8888 */
  readonly port?: number;
  /** Where the certificates of its sites come from, `Tls.local()` here; a site may say it for itself. @default - sites are served by HTTP */
  readonly tls?: Tls;
  /** The port of the engine's machine where visitors come in by TLS; a literal. @default 8443 where `tls` is declared, else none */
  readonly tlsPort?: number;
  /** The address of the engine's machine where visitors come in. @default "127.0.0.1" */
  readonly address?: string;
  /** What the machine runs, where it is not the deployer's own. @default - whatever the engine runs */
  readonly platform?: Platform;
  /** An Nginx image with curl or wget in it. @default "nginx:1.30.5", pinned by the lockfile */
  readonly nginxImage?: string;
  /** The network that the host's containers share. @default - one of its own */
  readonly network?: INetwork;
  /**
   * The most seconds that open requests get to end by themselves after a release.
   * @default - as long as a request of its sites may be silent, 10 at least
   */
  readonly drainSeconds?: number;
  /**
   * How many of the releases that were live last keep their images on the engine; another number counts from the next
   * release on. @default 3
   */
  readonly keepReleases?: number;
  /** Proxies in front of it, whose word about visitors is believed. @default - none: whoever connects is the visitor */
  readonly trustedProxies?: TrustedProxies;
  /**
   * Public keys of the curve P-256, as files or texts: each image that it runs must be signed by one of them, in cosign's
   * format, or its release fails before anything starts; asked for by curl, jq and openssl where Terraform
   * runs. Several while one takes another's place.
   * @default - nothing need be signed
   */
  readonly requireSignature?: readonly string[];
}

export const LOCAL_HOST_PROPS: OptionNames<LocalHostProps> = {
  port: true,
  tls: true,
  tlsPort: true,
  address: true,
  platform: true,
  nginxImage: true,
  network: true,
  drainSeconds: true,
  keepReleases: true,
  trustedProxies: true,
  requireSignature: true,
};
