# Puts the secrets of a service into its volume, before its container starts. Stands after secret-value.sh in one script.
#
#   SLIPWAY_SERVICE   the service's name, for messages
#   SLIPWAY_IMAGE     an image with sh and base64 in it
#   SLIPWAY_VOLUME    the volume
#   SLIPWAY_SECRETS   a line a secret, NAME KIND ID, tabs between
#
# Called with the word `verify`, it does nothing where all of them are there: they are moved there at the end. With `check`
# it only looks whether they can be read.
# shellcheck shell=sh disable=SC2016,SC2154 # programs for the container stand in quotes; s_check sets $problem
set -u

TAB=$(printf '\t')

fail() {
  printf '%s: %s\n' "$SLIPWAY_SERVICE" "$*"
  exit 1
}

# Runs a shell program in the volume, with standard input.
inside() {
  docker run --rm -i --network none --user 0 --workdir /secrets -v "$SLIPWAY_VOLUME:/secrets" --entrypoint sh \
    "$SLIPWAY_IMAGE" -c "$1"
}

names() { printf '%s\n' "$SLIPWAY_SECRETS" | cut -f 1; }

# Each by a line NAME BASE64, so that any bytes pass as they are.
secrets() {
  while IFS=$TAB read -r name kind id; do
    printf '%s %s\n' "$name" "$(s_print "$kind" "$id" | base64 | tr -d '\n')"
  done <<LINES
$SLIPWAY_SECRETS
LINES
}

if [ "${1:-}" = verify ]; then
  names | inside 'while read -r name; do [ -e "$name" ] || exit 1; done' && exit 0
fi

while IFS=$TAB read -r name kind id; do
  s_check "$kind" "$id" || fail "the secret $name: $problem"
done <<LINES
$SLIPWAY_SECRETS
LINES

[ "${1:-}" != check ] || exit 0

# the container's user need not be root; nobody else has the volume
secrets | inside '
rm -rf .new && mkdir .new || exit 1
while read -r name coded; do
  printf %s "$coded" | base64 -d >".new/$name" && chmod 444 ".new/$name" || exit 1
done
mv .new/* . && rmdir .new
' || fail "the volume $SLIPWAY_VOLUME could not be filled"
