import { hostUnits } from "../../../src/host-agent/host-units.ts";
import { systemdUnit } from "../../../src/host-agent/systemd-unit.ts";

test("prints sections, a list as one line each, and doubles systemd's escape", () => {
  const text = systemdUnit({
    Unit: { Description: "100%", StartLimitIntervalSec: 0 },
    Service: { Environment: ["A=1", "B=2"], ExecStart: "/bin/true" },
  });
  expect(text).toBe(`[Unit]
Description=100%%
StartLimitIntervalSec=0

[Service]
Environment=A=1
Environment=B=2
ExecStart=/bin/true
`);
});

test.each([
  ["a line break", { Description: "a\nExecStart=/bin/sh" }],
  ["a carriage return", { Description: "a\rb" }],
  ["a backslash at the end, which goes on to the next line", { Description: "a\\" }],
  ["a directive that is none", { "Exec Start": "a" }],
])("refuses %s", (_, section) => {
  expect(() => systemdUnit({ Unit: section })).toThrow("must be one line");
});

test("the host's units", () => {
  expect(Object.fromEntries(hostUnits().map(({ path, content }) => [path, content]))).toEqual({
    "/etc/systemd/system/slipway-converge.service": `[Unit]
Description=Slipway: run what the release labelled live says
Wants=network-online.target docker.service nginx.service
After=network-online.target docker.service nginx.service

[Service]
Type=oneshot
ExecStart=/usr/local/sbin/slipway-agent converge
SyslogIdentifier=slipway
TimeoutStartSec=3h

[Install]
WantedBy=multi-user.target
`,
    "/etc/systemd/system/slipway-converge.timer": `[Unit]
Description=Slipway: look for a newer release, and for what should run and does not

[Timer]
OnActiveSec=5min
OnUnitInactiveSec=5min
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
`,
    ...Object.fromEntries(
      ["docker", "nginx"].map((name) => [
        `/etc/systemd/system/${name}.service.d/slipway-agent.conf`,
        "[Unit]\nConditionPathExists=/var/lib/slipway/live\n",
      ]),
    ),
    ...Object.fromEntries(
      ["apt-daily", "apt-daily-upgrade"].map((name) => [
        `/etc/systemd/system/${name}.service.d/slipway-agent.conf`,
        "[Unit]\nAfter=slipway-converge.service\n\n[Service]\nExecStartPre=-/usr/bin/timeout 1h /bin/sh -c 'until [ -e /var/lib/slipway/serving.json ]; do sleep 10; done; flock /run/slipway/lock true'\n",
      ]),
    ),
  });
});
