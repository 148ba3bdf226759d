# Waits until every service of a host serves what is declared, and says why where one does not. A swarm rolls each service
# by itself, and back by itself; that it did is told by nobody but this. Stands after swarm.sh in one script.
#
#   SLIPWAY_HOST       the host's path
#   SLIPWAY_SERVICES   a line a service, NAME SERVICE SPEC, tabs between: the name that people know, the swarm's, and the
#                      digest of what its tasks are made of
#   SLIPWAY_DEADLINE   seconds after which what is not done is put back
#   SLIPWAY_KEPT       names of secrets and networks in use; what else has the host's label is removed at the end; unset where
#                      another step comes after it
# shellcheck shell=sh
set -u

TAB=$(printf '\t')
LOG_LINES=20
MOST_FAILURES=3

say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }

# Runs a command for so many seconds at most: logs of a node that is away never end.
in_time() {
  seconds=$1
  shift
  "$@" &
  asked=$!
  (sleep "$seconds" && kill "$asked") >/dev/null 2>&1 &
  watch=$!
  wait "$asked" 2>/dev/null
  kill "$watch" 2>/dev/null
}

# Sets $spec of the service, $template that its tasks are made of, $update with its $why, and $before, "yes" where a version
# before is known.
look() {
  line=$(docker service inspect --format "{{index .Spec.Labels \"$SPEC_LABEL\"}}$TAB{{with .UpdateStatus}}{{.State}}{{end}}$TAB{{with .UpdateStatus}}{{.Message}}{{end}}$TAB{{if .PreviousSpec}}yes{{end}}$TAB{{json .Spec.TaskTemplate}}" "$1" 2>&1) || {
    spec=- update=gone why=$line before='' template=''
    return
  }
  spec=${line%%"$TAB"*} line=${line#*"$TAB"}
  update=${line%%"$TAB"*} line=${line#*"$TAB"}
  why=${line%%"$TAB"*} line=${line#*"$TAB"}
  before=${line%%"$TAB"*}
  template=$(printf '%s\n' "${line#*"$TAB"}" | alike)
}

# A task is silent about what a service says of itself as usual.
alike() { sed 's/,"Runtime":"container"//'; }

# Prints STATE TEMPLATE of each task.
of_tasks() {
  [ $# -eq 0 ] || docker inspect --type task --format '{{.Status.State}} {{json .Spec}}' "$@" 2>/dev/null | alike
}

# The same of the service's tasks that are to be as $2 says.
tasks() {
  # shellcheck disable=SC2046 # ids
  of_tasks $(docker service ps --no-trunc --quiet --filter "desired-state=$2" "$1" 2>/dev/null)
}

# Whether all tasks that are to run do, and are made of the template.
runs() {
  counted=$(docker service ls --filter "name=$1" --format '{{.Name}} {{.Replicas}}' | sed -n "s/^$1 //p")
  counted=${counted%% *}
  [ -n "$counted" ] && [ "${counted%/*}" = "${counted#*/}" ] && [ "${counted#*/}" != 0 ] || return
  ! tasks "$1" running | grep -qvxF -- "running $template"
}

failures() { tasks "$1" shutdown | grep -cxF -e "failed $template" -e "rejected $template" -e "complete $template"; }

# Sets $verdict of a service: done, failed with the reason in $why, or wait.
judge() {
  look "$1"
  verdict='wait'
  case $update in
    gone | paused | rollback_paused) verdict=failed ;;
    rollback_started | updating) ;;
    rollback_completed)
      # what it went back to may be what is declared by now
      if [ "$spec" != "$2" ]; then verdict=failed; elif runs "$1"; then verdict='done'; fi
      ;;
    *)
      if [ "$spec" != "$2" ]; then
        why="somebody else has changed it meanwhile" verdict=failed
      elif runs "$1"; then
        verdict='done'
      elif [ "$update" != completed ] && [ "$(failures "$1")" -ge "$MOST_FAILURES" ]; then
        why="$MOST_FAILURES of its tasks have failed, and there is no version before" verdict=failed
      fi
      ;;
  esac
}

# Prints CREATED ID STATE TEMPLATE of each task of the service, the newest first.
newest_first() {
  # shellcheck disable=SC2046 # ids
  docker inspect --type task --format '{{json .CreatedAt}} {{.ID}} {{.Status.State}} {{json .Spec}}' \
    $(docker service ps --no-trunc --quiet "$1" 2>/dev/null) 2>/dev/null | alike | sort -r
}

