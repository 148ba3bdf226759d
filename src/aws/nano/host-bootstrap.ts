import { mainConfiguration } from "../../nginx/main-configuration.ts";
import { releaseFile } from "../../nginx/server.ts";
import { renderSites } from "../../nginx/sites.ts";
import { BRIDGE_ADDRESS } from "../../release/service-ports.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { hostAgentFiles } from "./agent-files.ts";
import { type CloudConfigFile, cloudConfig } from "./cloud-config.ts";
import { hostUnits } from "./host-units.ts";
import { MARKER_PORT } from "./release-manifest.ts";

/** What {@link hostBootstrap} takes. */
export interface HostBootstrapOptions {
  /** The host's name in its releases, `stack/host`. */
  readonly host: string;
  /** The parameter that holds its releases, `/slipway/stack/host/release`. */
  readonly parameter: string;
  /** MiB of swap; 512 MB of memory do not hold apt and Docker at once. @default 1024 */
  readonly swapMiB?: number;
  /** Packages of the user's own. @default - none */
  readonly packages?: readonly string[];
  /** Files of the user's own. @default - none */
  readonly files?: readonly CloudConfigFile[];
}

const PACKAGES = ["amazon-ecr-credential-helper", "apparmor", "ca-certificates", "curl", "docker.io", "jq", "nginx"];

/** Package lists and locks are fought over at the first boot: wait, and try again. */
const APT_CONF = `Acquire::Retries "5";
APT::Install-Recommends "0";
DPkg::Lock::Timeout "600";
`;

// stands between quotes in a shell file
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;
const PARAMETER = /^(?:\/[A-Za-z0-9._-]+)+$/;

/** The cloud-config of a host: only what does not change with what it runs, which releases bring. */
export function hostBootstrap(options: HostBootstrapOptions): string {
  const { packages = [], files = [], swapMiB = 1024 } = options;
  const all = [...new Set([...PACKAGES, ...packages])];
  return cloudConfig({
    swap: { filename: "/swapfile", size: `${swapSize(swapMiB)}M` },
    aptConf: APT_CONF,
    packages: all,
    files: [
      { path: "/etc/slipway/host.conf", content: hostConf(options) },
      { path: "/etc/docker/daemon.json", content: `${JSON.stringify(DAEMON, null, 2)}\n` },
      { path: "/etc/nginx/nginx.conf", content: mainConfiguration({ flavour: "instance" }) },
      ...firstGeneration(),
      ...hostUnits(),
      ...hostAgentFiles(),
      ...files,
    ],
    commands: [["/usr/local/lib/slipway/bootstrap", ...all.map((name) => name.replace(/[=/:].*$/, ""))]],
  });
}

/** Containers outlive a restart of the engine, logs end, and services find Nginx at a known address. */
const DAEMON = {
  bip: `${BRIDGE_ADDRESS}/16`,
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": { "max-file": "3", "max-size": "10m" },
};

/** What Nginx serves before the first release: nothing, to whatever name. */
function firstGeneration(): CloudConfigFile[] {
  const folder = "/var/lib/slipway/generations/0";
  return [
    {
      path: `${folder}/sites.conf`,
      content: renderSites({ flavour: "instance", services: [], sites: [], markerPort: MARKER_PORT }),
    },
    { path: `${folder}/release.conf`, content: releaseFile("none") },
    { path: `${folder}/release`, content: "none.0\n" },
    { path: `${folder}/serving`, content: "" },
    { path: `${folder}/slots`, content: "" },
  ];
}

/** The file by which an agent knows whose host it is. @throws InvalidValueError for a name that a shell would take apart */
export function hostConf({ host, parameter }: Pick<HostBootstrapOptions, "host" | "parameter">): string {
  if (!NAME.test(host)) {
    const remedy = "name stack and host by letters, digits, dots, dashes and underscores";
    throw new InvalidValueError({ subject: "host name", rule: "must be a plain path", got: host, remedy });
  }
  if (!PARAMETER.test(parameter)) {
    throw new InvalidValueError({ subject: "parameter name", rule: "must be an absolute path", got: parameter });
  }
  return `HOST=${host}\nPARAMETER=${parameter}\nMARKER_PORT=${MARKER_PORT}\n`;
}

/** @throws InvalidValueError when a host cannot have as much swap */
export function swapSize(mebibytes: number): number {
  if (Number.isInteger(mebibytes) && mebibytes >= 128 && mebibytes <= 16_384) return mebibytes;
  throw new InvalidValueError({ subject: "swap", rule: "must be from 128 to 16384 MiB", got: mebibytes });
}
