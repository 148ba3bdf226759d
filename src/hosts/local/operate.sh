# The entry of what a person asks a host on a Docker engine; stands after the core, the probes and the driver.
#
#   status                  lines for a program, tabs between: release ID; service NAME INSTANCE HEALTHY PROBLEM;
#                           certificate FILE DER, in base64; maintenance SITE SINCE
#   logs SERVICE LINES      what the service's container said last
#   maintenance SITE on|off
#
#   SLIPWAY_NGINX           name of the Nginx container
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # a program for Nginx's container stands in quotes; the core and the driver read and set variables
set -u

NGINX=$SLIPWAY_NGINX DRAIN=0 verb=${1:-}
say() { printf '%s\n' "$*"; }
WORK=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX") || exit 1
trap 'rm -rf "$WORK"' EXIT
SERVICES=$WORK/services

[ "$(l_inspect '{{.State.Status}}' "$NGINX")" = running ] || {
  say "it cannot be asked now: its Nginx does not run: docker logs $NGINX" >&2
  exit 75
}
d_serving >"$WORK/serving" && d_recall services >"$SERVICES" || : >>"$SERVICES"

o_status() {
  answered=$(l_answer)
  printf 'release\t%s\n' "${answered%.*}"
  while read -r name instance _ <&3; do
    problem='' healthy=false
    if ! r_line "$name"; then
      problem="no release has noted how it is asked"
    elif [ "$(d_state "$instance")" != running ]; then
      problem="its container does not run: $(d_state "$instance")"
    elif r_ask "$instance"; then
      healthy=true
    fi
    printf 'service\t%s\t%s\t%s\t%s\n' "$name" "$instance" "$healthy" "$(printf %s "$problem" | tr '\t\n' '  ')"
  done 3<"$WORK/serving"
  o_certificates
  m_sites_off | while read -r site since; do printf 'maintenance\t%s\t%s\n' "$site" "$since"; done
}

# The certificates that the text names which serves, and no key.
o_certificates() {
  l_inside <<'END'
for each in $(sed -n 's|^ *ssl_certificate .*/slipway/tls/\([^/]*\)\.pem;$|\1|p' "$1/live/sites.conf" 2>/dev/null | sort -u); do
  printf 'certificate\t%s\t' "$each"
  awk '/END CERTIFICATE/ { exit } on { printf "%s", $0 } /BEGIN CERTIFICATE/ { on = 1 }' "$1/tls/$each.pem" 2>/dev/null || :
  echo
done
END
}

o_logs() {
  instance=$(sed -n "s/^$1 \([^ ]*\) .*/\1/p" "$WORK/serving")
  [ -n "$instance" ] || {
    say "no service $1 serves here, but: $(cut -d ' ' -f 1 "$WORK/serving" | tr '\n' ' ')" >&2
    exit 1
  }
  docker logs --timestamps --tail "$2" "$instance" 2>&1
}

case $verb in
  status) o_status ;;
  logs) o_logs "$2" "$3" ;;
  maintenance) m_switch "$2" "$3" ;;
esac
