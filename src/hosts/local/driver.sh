# A host on a Docker engine, as the core of a release asks for it. Terraform has started the new containers before, and
# removes those that they replace after the release; Nginx is a container, which nginx.sh asks, and a generation is a folder
# of its volume:
#
#   /etc/nginx/slipway/live         the link to the generation that serves
#   /etc/nginx/slipway/ID.N/        *.conf, and serving: what its requests go to, NAME INSTANCE SPEC a line
#   /etc/nginx/slipway/notes/KEY    what the core keeps, and what images.sh does
#   /etc/nginx/slipway/tls/         see tls.sh
#   /etc/nginx/slipway/htpasswd/    see passwords.sh
#   /etc/nginx/keepalive/           what not every Nginx knows; not in the volume, for an older one could not start with it
#
# An instance is a container's name. A generation is called by the release's id and a number, so that Nginx's answer
# tells two of one release apart.
#
# Runs where Terraform runs, BSD's tools among them; in Nginx's container with what any Nginx image has.
# Reads $NGINX (the name of its container), $CONTAINERS and $LIMITS (files with NAME CONTAINER and CONTAINER PIDS a line)
# and the files with Nginx text:
# $SITES (the release's), $BARE (a host's that serves no name yet), $INTERNAL (each service's listener for its
# neighbours alone, after a line "#: NAME").
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # Nginx's variables look like the shell's; the core reads and sets variables

L_ROOT=/etc/nginx/slipway

# Runs the shell program on standard input in Nginx's container.
l_inside() { docker exec -i "$NGINX" sh -es -- "$L_ROOT" "$@"; }

l_inspect() { docker inspect --type container --format "$@" 2>/dev/null; }

d_ready() {
  problem="the docker command cannot reach the engine; is it running, and is DOCKER_HOST right?"
  docker version >/dev/null 2>&1 || return 75
  looks=120
  until [ "$(l_inspect '{{.State.Status}}' "$NGINX")" = running ]; do
    looks=$((looks - 1))
    problem="Nginx does not run: docker logs $NGINX"
    [ "$looks" -gt 0 ] || return 75
    sleep "$R_PAUSE"
  done
  l_limit
  problem="Nginx's container does not answer: docker logs $NGINX"
  linked=$(d_generation) || return 75
  problem=''
  # A run that was killed between the link and the reload: Nginx still answers as before.
  [ "$linked" = "$(l_answer)" ] || d_switch "$linked" || return
  l_stop_tasks && l_stop_leftovers && g_verify
}

# What a killed run began of a service of which one container at a time may run, and requests do not go to.
l_stop_leftovers() {
  awk -F "$R_TAB" '$NF == "stop-first" { print $1 }' "$SERVICES" >"$WORK/alone"
  [ -s "$WORK/alone" ] || return 0
  d_serving >"$WORK/live" || return
  while read -r alone <&3; do
    made=$(l_inspect '{{index .Config.Labels "dev.slipway.construct"}}' "$(sed -n "s/^$alone //p" "$CONTAINERS")")
    docker ps --filter "label=dev.slipway.construct=${made:--}" --format '{{.Names}}' >"$WORK/running"
    while read -r each <&4; do
      grep -q "^$alone $each " "$WORK/live" || d_halt "$each" || return
    done 4<"$WORK/running"
  done 3<"$WORK/alone"
}

# Terraform's provider has no word for it, and the engine takes it of a container that runs. One that is gone is the
# release's matter, which looks at each.
l_limit() {
  while read -r limited pids; do
    [ "$(l_inspect '{{.HostConfig.PidsLimit}}' "$limited")" = "$pids" ] ||
      docker update --pids-limit "$pids" "$limited" >/dev/null 2>&1
  done <"$LIMITS"
}

d_note() {
  {
    echo 'mkdir -p "$1/notes" && cd "$1/notes"'
    l_writing "$1.next"
    echo "mv -f $1.next $1"
  } >"$WORK/note"
  problem="Nginx's container takes no files: docker logs $NGINX"
  l_inside <"$WORK/note" || return 75
  problem=''
}

d_recall() {
  l_inside "$1" <<'END'
cat "$1/notes/$2" 2>/dev/null
END
}

# The image came with the container.
d_fetch() { :; }

# Until it is proven its first end is its end, with the status that it really had. What ended before this release looked
# gets a start of its own: what it needs may not have been there yet.
d_candidate() {
  instance=$(sed -n "s/^$1 //p" "$CONTAINERS")
  l_restart no "$instance" && [ "$(l_inspect '{{.State.Status}} {{.RestartCount}}' "$instance")" = "running 0" ] && return
  problem=$(docker stop -t 0 "$instance" 2>&1 >/dev/null) || return 75
  l_restart no "$instance" || return 75
  case $(d_state "$instance") in created) ;; *) l_inspect '{{.State.FinishedAt}}' "$instance" >"$WORK/ended-$1" ;; esac
  problem=$(docker start "$instance" 2>&1 >/dev/null) || return 1
}

