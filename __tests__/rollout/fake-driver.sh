# A host that is a folder of files, $WORLD, and watches what the core of a release does to it.
#
#   instances/ID     NAME SPEC STATE...                  front/GENERATION   NAME INSTANCE SPEC, a line a service
#   proven/ID        it was healthy once                 current            the generation that serves
#   health           NAME:SPEC BEHAVIOUR...              notes/KEY
#   ledger           what d_ledger prints
#   verdicts         FUNCTION ARGUMENT STATUS REASON     books, changes, clock, journal
#
# BEHAVIOUR: ok, bad, slow N (healthy at the Nth look), needs NAME (healthy while what requests to it go to runs and is
# not bad), needed NAME (it ends at once where requests to NAME do not find what was healthy), check TARGET (healthy by this
# check alone), exits N, oom, restarts N, cannot; of a task: ok, exits N, oom, hangs.
# shellcheck shell=sh disable=SC2034,SC2154

say() { echo "says $1" >>"$WORLD/journal"; }
w_log() { echo "$*" >>"$WORLD/journal"; }
w_changed() {
  read -r w_n <"$WORLD/changes"
  echo $((w_n + 1)) >"$WORLD/changes"
}
r_now() {
  read -r w_clock <"$WORLD/clock"
  echo $((w_clock + 1)) >"$WORLD/clock"
  echo "$w_clock"
}
# What sleeps may be told to stop, by the signal $STOP.
sleep() {
  w_log "sleep"
  [ -z "${STOP:-}" ] || [ "$(grep -c '^sleep' "$WORLD/journal")" -lt 3 ] || sh -c "kill -$STOP \$PPID"
}

# What the world says of function $1 with argument $2: its status and $problem.
w_verdict() {
  while read -r w_function w_argument w_status w_reason; do
    [ "$w_function/$w_argument" != "$1/$2" ] || {
      problem=$w_reason
      return "$w_status"
    }
  done <"$WORLD/verdicts"
}

# The behaviour of $1 in $w_does. Neither this nor w_live prints what it finds: a shell of its own for each of thousands
# would be most of what a release takes here.
w_behaviour() {
  while read -r w_key w_does; do
    [ "$w_key" != "$1" ] || return 0
  done <"$WORLD/health"
  w_does=ok
}

# The instance that requests to service $1 go to, in $w_at; empty where there is none.
w_live() {
  w_at=''
  read -r w_serving <"$WORLD/current"
  [ -n "$w_serving" ] || return 0
  while read -r w_service w_there _; do [ "$w_service" != "$1" ] || w_at=$w_there; done <"$WORLD/front/$w_serving"
}

# Whether $1 runs and answers something at least.
w_answers() {
  [ -n "$1" ] && [ -e "$WORLD/instances/$1" ] || return 1
  read -r w_n w_s w_state <"$WORLD/instances/$1"
  [ "$w_state" = running ] || return 1
  w_behaviour "$w_n:$w_s"
  [ "$w_does" != bad ]
}

w_is_well() {
  w_answers "$1" && [ -e "$WORLD/proven/$1" ] || return 1
  read -r w_n w_s _ <"$WORLD/instances/$1"
  w_behaviour "$w_n:$w_s"
  case $w_does in needs*) w_live "${w_does#* }" && w_answers "$w_at" ;; esac
}

