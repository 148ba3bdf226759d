# How a host moves to a release, whatever kind of host it is: everything new is started and healthy, then what is new is
# introduced to its neighbours, then the configuration is tried, then the switch, then the drain, then the old is stopped.
# Up to the switch every failure puts back what served.
#
#   rollout RELEASE deploy    what the release changes must become healthy, or nothing moves
#   rollout RELEASE restore   each service goes live as soon as it is healthy; none is required, what is missing is said
#
# Ends with 0 (it serves), 1 (refused for good) or 75 (not now); then $problem says why.
#
# Reads  $SERVICES  a file, a line a service: NAME SPEC PORT KIND TARGET EXPECT HOST TIMEOUT PATIENCE, tabs between,
#                   "-" for what a line has not, a worker's PORT; TARGET is a path, or the words of a command as the
#                   shell reads them, or for how many seconds it must have run; PATIENCE is the seconds until a service
#                   that is not healthy has failed; stop-first as one more where one container of the service at a time
#                   may run, see stop-first.sh
#        $TASKS     a file, a line a task that is to run before it, in this order: NAME SPEC TIMEOUT BEFORE, tabs between;
#                   BEFORE is names of services, commas between, or "-" for all; where there is none, there is no file
#        $DEPENDS   a file, a line a service whose new container starts after others are healthy: NAME NAMES, a tab between,
#                   NAMES of services, commas between; where there is none, there is no file
#        $WORK      a folder of this run's own
#        $DRAIN     seconds that requests and websockets get to end by themselves
#        $RENEW     names, spaces between, of services that get a new container although their spec is the same
# Needs  say TEXT, and a driver. Where nothing else is said a driver's function ends with 0 (done), 1 (no, for good) or
#        75 (not now), and sets $problem when it is not 0:
#   d_ready                  the host can be asked; what a killed run left is put in order: candidates that requests do
#                            not go to, and a front that does not answer as the generation that it was last told
#   d_serves RELEASE         0 when the front itself answers that it serves the release
#   d_serving                prints NAME INSTANCE SPEC, a line for each service that requests go to
#   d_fetch NAME             what a new container of the service needs is here
#   d_candidate NAME         sets $instance: a new container of the service, which nothing asks yet
#   d_halt INSTANCE          stops and keeps it, so that its successor may start; 0 where it does not run anyway
#   d_resume INSTANCE        starts it again as it was
#   d_state INSTANCE         prints running, exited N, oom, restarting N or gone
#   d_ask INSTANCE PORT TIMEOUT KIND TARGET EXPECT HOST   0 healthy, 1 not now, 2 cannot be asked on this host; KIND is
#                            that of a probe: http or tcp of the port, a command in the instance, or that it is running
#   d_logs INSTANCE LINES    prints its last lines
#   d_ledger                 prints NAME SPEC, a line for each task that has run; not 0 where that cannot be told
#   d_record                 keeps standard input, what the ledger prints from now on; it may forget the lines that are
#                            at its beginning
#   d_task NAME              sets $instance: a new container of the task, started; none of an earlier run runs any more
#   d_follow INSTANCE        prints its log, or the end of it, until it has ended
#   d_put TEXTS ID           sets $generation: a new one that sends requests as the lines NAME INSTANCE on standard input
#                            say and answers as ID; TEXTS are the "release"'s, or the "serving" ones with a way to each
#                            service that they lack
#   d_test GENERATION        the front would take it
#   d_switch GENERATION      0 only once the front answers as it
#   d_generation             prints the one that serves, nothing where none does yet; d_switch "" goes back to that
#   d_busy INSTANCE          0 busy, 1 idle, 75 cannot tell
#   d_keep INSTANCE          from now on it is started again when it ends
#   d_drop INSTANCE          stops and removes a candidate that failed
#   d_retire INSTANCE        stops and removes what requests no longer go to
#   d_accept                 the release serves: the host's own books; also told where there was nothing to do, for a
#                            run may have been killed before it got here
#   d_clean                  forgets generations and files that nothing uses
#   d_note KEY, d_recall KEY   keeps standard input, prints it again
# shellcheck shell=sh disable=SC2015,SC2034,SC2094,SC2154 # fields of a line are read by name; files are read, never written, while they are read; drivers set $generation

