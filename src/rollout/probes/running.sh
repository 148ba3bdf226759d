# Whether a container has run for a while without a new start.
#
#   sh running.sh SEEN TIMEOUT SECONDS    further words are other probes'
#
# SEEN is "STATUS STARTED" as the engine has them, STARTED by UTC. Ends with 0 (healthy) or 1 (not now), and says why on
# standard output. Runs by the clock of the engine's machine, in BusyBox too, whose date reads no date.
# shellcheck shell=sh

status=${1%% *} started=${1#* }
[ "$status" = running ] || {
  echo "its container does not run"
  exit 1
}
# days since 1970 of a year that begins in March, so that its leap day is the last
started=$(printf '%s\n' "$started" | awk -F '[-T:.Z]' '{
  year = $1; month = $2
  if (month < 3) { year--; month += 12 }
  days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * (month - 3) + 2) / 5) + $3 - 719469
  print ((days * 24 + $4) * 60 + $5) * 60 + $6
}')
age=$(($(date +%s) - started))
[ "$age" -lt "$3" ] || exit 0
echo "it has run for $age s since it was started last, not $3 s"
exit 1
