import { HOST_FILE_PATHS } from "../../host-agent/host-files.ts";
import { hostUnits } from "../../host-agent/host-units.ts";
import { MARKER_PORT } from "../../nginx/server.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { type CloudConfigFile, cloudConfig } from "./cloud-config.ts";
import { idleCommand } from "./idle-units.ts";
import { stageZero } from "./stage-zero/stage-zero.ts";

/** What {@link hostBootstrap} takes. */
export interface HostBootstrapOptions {
  /** The host's name in its releases, `stack/host`. */
  readonly host: string;
  /** The parameter that holds its releases, `/slipway/stack/host/release`. */
  readonly parameter: string;
  /** Whether it has a data volume; which one, its releases say. @default false */
  readonly hasDataVolume?: boolean;
  /** MiB of swap; 512 MB of memory do not hold apt and Docker at once. @default 1024 */
  readonly swapMiB?: number;
  /** Packages of the user's own. @default - none */
  readonly packages?: readonly string[];
  /** Files of the user's own. @default - none */
  readonly files?: readonly CloudConfigFile[];
}

/** What a host swaps where nothing is said, in MiB. */
export const USUAL_SWAP_MIB = 1024;

const PACKAGES = ["amazon-ecr-credential-helper", "apparmor", "ca-certificates", "curl", "docker.io", "jq", "nginx"];

/** Package lists and locks are fought over at the first boot: wait, and try again. */
const APT_CONF = `Acquire::Retries "5";
APT::Install-Recommends "0";
DPkg::Lock::Timeout "600";
`;

// stands between quotes in a shell file
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
const PARAMETER = /^(?:\/[A-Za-z0-9._-]+)+$/;

const STAGE_ZERO = "/usr/local/sbin/slipway-agent";

/**
 * The cloud-config of a host: only what changes neither with what it runs, which releases bring, nor with Slipway, whose
 * agent comes with them. Another word in it is another instance.
 */
export function hostBootstrap(options: HostBootstrapOptions): string {
  const { packages = [], files = [], swapMiB = USUAL_SWAP_MIB } = options;
  const all = [...new Set([...PACKAGES, ...packages])];
  return cloudConfig({
    bootCommands: [idleCommand()],
    swap: { filename: "/swapfile", size: `${swapSize(swapMiB)}M` },
    aptConf: APT_CONF,
    packages: all,
    files: [
      { path: "/etc/slipway/host.conf", content: hostConf(options) },
      { path: STAGE_ZERO, permissions: "0755", content: stageZero() },
      ...hostUnits(),
      ...files,
    ],
    reserved: [...HOST_FILE_PATHS, "/usr/local/sbin/slipway"],
    commands: [[STAGE_ZERO, "boot", ...all.map((name) => name.replace(/[=/:].*$/, ""))]],
  });
}

/** The file by which an agent knows whose host it is. @throws InvalidValueError for a name that a shell would take apart */
export function hostConf({
  host,
  parameter,
  hasDataVolume,
}: Pick<HostBootstrapOptions, "host" | "parameter" | "hasDataVolume">): string {
  if (!NAME.test(host)) {
    const remedy = "name stack and host by letters, digits, dots, dashes and underscores";
    throw new InvalidValueError({ subject: "host name", rule: "must be a plain path", got: host, remedy });
  }
  if (!PARAMETER.test(parameter)) {
    throw new InvalidValueError({ subject: "parameter name", rule: "must be an absolute path", got: parameter });
  }
  const data = hasDataVolume ? "DATA_VOLUME=declared\n" : "";
  return `HOST=${host}\nPARAMETER=${parameter}\nMARKER_PORT=${MARKER_PORT}\n${data}`;
}

/** @throws InvalidValueError when a host cannot have as much swap */
export function swapSize(mebibytes: number): number {
  if (Number.isInteger(mebibytes) && mebibytes >= 128 && mebibytes <= 16_384) return mebibytes;
  throw new InvalidValueError({ subject: "swap", rule: "must be from 128 to 16384 MiB", got: mebibytes });
}
