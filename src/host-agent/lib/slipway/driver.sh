# What the release's core asks of this host: containers of its Docker Engine; nginx.sh has what it asks of Nginx.
# Each service has two loopback ports, its slots: one serves, the next container starts on the other. An instance is a
# container's name, slipway-SERVICE-SLOT. A service without a port has the slots 0 and 1, which are no ports. One of which
# one container at a time may run has a port on the bridge, too, always the same, where neighbours reach it by TCP.
# shellcheck shell=sh disable=SC2154 # the core sets $SERVICES, $WORK, $release, $spec

d_ready() {
  docker version >/dev/null 2>&1 || {
    problem="the Docker Engine does not answer: systemctl status docker"
    return 75
  }
  reconcile_nginx
  remove_leftovers
}

# Every container of this host that is a release's, running or not; a schedule's runs beside.
our_containers() { docker ps --all --no-trunc --filter "label=slipway.host=$HOST" --format '{{.Names}}' | grep -v '^slipway[.]schedule[.]'; }

# Removes what a run that was cut off left: every container that Nginx sends nothing to.
remove_leftovers() {
  our_containers >"$RUN/containers"
  while read -r leftover <&3; do
    cut -d ' ' -f 2 "$LIVE/serving" 2>/dev/null | grep -qx "$leftover" && continue
    say "$leftover: stopping it, an earlier run was cut off"
    d_retire "$leftover" || say "$problem"
  done 3<"$RUN/containers"
}

# A container on a port that the release no longer gives to its service cannot stay: its spec is printed as "-".
d_serving() {
  while read -r served on by; do
    if slots_of "$served" "$WORK/slots" | grep -q . && ! slots_of "$served" "$WORK/slots" | grep -qx "${on##*-}"; then by=-; fi
    echo "$served $on $by"
  done <"$LIVE/serving"
}

d_fetch() {
  need_data "$1" && verify_images "$1" || return
  image=$(of_service "$1" .image)
  has_image "$image" && return
  say "pulling $image"
  note_image "$image"
  pull_image "$image" || return "$(final_or_later)"
}

# 1 when trying again is no use, 75 otherwise, by the last $problem.
final_or_later() { if is_final; then echo 1; else echo 75; fi; }

d_candidate() {
  free_slot "$1" || return 1
  instance=slipway-$1-$slot
  r_line "$1"
  case $slot in 0 | 1) say "$1: starting" ;; *) say "$1: starting on port $slot" ;; esac
  start_candidate "$1"
}

# Starts $instance for $1, or leaves nothing of it.
start_candidate() {
  start_container "$1" && return
  cause=$problem verdict=$(final_or_later)
  remove_container "$instance" -t 10
  problem=$cause
  return "$verdict"
}

# The engine starts none again that was stopped so, whatever its restart policy.
d_halt() {
  problem=$(docker stop "$1" 2>&1 >/dev/null) && return
  case $problem in *"No such container"*) ;; *) return 75 ;; esac
}

d_resume() { problem=$(docker start "$1" 2>&1 >/dev/null) || return 75; }

# Sets $slot to the service's slot that no container has; a port may be that of another service's, which had it before.
free_slot() {
  our_containers >"$RUN/taken"
  for slot in $(slots_of "$1" "$WORK/slots"); do
    case $slot in 0 | 1) taken="^slipway-$1-$slot\$" ;; *) taken="-$slot\$" ;; esac
    grep -q -e "$taken" "$RUN/taken" || grep -q "^$1 .*-$slot " "$LIVE/serving" || return 0
  done
  problem="both of its slots are taken"
  return 1
}

# Starts $instance without a restart policy, so that one that ends is seen to have ended. The file with its variables,
# secrets among them, goes in any case.
start_container() {
  rm -rf "$RUN/secrets/$instance"
  of_service "$1" '.env // {} | to_entries[] | "\(.key)=\(.value)"' >"$RUN/env"
  fetch_secrets "$1" "$instance" && place_mounts "$1" "$instance" && run_container "$1"
  started=$?
  rm -f "$RUN/env"
  return "$started"
}

