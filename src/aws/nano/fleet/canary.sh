#!/bin/sh
# Waits while the first host of a fleet serves a release, then asks it how it does: the others hear of the release only when
# it is well.
#
#   canary.sh SECONDS
#
#   SLIPWAY_TELL       the script that tells a host a word, and what it needs
#   SLIPWAY_HOST       the host's name, for messages
#   SLIPWAY_NEXT       the hosts that are told after it
set -u

say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }

if [ "$1" -gt 0 ]; then
  say "serves the release first, the others hear of it in $1 s"
  sleep "$1"
fi
SLIPWAY_SECONDS=300 sh "$SLIPWAY_TELL" status && exit 0
status=$?
if [ "$status" = 75 ]; then why="cannot be asked"; else why="is not well"; fi
say "$why after the release, which stops here: not told and as they were are $SLIPWAY_NEXT"
say "it serves the release itself: bring one that is better, or take it back by npx slipway rollback $SLIPWAY_HOST"
exit 1
