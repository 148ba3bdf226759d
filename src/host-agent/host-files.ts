import { mainConfiguration } from "../nginx/main-configuration.ts";
import { MARKER_PORT, releaseFile } from "../nginx/server.ts";
import { renderSites } from "../nginx/sites.ts";
import { BRIDGE_ADDRESS } from "../release/service-ports.ts";
import { systemdUnit } from "./systemd-unit.ts";
import type { ArchivedFile } from "./ustar.ts";

/** Containers outlive a restart of the engine, logs end, and services find Nginx at a known address. */
const DAEMON = {
  bip: `${BRIDGE_ADDRESS}/16`,
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": { "max-file": "3", "max-size": "10m" },
};

/** What the agent puts onto its host, by its path there. */
const PLACED: Readonly<Record<string, () => string>> = {
  "/etc/docker/daemon.json": () => `${JSON.stringify(DAEMON, null, 2)}\n`,
  "/etc/nginx/nginx.conf": () => mainConfiguration({ flavour: "instance" }),
  // enabled where the host has a data volume
  "/etc/systemd/system/slipway-data.service": () =>
    systemdUnit({
      Unit: {
        Description: "Slipway: mount the data volume",
        Before: "docker.service slipway-converge.service",
      },
      Service: {
        Type: "oneshot",
        ExecStart: "/usr/local/lib/slipway/current/sbin/slipway mount",
        RemainAfterExit: "yes",
        SyslogIdentifier: "slipway",
        TimeoutStartSec: "infinity",
      },
      Install: { WantedBy: "multi-user.target" },
    }),
  // an engine that leaves its containers running would leave them to systemd at a shutdown, too
  "/etc/systemd/system/docker.service.d/slipway.conf": () =>
    systemdUnit({
      Service: {
        ExecStop: "-/usr/local/lib/slipway/current/sbin/slipway end-containers $MAINPID",
        TimeoutStopSec: "6min",
      },
    }),
  // the package's unit leaves a killed Nginx dead
  "/etc/systemd/system/nginx.service.d/slipway.conf": () =>
    systemdUnit({
      Unit: { After: "docker.service", StartLimitIntervalSec: 0 },
      Service: { Restart: "always", RestartSec: 1 },
    }),
};

/** The paths that are the agent's on its host, which no file of the user's own may have. */
export const HOST_FILE_PATHS: readonly string[] = Object.keys(PLACED);

/** The files of the agent that are no shell: what it puts onto its host, and what Nginx serves before the first release. */
export function hostFiles(): ArchivedFile[] {
  return [...Object.entries(PLACED).map(([path, text]) => file(`host${path}`, text())), ...firstGeneration()];
}

function firstGeneration(): ArchivedFile[] {
  return [
    file("first/sites.conf", renderSites({ flavour: "instance", services: [], sites: [], markerPort: MARKER_PORT })),
    file("first/release.conf", releaseFile("none")),
    file("first/release", "none.0\n"),
    file("first/serving", ""),
    file("first/slots", ""),
  ];
}

function file(path: string, content: string): ArchivedFile {
  return { path, content, permissions: "0644" };
}
