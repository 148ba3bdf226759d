# Nginx on a node of a swarm, which takes other texts without a restart: they come from the task beside it, see texts.sh,
# through a folder that only the tasks of this node share. A text that Nginx refuses is not taken, and what it serves stays.
#
#   /etc/nginx/slipway/GENERATION/   a generation: main, *.conf and tls/
#   /etc/nginx/slipway/next          the generation that is wanted, written by texts.sh
#   /etc/nginx/slipway/live          link to the one that is served
#   /etc/nginx/slipway/serving       the same once Nginx itself has answered it
#   /etc/nginx/slipway/refused       the one that Nginx refused, and from the second line what it said
# shellcheck shell=sh
set -u
cd /etc/nginx/slipway || exit

KEPT=10 # seconds for which workers of before a reload keep idle connections of visitors
PORT=8100 # of Nginx's own loopback, where it answers which generation it has loaded

nginx='' loaded='' refused=''

# What Nginx is told is what its image is told to end by.
end() {
  [ -z "$nginx" ] || {
    kill -s QUIT "$nginx"
    wait "$nginx"
  }
  exit 0
}
trap end TERM QUIT INT

pause() {
  sleep 1 &
  wait "$!"
}

# An Nginx older than 1.27.4 has no word for it: it closes idle connections at a reload, which may meet a request on its way.
keep_connections() {
  mkdir -p /etc/nginx/keepalive
  echo "keepalive_min_timeout ${KEPT}s;" >/etc/nginx/keepalive/keepalive.conf
  echo 'events {} http { include /etc/nginx/keepalive/*.conf; }' >/tmp/keepalive
  nginx -t -q -c /tmp/keepalive 2>/dev/null || rm -f /etc/nginx/keepalive/keepalive.conf
}

# BusyBox's wget of 1.35 falls over its -T.
answer() {
  if command -v curl >/dev/null; then curl -q -s -m 2 "http://127.0.0.1:$PORT/"; else timeout 2 wget -q -O - "http://127.0.0.1:$PORT/"; fi
}

# Readers see a whole file or the one before.
put() { cat >"$1.new" && mv -f "$1.new" "$1"; }

take() {
  said=$(nginx -t -q -c "$PWD/$1/main" 2>&1) || {
    refused=$1
    printf '%s\n' "$1" "$said" | put refused
    return
  }
  ln -sfn "$1" live.new && mv -fT live.new live
  if [ -n "$nginx" ]; then
    kill -s HUP "$nginx"
  else
    nginx -c "$PWD/live/main" -g 'daemon off;' &
    nginx=$!
  fi
  until [ "$(answer 2>/dev/null)" = "$1" ]; do
    runs
    pause
  done
  loaded=$1 refused=''
  echo "$1" | put serving
  for each in *; do
    # shellcheck disable=SC2015 # nothing to be done for what stays
    [ -d "$each" ] && [ ! -L "$each" ] && [ "$each" != "$1" ] && [ "$each" != "$(cat next)" ] && rm -rf "$each" || :
  done
}

# Ends the task where Nginx has ended; the swarm starts another.
runs() { [ -z "$nginx" ] || kill -s 0 "$nginx" 2>/dev/null || exit 1; }

keep_connections
rm -f serving refused
while :; do
  next=$(cat next 2>/dev/null)
  [ -z "$next" ] || [ "$next" = "$loaded" ] || [ "$next" = "$refused" ] || take "$next"
  runs
  pause
done
