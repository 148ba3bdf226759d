# Services of which one container at a time may run, since it alone may have its data: what serves is stopped and kept,
# its successor takes its place, and it is started again where that does not get healthy; a part of core.sh. What was
# stopped for that stands in the note "halted", NAME INSTANCE a line, until it runs again or is not needed any more.
# shellcheck shell=sh disable=SC2015,SC2094,SC2119,SC2120,SC2154 # the core sets variables, and calls with a name

# Whether $name waits with its new container until everything else of the release is healthy: what serves well is not
# stopped for a release that fails by something else. So does what may take the data of a service that the release leaves.
r_is_deferred() {
  [ "$defers" = yes ] && [ "$why" != demand ] && r_line "$name" && [ "$order" = stop-first ] || return 1
  [ -s "$WORK/leaving" ] || r_serves_well "$name" "$serving"
}

# The services of this kind that serve and that the release does not have.
r_find_leaving() {
  while read -r name instance _ <&3; do
    r_line "$name" || ! r_line "$name" "$WORK/noted" || [ "$order" != stop-first ] || echo "$name $instance" >>"$WORK/leaving"
  done 3<"$WORK/serving"
}

# The time without these services begins here, and lasts until the new ones are healthy.
r_replace() {
  [ -s "$WORK/deferred" ] || return 0
  while read -r name instance <&3; do r_halt "$name" "$instance" || return; done 3<"$WORK/leaving"
  defers=no
  r_start "$WORK/deferred" && r_await
}

# Noted before it is done: a run that is killed meanwhile leaves what the next one starts again.
r_halt() {
  [ "$2" != - ] || return 0
  echo "$1 $2" >>"$WORK/halted"
  d_note halted <"$WORK/halted" || return
  [ "$(d_state "$2")" != running ] || say "$1: stopping what serves, one container at a time has its data"
  d_halt "$2"
}

r_is_halted() { grep -qx "$1 $2" "$WORK/halted"; }

# Starts again what was stopped for service $1, or for all, unless its successor is there.
r_resume() {
  [ -s "$WORK/halted" ] || return 0
  while read -r whose stopped <&4; do
    [ "${1:-$whose}" = "$whose" ] && [ "$(d_state "$stopped")" != running ] || continue
    d_resume "$stopped" || say "$whose: it does not start again: $problem"
  done 4<"$WORK/halted"
  if [ -n "${1:-}" ]; then sed "/^$1 /d" "$WORK/halted" >"$WORK/halted.new"; else : >"$WORK/halted.new"; fi
  mv "$WORK/halted.new" "$WORK/halted"
  d_note halted <"$WORK/halted" || say "$problem"
}

# What a killed run stopped and requests still go to.
r_resume_halted() {
  d_recall halted >"$WORK/stopped" || return 0
  while read -r name instance; do
    ! grep -q "^$name $instance " "$WORK/serving" || echo "$name $instance"
  done <"$WORK/stopped" >"$WORK/halted"
  r_resume
}
