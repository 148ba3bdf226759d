#!/bin/sh
# Releases the services of one host on a Docker engine: waits until every new container is healthy, tries the Nginx
# configuration, switches Nginx over by a reload, and waits until nobody talks to the old containers any more.
# What serves is not touched before all of that has succeeded; any failure ends with its reason and status 1.
# A service that never served goes live as soon as it is healthy, so that services which need it can get healthy.
#
# Runs where Terraform runs; needs sh and the docker command. Run again with nothing to do, it says so and ends.
#
#   SLIPWAY_HOST      the host's name, for messages
#   SLIPWAY_NGINX     name of the Nginx container
#   SLIPWAY_SITES     Nginx text of the whole release but for the constants below
#   SLIPWAY_BARE      Nginx text of a release that serves nothing yet
#   SLIPWAY_INTERNAL  Nginx text of each service's internal listener alone, after a line "#: NAME"
#   SLIPWAY_SERVICES  a line a service: NAME CONTAINER PORT KIND PATH STATUS TIMEOUT DEADLINE
#   SLIPWAY_DRAIN     seconds that old connections get to end by themselves
# shellcheck disable=SC2016 # Nginx's variables look like the shell's
set -u

ROOT=/etc/nginx/slipway
started=$(date +%s)

say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }
fail() {
  say "release failed after $(($(date +%s) - started)) s: $*"
  say "what served before serves on"
  exit 1
}
inside() { docker exec -i "$SLIPWAY_NGINX" "$@"; }
services() { printf '%s\n' "$SLIPWAY_SERVICES"; }

# The constants that only the apply knows: where a service's container is, and which release this is.
upstream_text() { printf 'map "" $slipway_%s {\n    default "%s:%s";\n}\n' "$(printf %s "$1" | tr - _)" "$2" "$3"; }
release_text() { printf 'map "" $configuration_id {\n    default "%s";\n}\n' "$1"; }
internal_text() { printf '%s\n' "$SLIPWAY_INTERNAL" | awk -v name="$1" '/^#: /{ wanted = ($2 == name); next } wanted'; }
upstream_texts() { services | while read -r name container port _; do upstream_text "$name" "$container" "$port"; done; }
release_id() { { printf '%s\n' "$SLIPWAY_SITES"; upstream_texts; } | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-64; }

# What Nginx answers about itself: the release that it serves.
served() {
  inside sh -s 2>/dev/null <<'EOF'
url=http://127.0.0.1:8100/
if command -v curl >/dev/null; then curl -s -m 2 "$url"; else wget -q -T 2 -O - "$url"; fi
EOF
}

# Asks once, from where Nginx will ask, and prints what is wrong; status 0 when healthy.
probe() {
  inside sh -s -- "$@" <<'EOF'
port=$2 kind=$3 path=$4 expected=$5 timeout=$6
url=http://$1:$port
[ "$kind" = tcp ] || url=$url$path
if command -v curl >/dev/null; then
  status=$(curl -s -o /dev/null -m "$timeout" -w '%{http_code}' "$url")
  result=$?
else
  status=$(wget -S -T "$timeout" -O /dev/null "$url" 2>&1 | sed -n 's/^ *HTTP\/[0-9.]* \([0-9]*\).*/\1/p' | tail -n 1)
  [ -n "$status" ]
  result=$?
fi
case $result in
  6) echo "its name does not resolve"; exit 1 ;;
  7) echo "nothing listens on port $port"; exit 1 ;;
  28) echo "no answer on port $port within $timeout s"; exit 1 ;;
esac
[ "$kind" = tcp ] && exit 0
[ "$result" = 0 ] || { echo "no HTTP answer on port $port"; exit 1; }
case $expected:$status in
  2xx:2??) exit 0 ;;
  "$status:$status") exit 0 ;;
esac
echo "GET $path was answered $status, not $expected"
exit 1
EOF
}

unhealthy() {
  say "$1: last lines of its log:"
  docker logs --tail 20 "$2" 2>&1 | sed 's/^/    /'
  fail "$1 is not healthy: $3"
}

