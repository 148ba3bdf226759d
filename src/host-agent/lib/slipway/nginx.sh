# What Nginx serves stands in numbered folders, the generations; /var/lib/slipway/live is a link to the live one, so
# that one rename moves all services and the marker. A generation has
#   *.conf     the texts, which Nginx reads when it starts and when it reloads
#   NAME.1     nothing in it: where it is, requests to the service go to its second slot; Nginx looks at each request
#   release    "RELEASE.GENERATION", which Nginx answers on the marker's port
#   serving    NAME INSTANCE SPEC, a line for each service that requests go to
#   slots      NAME PORT PORT, a line for each service that the texts have; 0 and 1 without a port
#   before     the generation that was live when it was made
# shellcheck shell=sh disable=SC2016,SC2154 # the core sets $SERVICES and $WORK

GENERATIONS=$STATE/generations
LIVE=$STATE/live

# What Nginx itself says: the release that serves, or with "configuration" which texts it has loaded.
marker() { curl -q --silent --fail --noproxy '*' --max-time 2 "http://127.0.0.1:$MARKER_PORT/${1:-}"; }

d_generation() { basename "$(readlink "$LIVE" 2>/dev/null || echo none)"; }

configuration_of() { sed -n 's/^ *default "\{0,1\}\([^";]*\)"\{0,1\};$/\1/p' "$GENERATIONS/$1/release.conf" 2>/dev/null; }

# The release that the generation $1 is of.
release_of() { sed 's/\..*//' "$GENERATIONS/$1/release" 2>/dev/null; }

serves_generation() {
  [ "$(marker)" = "$(cat "$GENERATIONS/$1/release")" ] && [ "$(marker configuration)" = "$(configuration_of "$1")" ]
}

d_serves() {
  [ "$(release_of "$(d_generation)")" = "$1" ] && serves_generation "$(d_generation)" && tls_is_settled
}

# The ports of service $1 by the file $2, a line each; nothing where it does not have the service.
slots_of() { sed -n "s/^$1 //p" "$2" 2>/dev/null | tr ' ' '\n'; }

d_put() {
  last=$(find "$GENERATIONS" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort -n | tail -n 1)
  generation=$((${last:-0} + 1))
  folder=$GENERATIONS/$generation
  mkdir -p "$folder"
  if [ "$1" = release ]; then
    of_manifest .sites >"$folder/sites.conf"
    put_tls_texts "$folder"
    cp "$WORK/slots" "$folder/slots"
  else
    find -H "$LIVE" -maxdepth 1 -name '*.conf' ! -name release.conf -exec cp {} "$folder/" \;
    cp "$LIVE/slots" "$folder/slots"
  fi
  : >"$folder/serving"
  while read -r served on; do send_requests "$served" "$on"; done
  texts_id=$(cat "$folder"/*.conf | sha256sum | cut -c 1-16)
  printf 'map "" $configuration_id {\n    default "%s";\n}\n' "$texts_id" >"$folder/release.conf"
  echo "$2.$generation" >"$folder/release"
  d_generation >"$folder/before"
  # Nginx's workers look below it, and read what they answer
  chmod 711 "$STATE" "$GENERATIONS" "$folder"
  find "$folder" -type f ! -name '*.conf' -exec chmod 644 {} +
}

# Requests to the service $1 go to the instance $2; a way to it is added where the texts have none.
send_requests() {
  grep -q "^$1 " "$folder/slots" || {
    of_service "$1" '.introduction // empty' >"$folder/introduce-$1.conf"
    [ -s "$folder/introduce-$1.conf" ] || rm "$folder/introduce-$1.conf"
    grep "^$1 " "$WORK/slots" >>"$folder/slots"
  }
  [ "$(slots_of "$1" "$folder/slots" | tail -n 1)" != "${2##*-}" ] || : >"$folder/$1.1"
  grep "^$1 $2 " "$LIVE/serving" >>"$folder/serving" ||
    echo "$1 $2 $(sed -n "s/^$1$R_TAB\([^$R_TAB]*\).*/\1/p" "$SERVICES")" >>"$folder/serving"
}

d_test() {
  sed "s|$ROOT/etc/nginx/slipway/|$GENERATIONS/$1/|" "$ROOT/etc/nginx/nginx.conf" >"$WORK/nginx.conf"
  nginx -t -q -c "$WORK/nginx.conf" 2>"$RUN/nginx.err" && return
  problem="nginx refuses the configuration: $(grep -m 1 emerg "$RUN/nginx.err" | cut -c 1-300)"
  return 1
}

# Texts that Nginx has loaded need no reload, which would cost idle connections and in the end websockets.
d_switch() {
  ln -sfn "$GENERATIONS/$1" "$LIVE.new" && mv -fT "$LIVE.new" "$LIVE"
  : >"$RUN/nginx.err"
  [ "$(marker configuration)" = "$(configuration_of "$1")" ] || start_or_reload
  tries=50
  until serves_generation "$1"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || {
      problem="nginx was told to reload and does not serve it: $(cat "$RUN/nginx.err" "$ROOT/var/log/nginx/error.log" | grep emerg | grep failed | tail -n 1)"
      return 1
    }
    sleep 0.2
  done
}

start_or_reload() {
  # without the lock's descriptor, which a daemon would hold for ever
  nginx -s reload 2>"$RUN/nginx.err" 9>&- || systemctl start nginx 2>"$RUN/nginx.err" 9>&-
}

# Makes the disk and Nginx say the same. A run that was killed may have left a way to a candidate, or a link that was
# renamed and texts that were not loaded: then what served before is live again.
reconcile_nginx() {
  live=$(d_generation) wanted=$live
  serves_generation "$live" && ! is_introduction "$live" && return
  loaded=$(marker configuration) || sleep 1
  [ -n "$loaded" ] || loaded=$(marker configuration)
  case $loaded in
    '' | "$(configuration_of "$live")") ! is_introduction "$live" || wanted=$(before "$live") ;;
    *) [ "$(release_of "$live")" = "$(serving release)" ] || wanted=$(before "$live") ;;
  esac
  [ "$wanted" = "$live" ] || say "going back to generation $wanted: an earlier run was cut off"
  d_switch "$wanted" || say "$problem"
}

is_introduction() { [ "$(release_of "$1")" = introduced ]; }

# The generation of a release that was live before the generation $1; $1 itself where none is left.
before() {
  back=$1
  until [ "$back" != "$1" ] && ! is_introduction "$back"; do
    back=$(cat "$GENERATIONS/$back/before" 2>/dev/null)
    [ -e "$GENERATIONS/${back:-none}/release" ] || { back=$1 && break; }
  done
  echo "$back"
}

d_clean() { find "$GENERATIONS" -mindepth 1 -maxdepth 1 ! -name "$(d_generation)" -exec rm -rf {} +; }
