/**
 * Units of Ubuntu's server image that a host has no use for: firmware, disks by several paths, modems, disks that people
 * plug in, packages by D-Bus, advertisements. Together some 60 MiB of a nano's 416; multipathd alone locks 27 in memory.
 * What stays: snapd, for the Systems Manager agent is a snap, and unattended upgrades.
 */
export const IDLE_UNITS: readonly string[] = [
  "ModemManager.service",
  "fwupd.service",
  "fwupd-refresh.service",
  "fwupd-refresh.timer",
  "motd-news.timer",
  "multipathd.service",
  "multipathd.socket",
  "packagekit.service",
  "udisks2.service",
];

/** What starts apt by itself. Stage 0 starts them when the first boot is over. */
const APT_TIMERS: readonly string[] = ["apt-daily.timer", "apt-daily-upgrade.timer"];

/**
 * The command that turns {@link IDLE_UNITS} off for good, and apt's timers until the first boot is over. It runs while
 * systemd still starts the machine, so it must not wait for a unit; a unit that the image has not is turned off too.
 */
export function idleCommand(): readonly string[] {
  const stop = [...IDLE_UNITS, ...APT_TIMERS].join(" ");
  const text = `systemctl mask ${IDLE_UNITS.join(" ")}; systemctl stop --no-block ${stop}; true`;
  return ["cloud-init-per", "instance", "slipway-idle", "sh", "-c", text];
}
