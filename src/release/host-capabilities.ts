import type { Platform } from "../values/platform.ts";
import type { TlsKind } from "./tls.ts";

/** What a kind of host can do that not every kind can; whatever it cannot is refused where it is declared. */
export interface HostCapabilities {
  /** How each kind of secret that the host reads is declared, by kind, e.g. `Secret.fromParameter`; empty where it reads none. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The kinds of certificates that its sites may have. */
  readonly tls: readonly TlsKind[];
  /** Whether its services may have volumes, or else what is to be done about it, e.g. `declare dataVolume: { sizeGiB: 10 } on it`. */
  readonly volumes: true | string;
  /** Whether its proxy is a container, which finds its machine as `host.docker.internal`. */
  readonly hasHostGateway: boolean;
  /** Whether it runs tasks before a release. @default false */
  readonly tasks?: boolean;
  /** Whether it runs something at set times. @default false */
  readonly schedules?: boolean;
  /** How a machine that runs what is built for `platform` is declared, as a remedy. @default - none is known */
  readonly machineFor?: (platform: Platform) => string | undefined;
}
