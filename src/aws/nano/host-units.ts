import type { CloudConfigFile } from "./cloud-config.ts";
import { systemdUnit } from "./systemd-unit.ts";

const SYSTEMD = "/etc/systemd/system";

/** How systemd runs the host's agent, and keeps Nginx alive: the package's unit leaves a killed one dead. */
export function hostUnits(): CloudConfigFile[] {
  return [
    {
      path: `${SYSTEMD}/slipway-converge.service`,
      content: systemdUnit({
        Unit: {
          Description: "Slipway: run what the release labelled live says",
          Wants: "network-online.target docker.service nginx.service",
          After: "network-online.target docker.service nginx.service",
        },
        Service: {
          Type: "oneshot",
          ExecStart: "/usr/local/sbin/slipway converge",
          SyslogIdentifier: "slipway",
          TimeoutStartSec: "3h",
        },
        Install: { WantedBy: "multi-user.target" },
      }),
    },
    {
      path: `${SYSTEMD}/slipway-converge.timer`,
      content: systemdUnit({
        Unit: { Description: "Slipway: look for a newer release, and for what should run and does not" },
        Timer: { OnActiveSec: "5min", OnUnitInactiveSec: "5min", RandomizedDelaySec: "30s" },
        Install: { WantedBy: "timers.target" },
      }),
    },
    {
      path: `${SYSTEMD}/nginx.service.d/slipway.conf`,
      content: systemdUnit({
        Unit: { After: "docker.service", StartLimitIntervalSec: 0 },
        Service: { Restart: "always", RestartSec: 1 },
      }),
    },
  ];
}
