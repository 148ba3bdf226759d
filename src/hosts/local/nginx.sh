# What the release's core asks of Nginx; a part of driver.sh, which says what lies where in its container.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # Nginx's variables look like the shell's; the core reads and sets variables

L_NOWHERE=127.0.0.1:9 # where nothing listens: what a service without a container answers is 502
L_KEPT=10 # seconds for which workers of before a reload keep idle connections of visitors, unless $DRAIN is less
kept_until=0

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

# Prints a shell program that writes standard input to the file $1.
l_writing() {
  printf 'cat >%s <<"SLIPWAY_END"\n' "$1"
  awk 1
  echo SLIPWAY_END
}

l_constant() { printf 'map "" $%s {\n    default "%s";\n}\n' "$1" "$2"; }

l_port() { awk -F "$R_TAB" -v name="$1" '$1 == name { print $3 }' "$SERVICES"; }

# Where requests to service $1 go: container $2, on the port that the release says.
l_upstream() {
  if [ "$2" = - ]; then address=$L_NOWHERE; else address="$2:$(l_port "$1")"; fi
  l_constant "slipway_$(printf %s "$1" | tr - _)" "$address" | l_writing "upstream-$1.conf"
}

# Everything as the release says. What has no container is answered 502.
l_release_texts() {
  l_writing sites.conf <"$SITES"
  while read -r name _ <&3; do
    instance=$(sed -n "s/^$name //p" "$WORK/put")
    [ "$(l_port "$name")" = - ] || l_upstream "$name" "${instance:--}"
  done 3<"$SERVICES"
}

# What is live, and a listener for neighbours where a service has none there.
l_serving_texts() {
  l_writing sites.conf <"$BARE"
  echo 'cp ../live/*.conf . 2>/dev/null || :'
  while read -r name instance <&3; do
    ! grep -q "^$name $instance " "$WORK/serving" || continue
    [ "$(l_port "$name")" != - ] || continue
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
  [ "$texts" != release ] || { t_certify && p_place; } || return
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

d_clean() {
  problem="Nginx's container keeps generations that nothing uses: docker logs $NGINX"
  l_inside <<'END' || return 75
cd "$1"
live=$(readlink live) || :
for each in *; do
  case $each in
    live | notes | tls | htpasswd | maintenance | "$live") ;;
    *) rm -rf "$each" ;;
  esac
done
for each in tls/* htpasswd/*; do
  [ ! -e "$each" ] || grep -qs "/$each;" "$live/sites.conf" || rm -f "$each"
done
END
  problem=''
}
