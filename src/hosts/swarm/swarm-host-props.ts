import type { Tls } from "../../release/tls.ts";
import type { TrustedProxies } from "../../release/trusted-proxies.ts";
import type { OptionNames } from "../../values/known-options.ts";
import type { Platform } from "../../values/platform.ts";

export const DEFAULT_DEADLINE_SECONDS = 900;

/** What a `SwarmHost` takes. */
export interface SwarmHostProps {
  /** The port of each node where visitors come in; a literal. @default 80 */
  readonly port?: number;
  /** Where the certificates of its sites come from, `Tls.certificate(secret)` here. @default - sites are served by HTTP */
  readonly tls?: Tls;
  /** The port of each node where visitors come in by TLS; a literal. @default 443 where `tls` is declared, else none */
  readonly tlsPort?: number;
  /** What the nodes that run its services run. @default - whatever each node runs */
  readonly platform?: Platform;
  /** An Nginx image. @default "nginx:1.30.5", pinned by the lockfile */
  readonly nginxImage?: string;
  /** How many tasks each service has that does not say it for itself. @default 1 */
  readonly replicas?: number;
  /** Swarm's constraints for the nodes of every service, e.g. `["node.labels.zone==a"]`. @default - any node */
  readonly placement?: readonly string[];
  /** Swarm's constraints for the nodes where visitors come in, e.g. `["node.labels.edge==yes"]`. @default - every node */
  readonly edgePlacement?: readonly string[];
  /** Seconds after which an apply gives up and puts back what is not done, 60 to 7200. @default 900 */
  readonly deadlineSeconds?: number;
  /** Proxies in front of it, whose word about visitors is believed. @default - none: whoever connects is the visitor */
  readonly trustedProxies?: TrustedProxies;
}

export const SWARM_HOST_PROPS: OptionNames<SwarmHostProps> = {
  port: true,
  tls: true,
  tlsPort: true,
  platform: true,
  nginxImage: true,
  replicas: true,
  placement: true,
  edgePlacement: true,
  deadlineSeconds: true,
  trustedProxies: true,
};

/** Options of other hosts that a swarm has no equal of, by why. */
export const NOT_OF_A_SWARM: Readonly<Record<string, string>> = {
  drainSeconds:
    "a task that is replaced is told to end two seconds after it has left DNS; give services stopGraceSeconds",
  keepReleases: "the swarm itself keeps the one version before",
  requireSignature: "each node pulls by itself, and nothing there verifies an image before it starts",
  address: "Nginx's port is one of each node",
  network: "its overlay network is its own",
};
