# Tasks: containers that run to their end before the services start that they stand before; a part of core.sh. A task is
# due where the ledger, which lies off the host, does not have it with its spec; a restore runs none.
# shellcheck shell=sh disable=SC2015,SC2034,SC2154 # the core and the driver set variables

# Leaves the lines of the tasks that are due in $WORK/due.
r_plan_tasks() {
  [ "$mode" = deploy ] && [ -s "${TASKS:-/dev/null}" ] || return 0
  d_ledger >"$WORK/ledger" || return
  while IFS=$R_TAB read -r name spec limit before <&3; do
    grep -qxF "$name $spec" "$WORK/ledger" || printf '%s\t%s\t%s\t%s\n' "$name" "$spec" "$limit" "$before" >>"$WORK/due"
  done 3<"$TASKS"
}

r_fetch_tasks() {
  while IFS=$R_TAB read -r name _ <&3; do
    d_fetch "$name" || {
      outcome=$? problem="$name: $problem"
      return "$outcome"
    }
  done 3<"$WORK/due"
}

# Starts what is new and waits until it is healthy: first what no due task stands before, for a task may need it, e.g. its
# database; last what one stands before, so that no new version meets what its migration has not changed yet.
r_bring_up() {
  while read -r name why serving <&3; do
    if r_is_held "$name"; then to=held; else to=free; fi
    echo "$name $why $serving" >>"$WORK/$to"
  done 3<"$WORK/plan"
  ! r_is_anybody_missed || excuses=yes
  r_bring "$WORK/free" && r_run_tasks || return
  excuses=no
  while read -r name instance why <&3; do
    r_line "$name"
    echo "$name $instance $(($(r_now) + patience)) $why" >>"$WORK/pending"
  done 3<"$WORK/late"
  r_bring "$WORK/held"
}

# Whether nothing healthy serves of a service that a task holds back, so that what needs it cannot get healthy before.
r_is_anybody_missed() {
  while read -r name why serving <&3; do
    case $why in new | lost) r_serves_well "$name" "$serving" || return 0 ;; esac
  done 3<"$WORK/held"
  return 1
}

# Whether $name, which is not healthy in time, gets its time again when the tasks have run.
r_is_excused() {
  [ "$excuses" = yes ] || return 1
  say "$name: is not healthy yet, and may need what waits for the tasks"
  echo "$name $instance $why" >>"$WORK/late"
}

r_bring() { r_launch "$1" && r_await; }

# Whether a due task stands before the service $1.
r_is_held() {
  awk -F "$R_TAB" -v name="$1" '$4 == "-" || index("," $4 ",", "," name ",") { held = 1 } END { exit !held }' "$WORK/due"
}

r_run_tasks() {
  while IFS=$R_TAB read -r name spec limit _ <&3; do
    r_run_task || return
  done 3<"$WORK/due"
}

r_run_task() {
  say "$name: running, $limit s at most"
  instance='' starting=$name
  d_task "$name" || {
    outcome=$? problem="$name: $problem"
    return "$outcome"
  }
  echo "$name $instance" >>"$WORK/candidates"
  starting=''
  r_run_to_end "$instance" "$limit" || {
    problem="$name failed: $problem"
    return 1
  }
  echo "$name $spec" >>"$WORK/ledger"
  d_record <"$WORK/ledger" || {
    problem="$name has run, which cannot be recorded: $problem"
    return 75
  }
  say "$name: done"
  d_retire "$instance" || say "$name: $problem"
  r_forget "$name"
}

# Says what $1 says, and waits until it has ended; 0 where that was with status 0 and within $2 seconds.
r_run_to_end() {
  ends_by=$(($(r_now) + $2))
  r_follow "$1"
  until r_has_ended "$1"; do
    [ "$(r_now)" -lt "$ends_by" ] || {
      kill "$follower" 2>/dev/null
      problem="it had not ended after $2 s"
      return 1
    }
    sleep "$R_PAUSE"
  done
  wait "$follower"
  [ "$state" = "exited 0" ]
}

# In the background, by $follower. Without the lock's descriptor, which it would hold longer than a run that is killed.
r_follow() {
  d_follow "$1" 9>&- | while IFS= read -r words; do say "    $words"; done 9>&- &
  follower=$!
}