R_TAB=$(printf '\t')
R_PAUSE=${SLIPWAY_PAUSE:-0.5}
R_LOOKS=3 # how often what serves must fail in a row to count as broken
starting='' # the service of which a candidate is being started

rollout() {
  release=$1 mode=$2 problem='' undoable=no later=0 because='' excuses=no defers=yes
  for each in serving noted plan halted leaving deferred candidates introduced pending healthy missing pairs accepted due ledger free held late blocked; do : >"$WORK/$each"; done
  trap 'r_interrupted' TERM INT HUP
  r_move
  outcome=$?
  trap - TERM INT HUP
  [ "$outcome" = 0 ] || r_undo
  return "$outcome"
}

r_move() {
  d_ready || return
  r_plan || return
  r_plan_tasks || return
  if r_serves_already; then
    d_accept
    return
  fi
  began=$(d_generation) undoable=yes
  r_fetch && r_fetch_tasks && r_bring_up && r_replace && r_refuse_blocked && r_go_live || return
  r_report
  r_drain
  problem=$because
  return "$accepted"
}

# Seconds by which waits are measured. A clock that is set meanwhile must not end one, so the kernel's own count, where
# it is to be had.
r_now() {
  if [ -r /proc/uptime ]; then
    read -r r_seconds _ </proc/uptime
    echo "${r_seconds%.*}"
  else
    date +%s
  fi
}

# Everything is brought before anything is started.
r_fetch() {
  while read -r name why _ <&3; do
    case $why in new | lost) d_fetch "$name" || r_cannot_start "$?" || return ;; esac
  done 3<"$WORK/plan"
}

# A release ends with the driver's outcome $1, unless it did not change this service; a restore goes on without it.
r_cannot_start() {
  problem="$name: $problem"
  [ "$mode" = restore ] || [ "$why" = lost ] || return "$1"
  say "$problem"
  echo "$name" >>"$WORK/missing"
  [ "$1" = 1 ] || [ "$mode" != restore ] || later=$1 because=$problem
}

# Begins what the plan asks of one service: its $name, $why and what is $serving. Where one container of it at a time may
# run, the new one is all that there is.
r_begin() {
  instance=$serving
  case $why in
    new | lost)
      instance='' starting=$name
      r_line "$name"
      { [ "$order" != stop-first ] || r_halt "$name" "$serving"; } && d_candidate "$name" || {
        outcome=$? cause=$problem starting=''
        r_resume "$name"
        problem=$cause
        r_cannot_start "$outcome"
        return
      }
      echo "$name $instance" >>"$WORK/candidates"
      [ "$order" != stop-first ] && r_serves_well "$name" "$serving" || echo "$name $instance" >>"$WORK/introduced"
      ;;
  esac
  starting=''
  r_line "$name"
  say "$name: waiting until it is healthy, $patience s at most"
  echo "$name $instance $(($(r_now) + patience)) $why" >>"$WORK/pending"
}

r_is_missing() { grep -qx "$1" "$WORK/missing"; }

# Lets neighbours reach the candidates of which nothing healthy serves: what needs them cannot get healthy otherwise, and
# two that are new may need each other. One that has been dropped since is none any more.
r_introduce() {
  grep -Fxf "$WORK/candidates" "$WORK/introduced" >"$WORK/reached"
  {
    while read -r name instance _; do
      grep -q "^$name " "$WORK/reached" || echo "$name $instance"
    done <"$WORK/serving"
    cat "$WORK/reached"
  } >"$WORK/pairs"
  if [ "$mode" = restore ]; then texts=release; else texts=serving; fi
  d_put "$texts" introduced <"$WORK/pairs" && d_test "$generation" && d_switch "$generation"
}

r_drop() {
  d_drop "$2" || say "$1: $problem"
  r_resume "$1"
  r_forget "$1"
}

# $1 has no candidate any more.
r_forget() {
  sed "/^$1 /d" "$WORK/candidates" >"$WORK/candidates.new" && mv "$WORK/candidates.new" "$WORK/candidates"
}