run_container() {
  called=$1
  eval "set -- $(of_service "$called" "$(cat "$PARTS/container.jq")")"
  case $slot in '' | 0 | 1) ;; *) set -- --publish "127.0.0.1:$slot:$(of_service "$called" .port)" "$@" ;; esac
  [ ! -d "$RUN/secrets/$instance" ] ||
    set -- --mount "type=bind,source=$RUN/secrets/$instance,target=/run/secrets,readonly" "$@"
  eval "set -- $(mount_words "$called" "$instance") \"\$@\""
  direct=$(of_service "$called" '.direct // empty')
  [ -z "$direct" ] || set -- --publish "$direct:$(of_service "$called" .port)" "$@"
  docker run --detach --name "$instance" --restart no --pull never \
    --label "slipway.host=$HOST" --label "slipway.service=$called" --label "slipway.port=$slot" \
    --label "slipway.release=$release" --label "slipway.spec=$spec" \
    --env-file "$RUN/env" --security-opt no-new-privileges "$@" >/dev/null 2>"$RUN/docker.err" && return
  problem_kind=ValidationException
  problem="its container does not start: $(tail -n 1 "$RUN/docker.err" | cut -c 1-300)"
  return 1
}

# An engine that does not answer says nothing about a container: it is asked again.
d_state() {
  state=$(docker container inspect --format '{{.State.Status}} {{.State.OOMKilled}} {{.State.ExitCode}}' "$1" 2>&1) || {
    case $state in *"No such"*) echo gone ;; *) echo running ;; esac
    return
  }
  case $state in
    running* | paused*) echo running ;;
    restarting*) echo "restarting ${state##* }" ;;
    *' true '*) echo oom ;;
    *) echo "exited ${state##* }" ;;
  esac
}

# HTTP is asked where Nginx asks. TCP is asked of the container itself: the published port accepts before the service
# listens. A command is asked in the container, and for how long it has run the engine says.
d_ask() {
  case $4 in
    command) asked=$1 ;;
    running) asked=$(docker container inspect --format '{{.State.Status}} {{.State.StartedAt}}' "$1" 2>/dev/null) ;;
    tcp)
      asked=$(docker container inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$1" 2>/dev/null | cut -d ' ' -f 1)
      [ -n "$asked" ] || {
        problem="its container has no address"
        return 1
      }
      asked=$asked:$2
      ;;
    *) asked=127.0.0.1:${1##*-} ;;
  esac
  problem=$(sh "$PARTS/probes/$4.sh" "$asked" "$3" "$5" "$6" "$7" 2>&1)
}

d_logs() { docker logs --tail "$2" "$1" 2>&1 | cut -c 1-300; }

# Whether Nginx, with its old workers and its new ones, has a connection to it.
d_busy() {
  case ${1##*-} in 0 | 1) return 1 ;; esac
  connections=$(ss -Htn state established "( dst 127.0.0.1:${1##*-} )" 2>/dev/null) || return 75
  [ -n "$connections" ]
}

d_keep() {
  docker update --restart unless-stopped "$1" >/dev/null 2>&1 && return
  problem="its container is gone"
  return 1
}

# Nothing of a candidate is worth waiting for, so its own grace does not count.
d_drop() { remove_container "$1" -t 10; }

d_retire() { remove_container "$1"; }

# remove_container INSTANCE [OPTION...]: stops it, by default with the grace that it was started with, and forgets it.
remove_container() {
  removing=$1
  shift
  docker stop "$@" "$removing" >/dev/null 2>&1
  docker rm --force --volumes "$removing" >/dev/null 2>&1
  rm -rf "$RUN/secrets/$removing" "${FILES:?}/$removing"
  [ "$(d_state "$removing")" = gone ] && return
  problem="its container $removing cannot be removed"
  return 75
}

d_accept() {
  end_attempt
  remember_manifest
  labelled=true
  [ "$(serving version)/$(serving release)/$(serving labelled)" = "$version/$release/true" ] || label live "$version" || labelled=false
  remember_serving "$labelled"
  [ "$labelled" = true ] || {
    problem="it serves, but the label live did not move: $problem"
    return 75
  }
}

d_note() { keep "$STATE/notes/$1"; }

d_recall() { cat "$STATE/notes/$1" 2>/dev/null; }
