import { systemdUnit } from "./systemd-unit.ts";

/** A file of systemd's. */
export interface HostUnit {
  readonly path: string;
  readonly content: string;
}

const SYSTEMD = "/etc/systemd/system";

/** Held by every release; apt waits for the first one, and for one that is at work, but no longer than an hour. */
const NO_RELEASE_AT_WORK =
  "-/usr/bin/timeout 1h /bin/sh -c 'until [ -e /var/lib/slipway/serving.json ]; do sleep 10; done; flock /run/slipway/lock true'";

/**
 * How systemd runs stage 0. Docker and Nginx wait until the agent has put their configuration into place, and apt's own
 * upgrades, for which a nano has no memory beside a release, until none is at work.
 */
export function hostUnits(): HostUnit[] {
  const waiting = systemdUnit({ Unit: { ConditionPathExists: "/var/lib/slipway/live" } });
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
          ExecStart: "/usr/local/sbin/slipway-agent converge",
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
    ...["docker", "nginx"].map((name) => ({
      path: `${SYSTEMD}/${name}.service.d/slipway-agent.conf`,
      content: waiting,
    })),
    ...["apt-daily", "apt-daily-upgrade"].map((name) => ({
      path: `${SYSTEMD}/${name}.service.d/slipway-agent.conf`,
      content: systemdUnit({
        Unit: { After: "slipway-converge.service" },
        Service: { ExecStartPre: NO_RELEASE_AT_WORK },
      }),
    })),
  ];
}
