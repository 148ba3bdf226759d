#!/bin/sh
# Writes down what an environment serves, whole or not at all: who reads it never sees half of it.
#
#   SLIPWAY_FILE  the file
#   SLIPWAY_TEXT  what it says
set -u

fail() {
  printf '%s: %s\n' "$SLIPWAY_FILE" "$*"
  exit 1
}
mkdir -p "$(dirname "$SLIPWAY_FILE")" || fail "its folder cannot be made"
if ! { printf '%s\n' "$SLIPWAY_TEXT" >"$SLIPWAY_FILE.$$" && mv "$SLIPWAY_FILE.$$" "$SLIPWAY_FILE"; }; then
  rm -f "$SLIPWAY_FILE.$$"
  fail "cannot be written"
fi
printf 'what is served stands in %s\n' "$SLIPWAY_FILE"
