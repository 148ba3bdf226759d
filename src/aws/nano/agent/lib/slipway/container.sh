# Containers. Each service has two loopback ports, its slots: one serves, the next release starts on the other.
# shellcheck shell=sh

container_of() { printf 'slipway-%s-%s' "$1" "$2"; }

# Every container of this host, as "SERVICE PORT", running or not.
our_containers() {
  docker ps --all --no-trunc --filter "label=slipway.host=$HOST" \
    --format '{{.Label "slipway.service"}} {{.Label "slipway.port"}}'
}

inspect() { docker container inspect --format "$2" "$1" 2>/dev/null; }

is_running() { [ "$(inspect "$1" '{{.State.Running}}')" = true ]; }

# What makes a container of the service: when this is the same, the one that runs may stay.
spec_of() {
  of_service "$1" '{ image, port, env, secrets, memoryMiB, stopGraceSeconds, command } | with_entries(select(.value != null)) | tojson' |
    sha256sum | cut -c 1-64
}

# Sets $slot to the service's port that is not taken.
free_slot() {
  taken=$(our_containers | cut -d ' ' -f 2)
  for slot in $(of_service "$1" '.slots[]'); do
    printf '%s\n' "$taken" | grep -qx "$slot" || return 0
  done
  problem="$1: both of its ports are taken"
  return 1
}

# start_container SERVICE SLOT: starts it without a restart policy, so that one that ends is seen to have ended.
start_container() {
  starting=$1 at=$2 container=$(container_of "$1" "$2")
  of_service "$starting" '.env // {} | to_entries[] | "\(.key)=\(.value)"' >"$RUN/env"
  rm -rf "$RUN/secrets/$container"
  fetch_secrets "$starting" "$container" || return 1
  memory=$(of_service "$starting" '.memoryMiB // 256')m
  eval "set -- $(of_service "$starting" '[.image] + (.command // []) | @sh')"
  [ ! -d "$RUN/secrets/$container" ] ||
    set -- --mount "type=bind,source=$RUN/secrets/$container,target=/run/secrets,readonly" "$@"
  docker run --detach --name "$container" --restart no --pull never \
    --label "slipway.host=$HOST" --label "slipway.service=$starting" --label "slipway.port=$at" \
    --label "slipway.release=$release" --label "slipway.spec=$(spec_of "$starting")" \
    --publish "127.0.0.1:$at:$(of_service "$starting" .port)" \
    --env-file "$RUN/env" --memory "$memory" --memory-swap "$memory" \
    --stop-timeout "$(of_service "$starting" '.stopGraceSeconds // 10')" \
    --security-opt no-new-privileges "$@" >/dev/null 2>"$RUN/docker.err"
  started=$?
  rm -f "$RUN/env"
  [ "$started" = 0 ] || {
    problem_kind=ValidationException
    problem="$starting: its container does not start: $(tail -n 1 "$RUN/docker.err" | cut -c 1-300)"
    return 1
  }
}

# Stops it with the grace that it was started with, and forgets it.
remove_container() {
  docker stop "$1" >/dev/null 2>&1
  docker rm --force --volumes "$1" >/dev/null 2>&1
  rm -rf "$RUN/secrets/$1"
}
