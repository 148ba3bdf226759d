# A host on a Docker engine, as the core of a release asks for it. Terraform has started the new containers before, and
# removes those that they replace after the release; Nginx is a container, and a generation is a folder of its volume:
#
#   /etc/nginx/slipway/live         the link to the generation that serves
#   /etc/nginx/slipway/ID.N/        *.conf, and serving: what its requests go to, NAME INSTANCE SPEC a line
#   /etc/nginx/slipway/notes/KEY    what the core keeps
#   /etc/nginx/slipway/tls/         see tls.sh
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
L_NOWHERE=127.0.0.1:9 # where nothing listens: what a service without a container answers is 502
L_KEPT=10 # seconds for which workers of before a reload keep idle connections of visitors, unless $DRAIN is less
kept_until=0

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
  [ "$linked" = "$(l_answer)" ] || d_switch "$linked"
}

# Terraform's provider has no word for it, and the engine takes it of a container that runs. One that is gone is the
# release's matter, which looks at each.
l_limit() {
  while read -r limited pids; do
    [ "$(l_inspect '{{.HostConfig.PidsLimit}}' "$limited")" = "$pids" ] ||
      docker update --pids-limit "$pids" "$limited" >/dev/null 2>&1
  done <"$LIMITS"
}

# What Nginx answers about itself: the generation that it serves, nothing where it serves none.
l_answer() {
  l_inside 2>/dev/null <<'END'
url=http://127.0.0.1:8100/
# BusyBox's wget of 1.35 falls over its -T
if command -v curl >/dev/null; then curl -q -s -m 2 "$url"; else timeout 2 wget -q -O - "$url"; fi
END
}

d_serves() {
  answered=$(l_answer)
  [ "${answered%.*}" = "$1" ]
}

d_generation() {
  l_inside <<'END'
readlink "$1/live" || :
END
}

d_serving() {
  problem="Nginx's container does not answer: docker logs $NGINX"
  l_inside <<'END' || return 75
cat "$1/live/serving" 2>/dev/null || :
END
  problem=''
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
  l_inspect '{{.State.FinishedAt}}' "$instance" >"$WORK/ended-$1"
  problem=$(docker start "$instance" 2>&1 >/dev/null) || return 1
}

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
    *true) echo oom ;;
    *) echo "exited ${code% *}" ;;
  esac
}

d_ask() {
  said=$("probe_$4" | docker exec -i "$NGINX" sh -s -- "$1:$2" "$3" "$5" "$6" "$7" 2>/dev/null)
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

# Prints a shell program that writes standard input to the file $1.
l_writing() {
  printf 'cat >%s <<"SLIPWAY_END"\n' "$1"
  awk 1
  echo SLIPWAY_END
}

l_constant() { printf 'map "" $%s {\n    default "%s";\n}\n' "$1" "$2"; }

# Where requests to service $1 go: container $2, on the port that the release says.
l_upstream() {
  if [ "$2" = - ]; then address=$L_NOWHERE; else address="$2:$(awk -F "$R_TAB" -v name="$1" '$1 == name { print $3 }' "$SERVICES")"; fi
  l_constant "slipway_$(printf %s "$1" | tr - _)" "$address" | l_writing "upstream-$1.conf"
}

# Everything as the release says. What has no container is answered 502.
l_release_texts() {
  l_writing sites.conf <"$SITES"
  while read -r name _ <&3; do
    instance=$(sed -n "s/^$name //p" "$WORK/put")
    l_upstream "$name" "${instance:--}"
  done 3<"$SERVICES"
}

# What is live, and a listener for neighbours where a service has none there.
l_serving_texts() {
  l_writing sites.conf <"$BARE"
  echo 'cp ../live/*.conf . 2>/dev/null || :'
  while read -r name instance <&3; do
    ! grep -q "^$name $instance " "$WORK/serving" || continue
    echo "if [ ! -e upstream-$name.conf ]; then"
    awk -v name="$name" '/^#: /{ wanted = ($2 == name); next } wanted' "$INTERNAL" | l_writing "service-$name.conf"
    echo 'fi'
    l_upstream "$name" "$instance"
  done 3<"$WORK/put"
}

# The lines of what serves; a spec is that of the container, and what is not live yet is the release's.
l_serving_lines() {
  while read -r name instance <&3; do
    grep "^$name $instance " "$WORK/serving" || awk -F "$R_TAB" -v name="$name" -v instance="$instance" \
      '$1 == name { print name, instance, $2 }' "$SERVICES"
  done 3<"$WORK/put"
}

d_put() {
  texts=$1
  cat >"$WORK/put"
  [ "$texts" != release ] || t_certify || return
  problem="Nginx's container takes no files: docker logs $NGINX"
  generation=$(l_new_folder "$2") || return 75
  {
    echo "cd \"\$1/$generation\""
    if [ "$texts" = release ]; then l_release_texts; else l_serving_texts; fi
    l_constant configuration_id "$generation" | l_writing release.conf
    l_serving_lines | l_writing serving
  } >"$WORK/texts"
  l_inside <"$WORK/texts" || return 75
  problem=''
}

l_new_folder() {
  l_inside "$1" <<'END'
number=1
while [ -e "$1/$2.$number" ]; do number=$((number + 1)); done
mkdir -p "$1/$2.$number"
echo "$2.$number"
END
}

# Without keepalive.conf where Nginx, older than 1.27.4, does not know its directive: it then closes idle connections at
# a reload, which may meet a request that is on its way.
d_test() {
  l_inside "$1" "$(l_kept)" <<'END' && return
sed "s#$1/live/#$1/$2/#; s#/etc/nginx/keepalive/#/tmp/keepalive/#" /etc/nginx/nginx.conf >/tmp/nginx.candidate.conf
mkdir -p /tmp/keepalive
echo "keepalive_min_timeout $3s;" >/tmp/keepalive/keepalive.conf
until said=$(nginx -t -q -c /tmp/nginx.candidate.conf 2>&1); do
  case $said in
    *'unknown directive "keepalive_min_timeout" in '*/keepalive.conf:*) rm /tmp/keepalive/keepalive.conf ;;
    *)
      printf '%s\n' "$said"
      exit 1
      ;;
  esac