# The engine starts none again that was stopped so, whatever its restart policy.
d_halt() {
  problem=$(docker stop "$1" 2>&1 >/dev/null) && return
  case $problem in *"No such container"*) ;; *) return 75 ;; esac
}

d_resume() { problem=$(docker start "$1" 2>&1 >/dev/null) || return 75; }

# Sets the restart policy; the engine refuses while a container is about to end.
l_restart() {
  [ "$(l_inspect '{{.HostConfig.RestartPolicy.Name}}' "$2")" != "$1" ] || return 0
  problem=$(docker update --restart "$1" "$2" 2>&1 >/dev/null)
}

d_state() {
  said=$(l_inspect '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' "$1") || said=gone
  code=${said#* }
  case $said in
    gone) echo gone ;;
    running* | paused*) echo running ;;
    restarting*) echo "restarting ${code% *}" ;;
    created*) echo created ;;
    *true) echo oom ;;
    *) echo "exited ${code% *}" ;;
  esac
}

# Runs the probe on standard input where requests come from.
l_asks() { docker exec -i "$NGINX" sh -s -- "$@" 2>/dev/null; }

d_ask() {
  case $4 in
    command) said=$(probe_command | sh -s -- "$1" "$3" "$5" 2>/dev/null) ;;
    running) said=$(probe_running | l_asks "$(l_inspect '{{.State.Status}} {{.State.StartedAt}}' "$1")" "$3" "$5") ;;
    *) said=$("probe_$4" | l_asks "$1:$2" "$3" "$5" "$6" "$7") ;;
  esac
  outcome=$?
  problem=$said
  case $outcome in
    0 | 1 | 2) ;;
    *)
      problem="Nginx's container cannot ask: docker logs $NGINX"
      return 1
      ;;
  esac
  return "$outcome"
}

# Of the run that this release began, where it began one.
d_logs() {
  name=$(sed -n "s/ $1\$//p" "$CONTAINERS")
  if [ -s "$WORK/ended-$name" ]; then
    docker logs --since "$(cat "$WORK/ended-$name")" --tail "$2" "$1" 2>&1
  else
    docker logs --tail "$2" "$1" 2>&1
  fi
}

# Whether Nginx has a connection to the container, as every request to it comes that way, its neighbours' too, or may
# make one as it did before the switch.
d_busy() {
  addresses=$(l_inspect '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$1") || return 1
  ! l_keeps || return 0
  # shellcheck disable=SC2086 # one word an address
  case $(l_connection_to $addresses) in
    busy) return 0 ;;
    idle) return 1 ;;
    *) return 75 ;;
  esac
}

# Prints busy where Nginx's container has a connection (01 in the kernel's table) to one of the addresses, else idle.
l_connection_to() {
  l_inside "$@" 2>/dev/null <<'END'
shift
for address in "$@"; do
  hex=$(printf '%s\n' "$address" | awk -F . '{ printf "%02X%02X%02X%02X", $4, $3, $2, $1 }')
  if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE "^ *[0-9]+: [^ ]+ (0000000000000000FFFF0000)?$hex:[0-9A-F]+ 01 "; then
    echo busy
    exit
  fi
done
echo idle
END
}

d_keep() { l_restart unless-stopped "$1" || return 75; }

# What serves stays, though it was a candidate because it had ended and was started again.
d_drop() {
  if grep -q " $1 " "$WORK/serving"; then
    d_keep "$1"
    return
  fi
  i_remember "$1"
  problem=$({ docker stop "$1" && docker rm --force --volumes "$1"; } 2>&1 >/dev/null) || return 75
}

# Terraform removes what it replaced, once the release has succeeded.
d_retire() { :; }