d_ready() {
  w_verdict d_ready - || return
  for w_each in "$WORLD"/instances/*; do
    w_each=${w_each##*/}
    case $w_each in '*') continue ;; esac
    read -r w_n _ <"$WORLD/instances/$w_each"
    w_live "$w_n"
    [ "$w_at" = "$w_each" ] || w_remove "$w_each"
  done
}
d_serves() {
  w_log "d_serves $1"
  read -r w_current <"$WORLD/current"
  [ "${w_current%.*}" = "$1" ]
}
d_serving() {
  w_verdict d_serving - || return
  read -r w_current <"$WORLD/current"
  [ -z "$w_current" ] || cat "$WORLD/front/$w_current"
}
d_fetch() {
  w_log "d_fetch $1"
  w_verdict d_fetch "$1"
}
d_candidate() {
  w_verdict d_candidate "$1" || return
  r_line "$1"
  read -r w_n <"$WORLD/changes"
  instance=$1.$spec.$w_n
  [ "$order" != stop-first ] || w_is_alone "$1" "$instance"
  [ "$w_mode" = restore ] || w_finds_what_it_needs "$1"
  w_behaviour "$1:$spec"
  case $w_does in
    needed*) if w_serves_by_now "${w_does#* }"; then w_state=running; else w_state="exited 1"; fi ;;
    exits*) w_state="exited ${w_does#* }" ;;
    restarts*) w_state="restarting ${w_does#* }" ;;
    oom) w_state=oom ;;
    *) w_state=running ;;
  esac
  echo "$1 $spec $w_state" >"$WORLD/instances/$instance"
  w_log "d_candidate $1"
  w_changed
}
# Whether requests to service $1 find something that was healthy once.
w_serves_by_now() {
  w_live "$1"
  w_answers "$w_at" && [ -e "$WORLD/proven/$w_at" ]
}
# Whether all that service $1 depends on runs as the release has it, and was healthy.
w_finds_what_it_needs() {
  for w_needed in $(sed -n "s/^$1$R_TAB//p" "${DEPENDS:-/dev/null}" | tr , ' '); do
    w_s=$(sed -n "s/^$w_needed$R_TAB\([^$R_TAB]*\).*/\1/p" "$SERVICES") w_found=no
    for w_each in "$WORLD/instances/$w_needed.$w_s".*; do
      [ -e "$w_each" ] && [ -e "$WORLD/proven/${w_each##*/}" ] || continue
      read -r _ _ w_state <"$w_each"
      [ "$w_state" != running ] || w_found=yes
    done
    [ "$w_found" = yes ] || w_log "VIOLATION: $1 starts before $w_needed is healthy"
  done
}
# Whether no other instance of service $1 than $2 runs, where one at a time may.
w_is_alone() {
  for w_each in "$WORLD/instances/$1".*; do
    [ -e "$w_each" ] && [ "${w_each##*/}" != "$2" ] || continue
    read -r _ _ w_state <"$w_each"
    [ "$w_state" != running ] || w_log "VIOLATION: $2 starts beside ${w_each##*/}"
  done
}
d_halt() {
  w_log "d_halt ${1%.*}"
  w_verdict d_halt "${1%%.*}" || return
  [ -e "$WORLD/instances/$1" ] || return 0
  read -r w_n w_s w_state <"$WORLD/instances/$1"
  grep -qs "^$w_n$R_TAB.*${R_TAB}stop-first$" "$SERVICES" "$WORLD/notes/services" || w_log "VIOLATION: $1 need not stop"
  [ "$w_state" != running ] || echo "$w_n $w_s exited 0" >"$WORLD/instances/$1"
  w_changed
}
d_resume() {
  w_log "d_resume ${1%.*}"
  w_verdict d_resume "${1%%.*}" || return
  problem="is gone"
  [ -e "$WORLD/instances/$1" ] || return 1
  read -r w_n w_s _ <"$WORLD/instances/$1"
  w_is_alone "$w_n" "$1"
  echo "$w_n $w_s running" >"$WORLD/instances/$1"
  w_changed
}
d_ledger() {
  w_verdict d_ledger - || return
  cat "$WORLD/ledger"
}
d_record() {
  w_verdict d_record - || return
  cat >"$WORLD/ledger.new"
  mv "$WORLD/ledger.new" "$WORLD/ledger"
  w_log "d_record"
  w_changed
}
# The line of the task $1 into w_spec and w_before, which is empty where it stands before all.
w_task() {
  w_spec=''
  while IFS=$R_TAB read -r w_name w_s _ w_b; do
    [ "$w_name" != "$1" ] || w_spec=$w_s w_before=$(echo "$w_b" | tr ,- '  ')
  done <"${TASKS:-/dev/null}"
  [ -n "$w_spec" ]
}
d_task() {
  w_verdict d_task "$1" || return
  w_task "$1"
  ! grep -qx "$1 $w_spec" "$WORLD/ledger" || w_log "VIOLATION: $1 runs again"
  for w_each in "$WORLD"/instances/*; do
    [ -e "$w_each" ] || continue
    read -r w_n _ w_state <"$w_each"
    case $w_state in ending* | hanging) w_log "VIOLATION: $1 runs beside ${w_each##*/}" ;; esac
    case " ${w_before:-$w_n} " in *" $w_n "*) ;; *) continue ;; esac
    w_live "$w_n"
    [ "$w_at" = "${w_each##*/}" ] || w_log "VIOLATION: $1 runs after ${w_each##*/} was started"
  done
  read -r w_n <"$WORLD/changes"
  instance=$1.$w_spec.$w_n
  w_behaviour "$1:$w_spec"
  case $w_does in
    exits*) w_state="ending exited ${w_does#* }" ;;
    oom) w_state="ending oom" ;;
    hangs) w_state=hanging ;;
    *) w_state="ending exited 0" ;;
  esac
  echo "$1 $w_spec $w_state" >"$WORLD/instances/$instance"
  w_log "d_task $1"
  w_changed
}
d_follow() { echo "log of $1"; }
# Two processes cannot photograph one world.
r_follow() {
  say "    $(d_follow "$1")"
  follower=''
}
wait() { :; }
kill() { :; }
d_state() {
  [ -e "$WORLD/instances/$1" ] || {
    echo gone
    return
  }
  read -r w_n w_s w_state <"$WORLD/instances/$1"
  case $w_state in
    ending*) # the second look finds that it has ended
      echo "$w_n $w_s ${w_state#ending }" >"$WORLD/instances/$1"
      w_state=running
      ;;
    hanging) w_state=running ;;
  esac
  echo "$w_state"
}
d_ask() {
  [ "$4" = http ] || w_log "d_ask ${1%.*} port $2 $4 $5"
  problem="GET $5 was answered 500, not 2xx"
  [ -e "$WORLD/instances/$1" ] || return 1
  read -r w_n w_s w_state <"$WORLD/instances/$1"
  [ "$w_state" = running ] || return 1
  w_behaviour "$w_n:$w_s"
  case $w_does in
    bad) return 1 ;;
    cannot)
      problem="nothing can ask"
      return 2
      ;;
    slow*)
      echo x >>"$WORLD/asked-$1"
      [ "$(grep -c x "$WORLD/asked-$1")" -ge "${w_does#* }" ] || return 1
      ;;
    needs*) w_live "${w_does#* }" && w_answers "$w_at" || return 1 ;;
    check*) [ "$5" = "${w_does#* }" ] || return 1 ;;
  esac
  : >"$WORLD/proven/$1"
}
d_logs() { echo "last words of $1"; }
d_put() {
  w_verdict d_put "$1" || return
  w_n=1
  while [ -e "$WORLD/front/$2.$w_n" ]; do w_n=$((w_n + 1)); done
  generation=$2.$w_n
  while read -r w_name w_instance; do
    w_s='?'
    [ ! -e "$WORLD/instances/$w_instance" ] || read -r _ w_s _ <"$WORLD/instances/$w_instance"
    echo "$w_name $w_instance $w_s"
  done >"$WORLD/front/$generation"
  w_log "d_put $1 $generation"
  w_changed
}
d_test() { w_verdict d_test "${1%.*}"; }
d_generation() { cat "$WORLD/current"; }
d_switch() {
  w_verdict d_switch "${1%.*}" || return
  # back to what served before this run, whatever that is, is no move
  [ "$1" = "$w_began" ] || [ -z "$1" ] || while read -r w_name w_instance _; do
    w_live "$w_name"
    w_before=$w_at
    [ "$w_before" = "$w_instance" ] || [ -e "$WORLD/proven/$w_instance" ] || ! w_is_well "$w_before" ||
      w_log "VIOLATION: $w_name goes from $w_before, which is well, to $w_instance, which nothing proved"
  done <"$WORLD/front/$1"
  read -r w_current <"$WORLD/current"
  [ "$1" = "$w_began" ] || [ -z "$w_current" ] || while read -r w_name w_instance _; do
    ! grep -q "^$w_name$R_TAB" "$SERVICES" || { [ -n "$1" ] && grep -q "^$w_name " "$WORLD/front/$1"; } || ! w_is_well "$w_instance" ||
      w_log "VIOLATION: $w_name is taken from the front, though $w_instance is well"
  done <"$WORLD/front/$w_current"
  [ "$w_mode/${1%.*}" != "deploy/$release" ] || [ "$1" = "$w_began" ] || while IFS=$R_TAB read -r w_name w_s _; do
    grep -qx "$w_name $w_s" "$WORLD/ledger" || w_log "VIOLATION: the switch to $1 comes before $w_name has run"
  done <"${TASKS:-/dev/null}"
  echo "$1" >"$WORLD/current"
  w_log "d_switch $1"
  w_changed
  w_verdict switched "${1%.*}"
}
d_busy() {
  w_log "d_busy $1"
  w_verdict busy "${1%%.*}" || return 0
  w_verdict d_busy "${1%%.*}" || return
  return 1
}
d_keep() {
  w_log "d_keep $1"
  w_verdict d_keep "${1%%.*}"
}
w_remove() {
  [ -e "$WORLD/instances/$1" ] || return 0
  read -r w_n _ <"$WORLD/instances/$1"
  w_live "$w_n"
  [ "$w_at" != "$1" ] || ! w_is_well "$1" || w_log "VIOLATION: $1 is stopped, is well, and requests go to it"
  rm -f "$WORLD/instances/$1"
  w_changed
}
d_drop() {
  w_log "d_drop ${1%.*}"
  w_verdict d_drop "${1%%.*}" || return
  w_remove "$1"
}
d_retire() {
  w_log "d_retire ${1%.*}"
  w_verdict d_retire "${1%%.*}" || return
  w_remove "$1"
}
d_accept() {
  w_verdict d_accept - || return
  echo "$release" >"$WORLD/books"
  w_log "d_accept"
  w_changed
}
d_clean() { w_verdict d_clean -; }
d_note() {
  w_verdict d_note "$1" || return
  cat >"$WORLD/notes/$1.new"
  mv "$WORLD/notes/$1.new" "$WORLD/notes/$1"
  w_changed
}
d_recall() { cat "$WORLD/notes/$1" 2>/dev/null; }