done
printf '%s\n' "$said" | grep -v -e '^$' -e 'the "listen ... http2" directive is deprecated' || :
END
  problem="Nginx refuses the configuration, see above"
  return 1
}

d_switch() {
  l_inside "$1" <<'END' || {
if [ -n "$2" ]; then
  ln -sfn "$2" "$1/live.next"
  mv -fT "$1/live.next" "$1/live"
  mkdir -p /etc/nginx/keepalive
  [ ! -e /tmp/keepalive/keepalive.conf ] || mv -f /tmp/keepalive/keepalive.conf /etc/nginx/keepalive/
else
  rm -f "$1/live"
fi
kill -HUP 1
END
    problem="Nginx could not be told to reload: docker logs $NGINX"
    return 75
  }
  looks=50
  until [ "$(l_answer)" = "$1" ]; do
    looks=$((looks - 1))
    problem="Nginx was told to reload and still serves the old configuration: docker logs $NGINX"
    [ "$looks" -gt 0 ] || return 75
    sleep "$R_PAUSE"
  done
  kept_until=$(($(r_now) + $(l_kept) + 1))
  problem=''
}

# A worker of before the reload sends a request that comes on a connection which it keeps to what served before, so it
# keeps them no longer than that stays.
l_kept() { if [ "$DRAIN" -lt "$L_KEPT" ]; then echo "$DRAIN"; else echo "$L_KEPT"; fi; }

# Whether a worker of before the reload may keep such connections yet.
l_keeps() {
  [ "$(r_now)" -lt "$kept_until" ] && l_inside 2>/dev/null <<'END'
[ -e /etc/nginx/keepalive/keepalive.conf ] && grep -qs '[n]ginx: worker process is shutting down' /proc/[0-9]*/cmdline
END
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
  problem=$({ docker stop "$1" && docker rm --force --volumes "$1"; } 2>&1 >/dev/null) || return 75
}

# Terraform removes what it replaced, once the release has succeeded.
d_retire() { :; }

d_accept() { :; }

d_clean() {
  problem="Nginx's container keeps generations that nothing uses: docker logs $NGINX"
  l_inside <<'END' || return 75
cd "$1"
live=$(readlink live) || :
for each in *; do
  case $each in
    live | notes | tls | "$live") ;;
    *) rm -rf "$each" ;;
  esac
done
for each in tls/*; do
  [ ! -e "$each" ] || grep -qs "/$each;" "$live/sites.conf" || rm -f "$each"
done
END
  problem=''
}
