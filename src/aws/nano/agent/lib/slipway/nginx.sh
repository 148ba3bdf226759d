# What Nginx serves stands in numbered folders, the generations; /etc/nginx/slipway is a link to the live one.
# Each generation answers its own name at the marker's port: a reload only asks, the answer shows that it happened.
# shellcheck shell=sh disable=SC2016

GENERATIONS=$STATE/nginx
LINK=$ROOT/etc/nginx/slipway

live_generation() { basename "$(readlink "$LINK" 2>/dev/null || echo none)"; }

# What Nginx itself says: "RELEASE.GENERATION", or nothing.
marker() { curl -q --silent --fail --noproxy '*' --max-time 2 "http://127.0.0.1:$MARKER_PORT/"; }

# The release of the live generation, "none" before the first one.
live_release() { sed -n 's/.*"\([^".]*\)\.[0-9]*";$/\1/p' "$LINK/release.conf" 2>/dev/null; }

# The port that requests to the service go to, or nothing.
live_slot() { sed -n 's/^server 127\.0\.0\.1:\([0-9]*\);$/\1/p' "$LINK/upstreams/$1.conf" 2>/dev/null; }

# Sets $generation to a new one. Started as a copy of the live one when told so.
new_generation() {
  last=$(find "$GENERATIONS" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort -n | tail -n 1)
  generation=$((${last:-0} + 1))
  mkdir -p "$GENERATIONS/$generation/upstreams"
  [ "${1:-}" != copy ] || cp -R "$LINK/." "$GENERATIONS/$generation/"
}

write_upstream() { printf 'server 127.0.0.1:%s;\n' "$2" >"$GENERATIONS/$generation/upstreams/$1.conf"; }

write_release() { printf 'map "" $release_id {\n    default "%s.%s";\n}\n' "$1" "$generation" >"$GENERATIONS/$generation/release.conf"; }

point_at() {
  ln -sfn "$GENERATIONS/$1" "$LINK.new" && mv -fT "$LINK.new" "$LINK"
}

start_or_reload() {
  # without the lock's descriptor, which a daemon would hold for ever
  nginx -s reload 2>"$RUN/nginx.err" 9>&- || systemctl start nginx 2>"$RUN/nginx.err" 9>&-
}

# Waits until Nginx answers as the generation $1.
await_generation() {
  tries=50
  until case $(marker) in *".$1") true ;; *) false ;; esac do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.2
  done
}

# go_live GENERATION: tries it, reloads, waits until it serves. Otherwise the one of before is live again, and
# $problem says why.
go_live() {
  before=$(live_generation)
  point_at "$1"
  if nginx -t -q 2>"$RUN/nginx.err"; then
    start_or_reload && await_generation "$1" && return 0
    problem="nginx was told to reload and does not serve it: $(cat "$RUN/nginx.err" "$ROOT/var/log/nginx/error.log" | grep emerg | grep failed | tail -n 1)"
  else
    problem="nginx refuses the configuration: $(grep -m 1 emerg "$RUN/nginx.err" | cut -c 1-300)"
  fi
  [ "$before" = none ] || go_back_to "$before"
  return 1
}

go_back_to() {
  point_at "$1"
  { start_or_reload && await_generation "$1"; } || say "nginx does not answer after going back: journalctl -u nginx"
}

# Makes the disk say what Nginx does: a run that was killed may have left a generation that nobody ever tried.
reconcile_nginx() {
  [ -e "$LINK/release.conf" ] || point_at "$(serving generation)"
  serves=$(marker) || sleep 1
  [ "${serves##*.}" = "$(live_generation)" ] || serves=$(marker)
  known=${serves##*.}
  [ -n "$known" ] || known=$(serving generation)
  [ "$known" = "$(live_generation)" ] || [ ! -d "$GENERATIONS/${known:-none}" ] || {
    say "going back to what nginx serves: generation $known, an earlier run was cut off"
    go_back_to "$known"
  }
  [ -n "$serves" ] || go_live "$(live_generation)" || say "$problem"
}

# Lets requests that began before the reload end by themselves, $1 seconds at most.
drain() {
  tries=$(($1 * 5))
  while [ "$tries" -gt 0 ] && pgrep -P "$(cat "$ROOT/run/nginx.pid" 2>/dev/null || echo 0)" -f 'is shutting down' >/dev/null; do
    tries=$((tries - 1))
    sleep 0.2
  done
}

forget_generations() {
  find "$GENERATIONS" -mindepth 1 -maxdepth 1 ! -name "$(live_generation)" -exec rm -rf {} +
}
