# What stage 0 asks of an agent before it becomes the host's: whether it can do its work here. Changes nothing; the last
# line says what is wrong.
# shellcheck shell=sh

TOOLS="awk base64 chmod cp curl cut df docker find flock grep gunzip install jq logger nginx sed sha256sum ss stat systemctl tail timeout xargs"

# self_test MANIFEST...: whether it accepts these, and what serves now.
self_test() {
  mkdir -p "$RUN"
  for tool in $TOOLS $(! has_data_volume || echo "$DATA_TOOLS"); do command -v "$tool" >/dev/null || unfit "the program $tool is missing"; done
  if [ -e "$STATE/serving.json" ]; then
    serves=$(serving release)
    [ -n "$serves" ] || unfit "it cannot read $STATE/serving.json"
    set -- "$@" "$STATE/releases/$serves.json"
  fi
  for manifest in "$@"; do
    refused=$(manifest_problems | head -n 1)
    [ -z "$refused" ] || unfit "it does not accept the release in $(basename "$manifest"): $refused"
  done
  test_nginx
  test_units
}

unfit() {
  echo "$*"
  exit 1
}

# Its Nginx configuration, with the texts that are live.
test_nginx() {
  texts=$AGENT/first
  [ ! -e "$LIVE/release.conf" ] || texts=$LIVE
  sed "s|$ROOT/etc/nginx/slipway/|$texts/|" "$HOST_FILES/etc/nginx/nginx.conf" >"$RUN/self-test.conf"
  nginx -t -q -c "$RUN/self-test.conf" 2>"$RUN/self-test.err" ||
    unfit "nginx refuses its configuration: $(grep -m 1 emerg "$RUN/self-test.err" | cut -c 1-300)"
}

# systemd says what it does not know in a drop-in, and starts the unit without it.
test_units() {
  SYSTEMD_UNIT_PATH=$HOST_FILES/etc/systemd/system: systemd-analyze verify --man=no nginx.service docker.service >"$RUN/self-test.err" 2>&1
  wrong=$(grep -m 1 "$HOST_FILES/" "$RUN/self-test.err") || return 0
  unfit "systemd refuses its units: ${wrong#*"$HOST_FILES"}"
}
