# Reboots this host by itself, where the release that serves has a window for it and an upgrade asks for a reboot. Why not
# Ubuntu's own Automatic-Reboot: that one sets a time at which the machine goes down whatever it does. A run of the timer has
# the lock of every run, so no release is at work, and none begins that would be cut off. After it the host returns to what
# is live, as after every boot.
#   $STATE/rebooted       the day of the last one: one a day, so that what asks again at each boot ends in no loop
#   $RUN/rebooting        since when the machine is on its way down
# shellcheck shell=sh

REBOOT_REQUIRED=$ROOT/run/reboot-required # Ubuntu's packages leave it; gone with the boot
REBOOTING=$RUN/rebooting

reboot_when_due() {
  [ -e "$REBOOT_REQUIRED" ] || return 0
  window=$(jq -r '.reboot // empty | "\(.from) \(.to)"' "$STATE/releases/$(serving release).json" 2>/dev/null)
  { [ -n "$window" ] && is_within "${window% *}" "${window#* }"; } || return 0
  [ "$(cat "$STATE/rebooted" 2>/dev/null)" != "$(date -u +%F)" ] || return 0
  beside=$(works_beside)
  [ -z "$beside" ] || {
    say "a reboot is due, and waits for $beside"
    return 0
  }
  say "rebooting for $(one_line "$(sort -u "$REBOOT_REQUIRED.pkgs" 2>/dev/null || echo an upgrade)")"
  { date -u +%F | keep "$STATE/rebooted" && : >"$REBOOTING"; } || return 0
  systemctl reboot 9>&- || {
    rm -f "$REBOOTING"
    say "systemd does not reboot"
  }
}

# is_within FROM TO: whether it is that time of the day in UTC. The shell compares numbers with zeros in front as they are.
is_within() {
  from=${1%:*}${1#*:} to=${2%:*}${2#*:} at=$(date -u +%H%M)
  if [ "$from" -lt "$to" ]; then
    [ "$at" -ge "$from" ] && [ "$at" -lt "$to" ]
  else
    [ "$at" -ge "$from" ] || [ "$at" -lt "$to" ]
  fi
}

# What a reboot would cut off: apt, and the run of a schedule.
works_beside() {
  one_line "$(systemctl list-units --no-legend --plain --state=activating,active,deactivating,reloading \
    'apt-daily*.service' 'slipway-schedule-*.service' 2>/dev/null | cut -d ' ' -f 1)"
}

# Whether a release would be cut off that begins now. A machine that does not go down after all is not forgotten.
is_rebooting() { [ -n "$(find "$REBOOTING" -mmin -10 2>/dev/null)" ]; }