# What each service's requests go to from now on: its candidate, else what served and runs. One that nothing waited for
# does not replace what serves well before it is healthy itself.
r_pairs() {
  while read -r name why serving <&3; do
    grep -h "^$name " "$WORK/introduced" "$WORK/healthy" | grep -Fxf "$WORK/candidates" | head -n 1 | grep . || {
      case $why in
        new | lost) [ "$serving" != - ] && [ "$(d_state "$serving")" = running ] && echo "$name $serving" ;;
        *) echo "$name $serving" ;;
      esac
    }
  done 3<"$WORK/plan"
}

r_go_live() {
  r_pairs >"$WORK/pairs"
  d_put release "$release" <"$WORK/pairs" && d_test "$generation" || return
  while read -r name instance <&3; do
    d_keep "$instance" || {
      outcome=$? problem="$name: $problem"
      ! grep -qx "$name $instance" "$WORK/healthy" || return "$outcome"
      say "$problem"
    }
  done 3<"$WORK/pairs"
  d_switch "$generation" || return
  undoable=no accepted=$later
  while read -r name _ <&3; do # a check that what runs did not pass is not the one by which it was let in
    if r_is_missing "$name"; then r_line "$name" "$WORK/noted"; else r_line "$name"; fi && echo "$line" >>"$WORK/accepted"
  done 3<"$WORK/plan"
  d_note services <"$WORK/accepted" || accepted=$? because=$problem
  [ ! -s "$WORK/halted" ] || d_note halted </dev/null || say "$problem"
  d_accept || accepted=$? because=$problem
}

# What the release did not change is not its matter, but a person wants to know.
r_report() {
  while read -r name why instance <&3; do
    instance=$(sed -n "s/^$name //p" "$WORK/pairs")
    [ -n "$instance" ] && ! grep -q "^$name " "$WORK/healthy" && ! r_is_missing "$name" || continue
    r_line "$name"
    r_stays_healthy "$instance" || say "$name: is not healthy, and this release did not change it: $problem"
  done 3<"$WORK/plan"
}

# Whether the service $1 was let in without a port: then nobody is connected.
r_is_worker() { r_line "$1" "$WORK/noted" && [ "$port" = - ]; }

# Lets what requests went to before end what it began, $DRAIN seconds at most, then stops it; first of all a candidate
# that requests do not go to.
r_drain() {
  while read -r name instance <&3; do
    grep -qx "$name $instance" "$WORK/pairs" || d_drop "$instance" || say "$name: $problem"
  done 3<"$WORK/candidates"
  drained_by=$(($(r_now) + DRAIN))
  while read -r name instance _ <&3; do
    grep -qx "$name $instance" "$WORK/pairs" && continue
    idle=0
    ! r_is_halted "$name" "$instance" && ! r_is_worker "$name" || idle=2
    while [ "$idle" -lt 2 ] && [ "$(r_now)" -lt "$drained_by" ]; do
      d_busy "$instance"
      case $? in 1) idle=$((idle + 1)) ;; *) idle=0 ;; esac
      [ "$idle" -ge 2 ] || sleep "$R_PAUSE"
    done
    d_retire "$instance" || say "$name: $problem"
  done 3<"$WORK/serving"
  d_clean || say "$problem"
}

# Puts back what served, and takes away what was begun; the reason stays in $problem. Where the front does not go back,
# requests may go to what was begun, so that it stays for the next run to put in order.
r_undo() {
  [ "$undoable" = yes ] || return 0
  undoable=no reason=$problem
  [ "$(d_generation)" = "$began" ] || d_switch "$began" || {
    say "going back: $problem"
    problem=$reason
    return
  }
  while read -r name instance <&3; do
    d_drop "$instance" || say "$name: $problem"
  done 3<"$WORK/candidates"
  r_resume
  d_clean || say "$problem"
  ! r_something_serves || say "what served before serves on"
  problem=$reason
}

r_something_serves() {
  while read -r _ instance _ <&3; do [ "$(d_state "$instance")" != running ] || return 0; done 3<"$WORK/serving"
  return 1
}

r_interrupted() {
  trap - TERM INT HUP
  problem="was told to stop"
  # the candidate that was being started meanwhile
  [ -z "$starting" ] || [ -z "$instance" ] || echo "$starting $instance" >>"$WORK/candidates"
  r_undo
  say "$problem"
  exit 75
}
