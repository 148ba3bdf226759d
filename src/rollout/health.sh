# Whether what was started is healthy, and what becomes of what is not; a part of core.sh.
# shellcheck shell=sh disable=SC2034,SC2094,SC2154 # the core and the driver set variables; files are read, never written, while they are read

# Whether something healthy of the service serves, by the check under which it was let in: a new check is about a new
# container. What no release has noted is asked by the new one, for a killed run may have introduced it unproven.
r_serves_well() {
  [ "$2" != - ] && [ "$(d_state "$2")" = running ] || return 1
  { r_line "$1" "$WORK/noted" || r_line "$1"; } && r_stays_healthy "$2"
}

# One bad answer is none: only what fails again and again is broken.
r_stays_healthy() {
  looks=$R_LOOKS
  until r_ask "$1"; do
    looks=$((looks - 1))
    [ "$looks" -gt 0 ] || return 1
    sleep "$R_PAUSE"
  done
}

r_ask() { d_ask "$1" "$port" "$timeout" "$kind" "$target" "$expect" "$host"; }

# Waits for all at once, so that services which need each other find each other in any order, and begins what depends on
# another when that is healthy.
r_await() {
  r_unblock || return
  while r_is_waiting; do
    mv "$WORK/pending" "$WORK/waiting"
    : >"$WORK/pending"
    while read -r name instance deadline why <&3; do
      r_line "$name"
      r_ask "$instance"
      case $? in
        0)
          echo "$name $instance" >>"$WORK/healthy"
          say "$name: healthy"
          continue
          ;;
        2) ;;
        *)
          if ! r_has_ended "$instance"; then
            [ "$(r_now)" -ge "$deadline" ] || {
              echo "$name $instance $deadline $why" >>"$WORK/pending"
              continue
            }
            ! r_is_excused || continue
          fi
          ;;
      esac
      r_unhealthy || return
    done 3<"$WORK/waiting"
    r_unblock || return
    ! r_is_waiting || sleep "$R_PAUSE"
  done
}

# A release waits for what it changes; a restore for everything, since all of it may be what is missing, and so does a
# release of which something depends on others.
r_is_waiting() {
  if [ "$mode" = restore ] || [ -s "$WORK/blocked" ]; then [ -s "$WORK/pending" ]; else grep -qE ' (new|demand)$' "$WORK/pending"; fi
}

# Whether there is no use in asking again; $problem says what became of the container.
r_has_ended() {
  state=$(d_state "$1")
  case $state in
    running) return 1 ;;
    oom) problem="its container needed more than its memory limit and was killed" ;;
    exited*) problem="its container ended with status ${state#exited }" ;;
    restarting*) problem="its container ends again and again, with status ${state#restarting }" ;;
    *) problem="its container is gone" ;;
  esac
}

# What $name's $instance has said, and the end of the release, or of this service's part in a restore.
r_unhealthy() {
  reason=$problem
  say "$name: last lines of its log:"
  d_logs "$instance" 20 | while IFS= read -r words; do say "    $words"; done
  problem="$name is not healthy: $reason"
  if [ "$mode" != restore ]; then
    case $why in new | demand) return 1 ;; esac
  fi
  say "$problem; nothing waits for it"
  echo "$name" >>"$WORK/missing"
  case $why in new | lost) r_drop "$name" "$instance" ;; esac
}
