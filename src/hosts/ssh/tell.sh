#!/bin/sh
# Tells one server one word, prints what it says, and ends as it ended: 0, 1 or 2. 75 says that it could not be asked now.
#
#   tell.sh VERB [WORD…]
#
#   SLIPWAY_SSH        the file beside this one that asks the server, and what it needs
# shellcheck disable=SC2154 # ssh.sh sets $problem
set -u

say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*" >&2; }
fail() {
  say "$*"
  exit 75
}
# shellcheck source-path=SCRIPTDIR source=ssh.sh
. "$SLIPWAY_SSH"

make_connection
connect || {
  code=$?
  say "$problem"
  exit "$code"
}
ask_server ask "$@" </dev/null
code=$?
case $code in
  0 | 1 | 2 | 75) exit "$code" ;;
  255) fail "the connection to $SLIPWAY_ADDRESS broke" ;;
  *) fail "$SLIPWAY_ADDRESS cannot be asked: does $SLIPWAY_USER have the right to sudo $PROGRAM without a password, and was it deployed? (exit status $code)" ;;
esac