# Releases $1 by mode $2 with the services of file $3, the tasks of $3.tasks and the order of $3.depends, apart from this
# shell; then says how it ended.
w_rollout() (
  SERVICES=$3 DRAIN=${DRAIN:-60} w_mode=$2
  [ ! -e "$3.tasks" ] || TASKS=$3.tasks
  [ ! -e "$3.depends" ] || DEPENDS=$3.depends
  WORK=$WORLD/work
  rm -rf "$WORK"
  mkdir -p "$WORK"
  read -r w_began <"$WORLD/current"
  rollout "$1" "$2"
  w_outcome=$?
  if [ "$w_outcome" = 0 ]; then w_log "ended 0"; else w_log "ended $w_outcome: $problem"; fi
  exit "$w_outcome"
)

# Copies the world after each line of the core that changed it: what a power cut leaves. It runs between any two lines
# here, too, so its variable is its own.
w_photograph() {
  read -r w_exposure <"$WORLD/changes"
  [ -e "$PHOTOGRAPHS/$w_exposure" ] || cp -R "$WORLD" "$PHOTOGRAPHS/$w_exposure"
}

# Says what is not as it should be once release $1 with the services of file $2, by mode $3, serves.
w_check() {
  read -r w_current <"$WORLD/current"
  [ "${w_current%.*}" = "$1" ] || w_log "VIOLATION: $w_current serves, not $1"
  [ "$(cat "$WORLD/books" 2>/dev/null)" = "$1" ] || w_log "VIOLATION: $1 serves, and the books do not say so"
  while IFS=$R_TAB read -r w_name w_spec _; do
    w_live "$w_name"
    w_instance=$w_at
    case $w_instance in "$w_name.$w_spec."*) ;; *) w_log "VIOLATION: $w_name is $w_instance, not $w_spec" ;; esac
    w_is_well "$w_instance" || w_log "VIOLATION: $w_instance serves and is not well"
  done <"$2"
  [ "$3" != deploy ] || [ ! -e "$2.tasks" ] || while IFS=$R_TAB read -r w_name w_spec _; do
    grep -qx "$w_name $w_spec" "$WORLD/ledger" || w_log "VIOLATION: $w_name has not run"
  done <"$2.tasks"
  for w_each in "$WORLD"/instances/*; do
    [ -e "$w_each" ] || continue
    read -r w_name _ <"$w_each"
    w_live "$w_name"
    [ "$w_at" = "${w_each##*/}" ] || w_log "VIOLATION: ${w_each##*/} is left"
  done
}
