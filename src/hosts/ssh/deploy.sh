#!/bin/sh
# Brings one release to one server and waits for the outcome. The server does the work and says how it went, which is
# said on as it happens; this fails when the release failed. What served before serves on then.
#
#   deploy.sh deploy   installs what the server needs, sends it the release, and waits until it serves it
#   deploy.sh verify   asks whether it serves this release; sends it once more where it does not
#   deploy.sh remove   takes everything of this host away from the server but its data and its packages
#
# Runs where Terraform runs; needs sh, ssh, base64. No secret stands in a word of a command or in a file.
#
#   SLIPWAY_SSH        the file beside this one that asks the server, and what it needs
#   SLIPWAY_SECRET_VALUE  the file beside this one that looks into the deployer's secrets
#   SLIPWAY_PROGRAM, SLIPWAY_PROGRAM_SHA   Slipway's program on the server, and its SHA-256
#   SLIPWAY_AGENT, SLIPWAY_AGENT_SHA       the agent, a tar archive in base64, and the archive's SHA-256
#   SLIPWAY_PLATFORM   what the server is declared to be
#   SLIPWAY_PORTS      the ports where visitors come in
#   SLIPWAY_MANIFEST   the release: JSON, gzip, base64
#   SLIPWAY_RELEASE    the release's id, 64 hexadecimal digits
#   SLIPWAY_SECRETS    a line a secret, keep|once KIND ID NAME, tabs between
#   SLIPWAY_DEADLINE   seconds that it may take
#   SLIPWAY_RETRY      set by whoever wants a release again that a rollback left
# shellcheck disable=SC2015,SC2154 # "or" is about either of both; what is read here sets $connection and $problem
set -u

TAB=$(printf '\t')
PAUSE=${SLIPWAY_PAUSE:-3}
say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }
fail() {
  say "$*"
  exit 1
}
# shellcheck source-path=SCRIPTDIR source=ssh.sh
. "$SLIPWAY_SSH"

is_late() { [ "$(date +%s)" -ge "$deadline" ]; }

# Each line after the host's name, as it comes; ends as the server ended. $last is the last one.
told() {
  {
    ask_server "$@" 2>&1
    echo "$?" >"$connection/code"
  } | while IFS= read -r line; do
    line=${line#slipway: }
    say "$line"
    printf '%s\n' "$line" >"$connection/last"
  done
  last=$(cat "$connection/last" 2>/dev/null)
  return "$(cat "$connection/code")"
}

# The program comes by a file with a fixed name, so that a line in sudoers can allow this one command and no other.
bring_program() {
  has=$(on_server "sha256sum $PROGRAM 2>/dev/null" </dev/null | cut -d ' ' -f 1)
  [ "$has" != "$SLIPWAY_PROGRAM_SHA" ] || return 0
  on_server "umask 077; cat >.slipway-agent && ${SUDO}/usr/bin/install -o root -g root -m 755 .slipway-agent $PROGRAM; code=\$?; rm -f .slipway-agent; exit \$code" \
    <"$SLIPWAY_PROGRAM" 2>"$connection/said" ||
    fail "Slipway's program cannot be put to $PROGRAM: $(tail -n 1 "$connection/said"): allow $SLIPWAY_USER to run /usr/bin/install -o root -g root -m 755 .slipway-agent $PROGRAM by sudo without a password"
}

may_ask() {
  ask_server has none </dev/null 2>"$connection/said"
  ! grep -q '^sudo: ' "$connection/said" ||
    fail "$SLIPWAY_USER may not run $PROGRAM on the server: allow it by sudo without a password: $(tail -n 1 "$connection/said")"
}

bring_agent() {
  ! ask_server has "$SLIPWAY_AGENT_SHA" </dev/null || return 0
  told bring "$SLIPWAY_AGENT_SHA" <"$SLIPWAY_AGENT"
}

# What the server is to serve, and the secrets that it needs for that.
payload() {
  printf 'manifest %s\n' "$SLIPWAY_MANIFEST"
  each_secret print_secret
}

each_secret() {
  [ -n "${SLIPWAY_SECRETS:-}" ] || return 0
  while IFS=$TAB read -r place kind id name; do
    "$1" </dev/null || return
  done <<LINES
$SLIPWAY_SECRETS
LINES
}

# shellcheck disable=SC2154 # each_secret reads them
print_secret() { printf '%s %s %s\n' "$place" "$name" "$(s_print "$kind" "$id" | base64 | tr -d '\n')"; }
check_secret() { s_check "$kind" "$id" || fail "a secret: $problem"; }

bring() {
  bring_program && may_ask &&
    told look "$SLIPWAY_HOST" "$SLIPWAY_PLATFORM" "$SLIPWAY_PORTS" </dev/null &&
    bring_agent &&
    told prepare "$SLIPWAY_HOST" "$SLIPWAY_AGENT_SHA" "$SLIPWAY_PORTS" </dev/null
}

tell() { payload | told tell "$SLIPWAY_AGENT_SHA" "$SLIPWAY_RELEASE" "${SLIPWAY_RETRY:+retry}"; }

# Until the server has an outcome: 75 is its word for "not now, try again", and a connection that broke says nothing.
deploy() {
  each_secret check_secret
  while :; do
    bring && tell && return
    code=$?
    case $code in
      75) ;;
      255) reconnect ;;
      *) fail "the release failed (exit status $code): ${last:-the server said nothing}" ;;
    esac
    ! is_late || fail "the server could not come to an outcome within $SLIPWAY_DEADLINE s: ${last:-it said nothing}"
    sleep "$PAUSE"
  done
}

reconnect() {
  say "the connection broke: the server goes on, and is asked again"
  until connect; do
    [ $? = 75 ] && ! is_late || fail "$problem"
    sleep "$PAUSE"
  done
}

serves() {
  ask_server serves "$SLIPWAY_RELEASE" </dev/null >"$connection/serves" 2>&1
  code=$?
  [ "$code" = 0 ] || say "$(tail -n 1 "$connection/serves")"
  return "$code"
}

verify() {
  serves || {
    say "sending it again"
    deploy
    serves || fail "it does not serve release $(printf %.12s "$SLIPWAY_RELEASE")"
  }
  say "serves release $(printf %.12s "$SLIPWAY_RELEASE")"
}

# Nothing was ever installed where the program is not.
remove() {
  [ -n "$(on_server "sha256sum $PROGRAM 2>/dev/null" </dev/null)" ] || return 0
  told remove "$SLIPWAY_HOST" </dev/null || fail "the server was not cleared (exit status $?): ${last:-it said nothing}"
}

last=''
deadline=$(($(date +%s) + ${SLIPWAY_DEADLINE:-60}))
make_connection
connect || fail "$problem"
# shellcheck source-path=SCRIPTDIR source=../secret-value.sh
[ -z "${SLIPWAY_SECRET_VALUE:-}" ] || . "$SLIPWAY_SECRET_VALUE"
case ${1:-} in
  deploy) deploy ;;
  verify) verify ;;
  remove) remove ;;
  *) fail "deploy.sh takes one word, deploy, verify or remove" ;;
esac
