#!/bin/sh
# Puts what a registry keeps to itself into its volume: certificate, private key, and the line of its login. A registry
# that runs already is started anew, for it reads its certificate only then. Secrets go by standard input alone, never
# as words of a command, which every user of a machine can read.
#
# Runs where Terraform runs; needs sh and the docker command.
#
#   SLIPWAY_REGISTRY     the registry's name, for messages
#   SLIPWAY_IMAGE        an image with sh and cat in it
#   SLIPWAY_VOLUME       the volume
#   SLIPWAY_CONTAINER    name of the registry's container, which may not exist yet
#   SLIPWAY_CERTIFICATE  path of the certificate in PEM form
#   SLIPWAY_KEY          path of its private key
#   SLIPWAY_LOGIN        NAME:HASH of the one user; empty where nobody logs in
#   SLIPWAY_REVISION     names what the volume is filled with
#
# Called with the word `verify`, it does nothing where the volume was filled with that revision to the end.
set -u

fail() {
  printf '%s: %s\n' "$SLIPWAY_REGISTRY" "$*"
  exit 1
}

# Runs the first word as a script inside the volume, with standard input; the second word is its $1.
# shellcheck disable=SC2016 # Variables in such scripts are the inner shell's.
inside() {
  docker run --rm -i --network none --workdir /secrets -v "$SLIPWAY_VOLUME:/secrets" --entrypoint sh \
    "$SLIPWAY_IMAGE" -c "umask 077 && $1" sh "${2:-}"
}

# The files one after another, each below a line with its name.
files() {
  echo '#: certificate.pem'
  cat "$SLIPWAY_CERTIFICATE" || return 1
  printf '\n#: key.pem\n'
  cat "$SLIPWAY_KEY" || return 1
  [ -z "$SLIPWAY_LOGIN" ] || printf '\n#: htpasswd\n%s\n' "$SLIPWAY_LOGIN"
}

started_anew() {
  docker container inspect "$SLIPWAY_CONTAINER" >/dev/null 2>&1 || return 0
  docker restart "$SLIPWAY_CONTAINER" >/dev/null || return 1
  deadline=$(($(date +%s) + 60))
  until [ "$(docker inspect --format '{{.State.Health.Status}}' "$SLIPWAY_CONTAINER")" = healthy ]; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      docker logs --tail 5 "$SLIPWAY_CONTAINER" 2>&1
      return 1
    fi
    sleep 1
  done
}

# An apply that is killed in the middle is recorded as done all the same: the mark tells whether it was.
# shellcheck disable=SC2016
if [ "${1:-}" = verify ]; then
  inside '[ "$(cat filled 2>/dev/null)" = "$1" ]' "$SLIPWAY_REVISION" </dev/null && exit 0
fi

for file in "$SLIPWAY_CERTIFICATE" "$SLIPWAY_KEY"; do
  [ -r "$file" ] || fail "$file is not readable"
done
# shellcheck disable=SC2016
files | inside '
  rm -rf filled new && mkdir new && awk '\''/^#: /{ file = "new/" $2; next } { print > file }'\'' &&
  [ -s new/certificate.pem ] && [ -s new/key.pem ] && mv new/* . && rm -r new
' || fail "the volume $SLIPWAY_VOLUME could not be filled"
started_anew || fail "$SLIPWAY_CONTAINER does not get healthy with its new certificate or login"
# shellcheck disable=SC2016
inside 'printf "%s" "$1" >filled' "$SLIPWAY_REVISION" </dev/null || fail "the volume $SLIPWAY_VOLUME could not be marked"
