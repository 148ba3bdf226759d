#!/bin/sh
# Says which images are signed by a key, a line each: IMAGE KEY, or IMAGE, "-" and why not.
#
# Runs on the machine of whoever pins images; needs sh, curl, jq, openssl.
#
#   SLIPWAY_REGISTRY_REQUEST, SLIPWAY_SIGNATURE, SLIPWAY_DOCKER_LOGIN   files that it reads
#   SLIPWAY_IMAGES    a line an image, REPOSITORY@sha256:… and scheme, host and port of its registry
#   SLIPWAY_SIGNERS   public keys, PEM, of which one must have signed it
# shellcheck disable=SC2034,SC2154 # the files that are read set and read variables
set -u

# shellcheck source=signing/registry-request.sh
. "$SLIPWAY_REGISTRY_REQUEST"
# shellcheck source=signing/signature.sh
. "$SLIPWAY_SIGNATURE"
# shellcheck source=docker-login.sh
. "$SLIPWAY_DOCKER_LOGIN"

v_has_tools || {
  printf '%s\n' "$problem" >&2
  exit 1
}
Q_WORK=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX") || exit 1
trap 'rm -rf "$Q_WORK"' EXIT
V_KEYS=$Q_WORK/keys
printf '%s' "$SLIPWAY_SIGNERS" | v_take_keys
printf '%s' "$SLIPWAY_IMAGES" | awk 1 >"$Q_WORK/images"
while read -r image endpoint <&4; do
  Q_LOGIN=$(k_login "${image%%/*}") || Q_LOGIN=''
  if v_verify "$image" "$endpoint"; then printf '%s %s\n' "$image" "$v_signer"; else printf '%s - %s\n' "$image" "$problem"; fi
done 4<"$Q_WORK/images"