await_healthy() {
  deadline=$(($(date +%s) + $8))
  say "$1: waiting until it is healthy, $8 s at most"
  until reason=$(probe "$2" "$3" "$4" "$5" "$6" "$7"); do
    state=$(docker inspect --format '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}' "$2" 2>/dev/null) ||
      unhealthy "$1" "$2" "its container is gone"
    code=${state##* }
    restarts=${state#* }
    restarts=${restarts%% *}
    case $state in exited* | dead*) unhealthy "$1" "$2" "its container ended with status $code" ;; esac
    [ "$restarts" -lt 4 ] || unhealthy "$1" "$2" "its container ends again and again, with status $code"
    [ "$(date +%s)" -lt "$deadline" ] || unhealthy "$1" "$2" "$reason"
    sleep 0.5
  done
  say "$1: healthy"
}

# Prints a shell program that writes standard input to the file $1.
file() { printf 'cat >%s <<"SLIPWAY_END"\n' "$1"; cat; printf '\nSLIPWAY_END\n'; }

# Fills the folder $1 beside the live one by the shell program on standard input, tries it, and switches to it.
go_live() {
  inside sh -c "rm -rf $ROOT/$1 && mkdir -p $ROOT/$1 && cd $ROOT/$1 && sh -e" || fail "Nginx's container takes no files"
  inside sh -es -- "$ROOT" "$1" <<'EOF' || fail "Nginx refuses the configuration, see above"
sed "s#$1/live/#$1/$2/#" /etc/nginx/nginx.conf >/tmp/nginx.candidate.conf
nginx -t -q -c /tmp/nginx.candidate.conf
ln -sfn "$2" "$1/live.next"
mv -fT "$1/live.next" "$1/live"
kill -HUP 1
EOF
  tries=50
  until [ "$(served)" = "$1" ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "Nginx was told to reload and still serves the old configuration"
    sleep 0.2
  done
}

# What is live already, and the one new service where other services reach it.
introduce() {
  {
    printf '%s\n' "$SLIPWAY_BARE" | file sites.conf
    echo 'cp ../live/*.conf . 2>/dev/null || :'
    internal_text "$1" | file "service-$1.conf"
    upstream_text "$1" "$2" "$3" | file "upstream-$1.conf"
    release_text "with-$1" | file release.conf
  } | go_live "with-$1"
}

release() {
  {
    printf '%s\n' "$SLIPWAY_SITES" | file sites.conf
    services | while read -r name container port _; do upstream_text "$name" "$container" "$port" | file "upstream-$name.conf"; done
    release_text "$1" | file release.conf
  } | go_live "$1"
}

# Lets the old workers finish what they began, then forgets the folders that nobody reads any more.
drain() {
  inside sh -s -- "$SLIPWAY_DRAIN" "$ROOT" "$1" <<'EOF'
left=$(($1 * 5))
while [ "$left" -gt 0 ] && grep -qs 'shutting down' /proc/[0-9]*/cmdline; do
  left=$((left - 1))
  sleep 0.2
done
cd "$2" && for each in *; do [ "$each" = "$3" ] || [ "$each" = live ] || rm -rf "$each"; done
EOF
}

docker version >/dev/null 2>&1 || fail "the docker command cannot reach the engine; is it running, and is DOCKER_HOST right?"
tries=60
until [ -n "$(docker ps --quiet --filter "name=^$SLIPWAY_NGINX\$" --filter status=running)" ]; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail "Nginx does not run: docker logs $SLIPWAY_NGINX"
  sleep 1
done
release=$(release_id)
if [ "$(served)" = "$release" ]; then
  say "serves release $(printf %.12s "$release")"
  exit 0
fi
# Read from a descriptor of its own: docker exec would swallow the loop's standard input.
exec 3<<EOF
$SLIPWAY_SERVICES
EOF
while read -r name container port kind path status timeout deadline <&3; do
  [ -n "$name" ] || continue
  await_healthy "$name" "$container" "$port" "$kind" "$path" "$status" "$timeout" "$deadline"
  inside test -e "$ROOT/live/upstream-$name.conf" </dev/null || introduce "$name" "$container" "$port"
done
release "$release"
drain "$release"
say "serves release $(printf %.12s "$release") since $(($(date +%s) - started)) s after the start"
