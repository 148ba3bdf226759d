import type { Tls } from "../../release/tls.ts";
import type { TrustedProxies } from "../../release/trusted-proxies.ts";
import type { OptionNames } from "../../values/known-options.ts";
import type { Platform } from "../../values/platform.ts";

/** What an `SshHost` takes. */
export interface SshHostProps {
  /** Where the server is: a name, or an IP address; a literal, which the deployer's ssh configuration may say more about. */
  readonly address: string;
  /**
   * The server's public key, as its `/etc/ssh/ssh_host_ed25519_key.pub` has it. Why declared: whoever answers at the address
   * with another key is refused, on every machine that deploys, on the first apply too.
   */
  readonly hostKey: string;
  /** The port of its ssh; a literal. @default 22 */
  readonly port?: number;
  /** As whom it is asked: root, or who may run Slipway's program by sudo without a password. @default "root" */
  readonly user?: string;
  /** What the server runs. @default Platform.LINUX_AMD64 */
  readonly platform?: Platform;
  /** Where the certificates of its sites come from; a site may say it for itself. @default - sites are served by HTTP */
  readonly tls?: Tls;
  /**
   * The most seconds that open requests get to end by themselves after a release.
   * @default - as long as a request of its sites may be silent, 10 at least
   */
  readonly drainSeconds?: number;
  /** How many of the releases that were live last keep their images on the server. @default 3 */
  readonly keepReleases?: number;
  /** Whether no rollback may go past the release that is declared. @default false */
  readonly irreversible?: boolean;
  /**
   * Where its Nginx asks for the names of addresses that sites lead to: a loopback or private IPv4 address.
   * @default "127.0.0.53", systemd-resolved's, which Ubuntu has and Debian has not
   */
  readonly resolver?: string;
  /** Proxies in front of it, whose word about visitors is believed. @default - none: whoever connects is the visitor */
  readonly trustedProxies?: TrustedProxies;
  /**
   * Public keys of the curve P-256, as files or texts: each image that it runs must be signed by one of them, in cosign's
   * format, or its release fails before anything starts. Several while one takes another's place.
   * @default - nothing need be signed
   */
  readonly requireSignature?: readonly string[];
  /** The most seconds that the apply waits for the outcome, the installation of packages included. @default 900 */
  readonly deadlineSeconds?: number;
}

export const SSH_HOST_PROPS: OptionNames<SshHostProps> = {
  address: true,
  hostKey: true,
  port: true,
  user: true,
  platform: true,
  tls: true,
  drainSeconds: true,
  keepReleases: true,
  irreversible: true,
  resolver: true,
  trustedProxies: true,
  requireSignature: true,
  deadlineSeconds: true,
};

/** What only a machine of AWS has, by the option that a nano takes, and what there is instead. */
export const NANO_ALONE: Readonly<Record<string, string>> = {
  logs: "CloudWatch is AWS's: read them by npx slipway logs, or send the engine's own elsewhere",
  usageAlarms: "CloudWatch is AWS's: watch the server by what watches it now",
  statusAlarm: "CloudWatch is AWS's: watch the server by what watches it now",
  dataVolume: "an EBS volume is AWS's: the volumes of its services lie on the server's own disk",
  unattendedReboot: "when the server reboots is its administrator's to say",
  zone: "Route 53 is AWS's: let the names lead to the server where they are kept",
};
