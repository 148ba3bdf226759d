#!/bin/sh
# Copies an image by its digest from registry to registry: an index with every image that it names, or one image, with
# their configurations and layers, and puts tags on it there. Looks first what is there already; what a tag stands for
# otherwise is refused before anything is copied. What has arrived is asked of the registry and compared.
#
# Runs where Terraform runs; needs sh, and docker with its buildx plugin, whose engine is not asked. Run again with nothing
# to do, it says so.
#
#   SLIPWAY_FROM   the image by digest, REPOSITORY@sha256:…
#   SLIPWAY_TO     the repository as a push spells it
#   SLIPWAY_TAGS   tags to put there, that of the digest first
#   SLIPWAY_MOVES  1 where a version's tag may move, which is then only said
set -u

digest=${SLIPWAY_FROM##*@}
source=${SLIPWAY_FROM%@*}
say() { printf '%s: %s\n' "$SLIPWAY_TO" "$*"; }
fail() {
  say "$*"
  exit 1
}
last_words() { printf '%s\n' "$said" | grep -v '^ *$' | tail -n 1; }

# What is the matter with the repository $1, by $said: a sentence with a remedy.
refusal() {
  case $said in
    *"no basic auth"* | *[Uu]nauthorized* | *"authorization failed"* | *[Dd]enied* | *"authorization token"* | *403*[Ff]orbidden*)
      printf '%s' "docker has no login that may use $1: docker login ${1%%/*}, or the registry's credential helper; it said: $(last_words)"
      ;;
    *x509* | *"certificate"*)
      printf '%s' "this machine does not trust the certificate of ${1%%/*}: name its authority by SSL_CERT_FILE; it said: $(last_words)"
      ;;
    *"no such host"* | *"connection refused"* | *"i/o timeout"* | *"network is unreachable"*)
      printf '%s' "${1%%/*} does not answer from here: $(last_words)"
      ;;
    *) last_words ;;
  esac
}

# What $1 stands for in $found, empty where it is not there; fails where the registry of $2 does not say. An index around
# this very image alone is as good: an older buildx, 0.13 for one, makes one of whatever it tags.
look_for() {
  found=''
  if said=$(docker buildx imagetools inspect --format '{{json .Manifest}}' "$1" 2>&1); then
    digests=$(printf '%s\n' "$said" | grep -o '"digest": *"sha256:[0-9a-f]*"' | grep -o 'sha256:[0-9a-f]*')
    found=$(printf '%s\n' "$digests" | head -n 1)
    [ "$digests" != "$found
$digest" ] || found=$digest
    return
  fi
  case $said in
    *"not found"* | *"manifest unknown"* | *"name unknown"* | *MANIFEST_UNKNOWN* | *NAME_UNKNOWN*) ;;
    *) fail "cannot look for $1: $(refusal "$2")" ;;
  esac
}

command -v docker >/dev/null 2>&1 || fail "the docker command is missing: install Docker's command line and apply again"
docker buildx version >/dev/null 2>&1 ||
  fail "docker has no buildx, which copies images: install docker-buildx-plugin (docker-buildx on Debian and Ubuntu) and apply again"

missing=''
for tag in $SLIPWAY_TAGS; do
  look_for "$SLIPWAY_TO:$tag" "$SLIPWAY_TO"
  [ "$found" != "$digest" ] || continue
  if [ -n "$found" ]; then
    [ "${SLIPWAY_MOVES:-0}" = 1 ] ||
      fail "the tag $tag stands for another image ($found): nothing was copied; a version is one image everywhere, so give what was built anew a version of its own and promote that"
    say "the tag $tag stood for another image ($found) and moves"
  fi
  missing="$missing $tag"
done
if [ -z "$missing" ]; then
  say "has $digest already"
  exit 0
fi

look_for "$SLIPWAY_FROM" "$source"
[ -n "$found" ] ||
  fail "$source has no image $digest: it was deleted there, or the release file is of another registry; deploy the environment that it comes from again, and promote what that serves"
[ "$found" = "$digest" ] || fail "$source answers $found when it is asked for $digest: nothing was copied"

# One image is copied as it is and not wrapped into an index; an older buildx has no word for it. That one puts the tag on
# the image before it puts it on an index around it, which a registry refuses whose tags do not move: the tag is right then.
create() { docker buildx imagetools create "$@" --tag "$SLIPWAY_TO:$tag" "$SLIPWAY_FROM" 2>&1; }
for tag in $missing; do
  copied=0
  said=$(create --prefer-index=false) || copied=1
  case $copied:$said in
    1:*"unknown flag"*)
      copied=0
      said=$(create) || copied=1
      ;;
  esac
  why=$said
  look_for "$SLIPWAY_TO:$tag" "$SLIPWAY_TO"
  [ "$found" != "$digest" ] || continue
  said=$why
  [ "$copied" = 0 ] || fail "cannot be copied to from $source: $(refusal "$SLIPWAY_TO")"
  fail "the tag $tag stands for ${found:-nothing} after the copy, and not for $digest: apply again"
done
look_for "$SLIPWAY_TO@$digest" "$SLIPWAY_TO"
[ "$found" = "$digest" ] || fail "$digest is not there after the copy: apply again"
say "has $digest of $source, as$missing"
