# Puts the secrets of a service into the swarm, and their ids into the options of a network that nothing joins. Stands
# after secret-value.sh and swarm.sh in one script.
#
#   SLIPWAY_HOST      the host's path, for messages and as a label
#   SLIPWAY_SERVICE   the service's path
#   SLIPWAY_IDS       the network
#   SLIPWAY_SECRETS   a line a secret, NAME KIND ID, tabs between
#
# Called with the word `verify`, it does nothing where the network is there, which is made last. With `check` it only looks
# whether the secrets can be read.
# shellcheck shell=sh disable=SC2154 # s_check and swarm.sh set variables
set -u

TAB=$(printf '\t')

fail() {
  printf '%s: %s\n' "$SLIPWAY_SERVICE" "$*"
  exit 1
}

id_of() { docker secret inspect --format '{{.ID}}' "$1" 2>/dev/null; }

# Runs "$@" KIND ID NAME of each secret.
each() {
  while IFS=$TAB read -r name kind id; do
    "$@" "$kind" "$id" "$name" </dev/null || exit 1
  done <<LINES
$SLIPWAY_SECRETS
LINES
}

check() { s_check "$1" "$2" || fail "the secret $3: $problem"; }

# One that is there stays: its name says of what and which version it is.
create() {
  [ -z "$(id_of "$3")" ] || return 0
  check "$@"
  said=$(s_print "$1" "$2" | docker secret create --label "$HOST_LABEL=$SLIPWAY_HOST" "$3" - 2>&1) ||
    fail "the secret $3 could not be made: $said"
}

is_complete() {
  carried=$(docker network inspect --format '{{range $name, $id := .Options}}{{$name}} {{$id}}{{"\n"}}{{end}}' \
    "$SLIPWAY_IDS" 2>/dev/null) || return
  while IFS=$TAB read -r name _; do
    case "
$carried
" in *"
$name $(id_of "$name")
"*) ;; *) return 1 ;; esac
  done <<LINES
$SLIPWAY_SECRETS
LINES
}

if [ "${1:-}" = check ]; then
  each check
  exit
fi

w_need
! is_complete || exit 0
each create
docker network rm "$SLIPWAY_IDS" >/dev/null 2>&1
set --
while IFS=$TAB read -r name _; do
  set -- "$@" --opt "$name=$(id_of "$name")"
done <<LINES
$SLIPWAY_SECRETS
LINES
said=$(docker network create --driver overlay --label "$HOST_LABEL=$SLIPWAY_HOST" "$@" "$SLIPWAY_IDS" 2>&1) ||
  fail "the ids of its secrets could not be noted: $said"
is_complete || fail "the ids of its secrets are not in $SLIPWAY_IDS"