# Prints the id of a task that says why the service $1 is not of spec $2: the newest that failed of what was declared, else
# one of it that does not run. A service that went back is made of another template by now, and what it came from is the
# newest that is not; the swarm may go back before it knows that the task has ended, and one that was told to end may have done
# so well.
culprit() {
  looks=1
  [ "$spec" = "$2" ] || looks=10
  while :; do
    listed=$(newest_first "$1")
    wrong=$template
    [ "$spec" = "$2" ] || wrong=$(printf '%s\n' "$listed" | while read -r _ _ _ made; do
      [ "$made" = "$template" ] || {
        printf '%s\n' "$made"
        break
      }
    done)
    found=$(of_states 'failed rejected complete')
    looks=$((looks - 1))
    if [ -n "$found" ] || [ "$looks" -le 0 ]; then break; fi
    sleep 1
  done
  [ -n "$found" ] || found=$(of_states 'shutdown new pending assigned accepted preparing ready starting')
  echo "$found"
}

# Prints the id of the newest of the $listed tasks that is made of the $wrong template and in one of the states.
of_states() {
  printf '%s\n' "$listed" | while read -r _ id state made; do
    [ "$made" = "$wrong" ] || continue
    case " $1 " in *" $state "*)
      echo "$id"
      break
      ;;
    esac
  done
}

# What the task that failed has to say: the swarm's reason, its last health check, its last lines.
explain() {
  task=$(culprit "$2" "$3")
  [ -n "$task" ] || return 0
  reason=$(docker inspect --type task --format '{{.Status.State}}: {{with .Status.Err}}{{.}}{{else}}{{$.Status.Message}}{{end}}' "$task" 2>/dev/null)
  node=$(docker inspect --type task --format '{{.NodeID}}' "$task" 2>/dev/null)
  [ -z "$node" ] || node=" on $(docker node inspect --format '{{.Description.Hostname}}' "$node" 2>/dev/null)"
  say "$1: its task$node $reason"
  container=$(docker inspect --type task --format '{{with .Status.ContainerStatus}}{{.ContainerID}}{{end}}' "$task" 2>/dev/null)
  [ -n "$container" ] || return 0
  # Where it is on another node than the manager, nobody can ask. A check that met the end of its task says nothing of it.
  health=$(docker inspect --type container \
    --format '{{with .State.Health}}{{range .Log}}{{if ne .ExitCode 0}}{{.Output}}{{"\n"}}{{end}}{{end}}{{end}}' \
    "$container" 2>/dev/null | grep -vE '^(OCI runtime exec failed|cannot exec in a stopped)|^$' | tail -n 1)
  [ -z "$health" ] || say "$1: its health check said last: $health"
  log=$(in_time 20 docker service logs --raw --tail "$LOG_LINES" "$task" 2>&1 | tail -n "$LOG_LINES")
  [ -z "$log" ] || {
    say "$1: its last log lines:"
    printf '%s\n' "$log" | sed 's/^/    /'
  }
}

# What is not done at the deadline is put back, so that it does not happen some time after the apply has failed.
give_up() {
  look "$2"
  why="it was not done after $SLIPWAY_DEADLINE s"
  case $update:$before in
    *:yes | updating:*)
      docker service rollback --detach --quiet "$2" >/dev/null 2>&1 && why="$why and is put back"
      ;;
  esac
}

clear_others() {
  for kind in secret network; do
    docker "$kind" ls --filter "label=$HOST_LABEL=$SLIPWAY_HOST" --format '{{.Name}}' | while read -r name; do
      # one that a task still has stays until the next release
      printf '%s\n' "$SLIPWAY_KEPT" | grep -qxF -- "$name" || docker "$kind" rm "$name" >/dev/null 2>&1
    done
  done
}

w_need
open=$SLIPWAY_SERVICES failed=0 end=$(($(date +%s) + SLIPWAY_DEADLINE))
while :; do
  waiting=''
  while IFS=$TAB read -r name service wanted; do
    [ -n "$name" ] || continue
    judge "$service" "$wanted" </dev/null
    [ "$verdict" != wait ] || [ "$(date +%s)" -lt "$end" ] || {
      give_up "$name" "$service" </dev/null
      verdict=failed
    }
    case $verdict in
      done) say "$name serves, $counted tasks run" ;;
      failed)
        failed=1
        say "$name is not what is declared: $why"
        explain "$name" "$service" "$wanted" </dev/null
        ;;
      wait) waiting="$waiting$name$TAB$service$TAB$wanted
" ;;
    esac
  done <<LINES
$open
LINES
  [ -n "$waiting" ] || break
  open=$waiting
  sleep 1
done

[ "$failed" -eq 0 ] || {
  say "the release failed; each service that is named above serves what it served before, where there was that"
  exit 1
}
[ "${SLIPWAY_KEPT+is set}" = '' ] || clear_others
