#!/bin/sh
# Builds an image by docker buildx and pushes it under all of its tags, as one index where it has several platforms.
# Looks first what the tags stand for: what was built from the same content is adopted as it is, and a version that
# stands for anything else is refused before anything is built. What cannot be asked is said, and stops nothing.
#
# Runs where Terraform runs; needs sh, and docker with its buildx plugin. Its words are the build's own options.
#
#   SLIPWAY_CONTEXT       the folder to build; of a context that is kept elsewhere, the one of the Dockerfile, if any
#   SLIPWAY_DOCKERFILE    the path of the Dockerfile in it, or in what is fetched
#   SLIPWAY_STREAMED      the file beside this one that shows what a command says as it comes
#   SLIPWAY_FETCH         the file beside this one that fetches a context that is kept elsewhere, and what it needs
#   SLIPWAY_PUSH          the repository as a push spells it
#   SLIPWAY_CONTENT       the content id that is built
#   SLIPWAY_LABEL         the label of an image that says its content id
#   SLIPWAY_FIXED         tags that stand for this content for good, the content's own first
#   SLIPWAY_MUTABLE_TAGS  tags that move here
#   SLIPWAY_MOVES         1 where a version's tag may move, too, which is then only said
#   SLIPWAY_PLATFORMS     what it is built for, with commas, where that is declared
#   SLIPWAY_BUILDER       the builder, where one is declared
#   SLIPWAY_NEEDS         what of it not every builder can do
set -u

say() { printf '%s: %s\n' "$SLIPWAY_PUSH" "$*"; }
fail() {
  say "$*"
  exit 1
}
buildx() {
  command=$1
  shift
  # shellcheck disable=SC2086 # two words
  docker buildx $command ${SLIPWAY_BUILDER:+--builder "$SLIPWAY_BUILDER"} "$@" 2>&1
}
last_words() { printf '%s\n' "$said" | grep -v '^ *$' | tail -n 1; }

# What the tag $1 stands for: in $there yes, no or unknown, and in $content the content id that it was built from.
look_for() {
  there=no content=''
  if said=$(buildx 'imagetools inspect' --format '{{json .Image}}' "$SLIPWAY_PUSH:$1"); then
    there=yes
    content=$(printf '%s\n' "$said" | grep -o "\"$SLIPWAY_LABEL\": *\"[0-9a-f]*\"" | sed 's/.*"\([0-9a-f]*\)"$/\1/' | sort -u)
    return
  fi
  case $said in
    *"not found"* | *"manifest unknown"* | *"name unknown"*) ;;
    *)
      there=unknown
      say "what the tag $1 stands for cannot be told: $(last_words)"
      ;;
  esac
}

# What usually is the matter when a builder says $said.
remedy() {
  case $said in
    *"not supported for the docker driver"* | *"exporting manifest lists"*)
      printf '%s' "this builder cannot do it (${SLIPWAY_NEEDS:-what is declared}): let the engine use the containerd image store, or make a builder by docker buildx create --name slipway --driver docker-container --driver-opt network=host and declare builder: \"slipway\""
      ;;
    *"exec format error"*)
      printf '%s' "the builder runs no steps of a platform of ${SLIPWAY_PLATFORMS:-its image}: docker run --privileged --rm tonistiigi/binfmt --install all teaches it"
      ;;
    *"no builder "*) printf '%s' "make it by docker buildx create --name $SLIPWAY_BUILDER" ;;
    *"no basic auth"* | *[Uu]nauthorized* | *"authorization failed"* | *"access denied"* | *"authorization token"*)
      printf '%s' "docker has no login that may push there: docker login ${SLIPWAY_PUSH%%/*}, or the registry's credential helper"
      ;;
    *"connection refused"*)
      printf '%s' "nothing answers there; a builder in a container reaches this machine's loopback only when it is made with --driver-opt network=host"
      ;;
    *) return 1 ;;
  esac
}

command -v docker >/dev/null 2>&1 || fail "the docker command is missing: install Docker's command line and apply again"
docker buildx version >/dev/null 2>&1 ||
  fail "docker has no buildx, which builds ${SLIPWAY_NEEDS:-this image}: install docker-buildx-plugin (docker-buildx on Debian and Ubuntu) and apply again"

source='' missing=''
for tag in $SLIPWAY_FIXED; do
  look_for "$tag"
  if [ "$there" = yes ] && [ "$content" = "$SLIPWAY_CONTENT" ]; then
    source=${source:-$tag}
    continue
  fi
  if [ "$there" = yes ]; then
    stands="other content (built from ${content:-something that is not ours})"
    [ "${SLIPWAY_MOVES:-0}" = 1 ] ||
      fail "the tag $tag stands for $stands: nothing was built; give this content a new version, or put the old content back"
    say "the tag $tag stood for $stands and moves"
  fi
  missing="$missing $tag"
done
tags="$missing ${SLIPWAY_MUTABLE_TAGS:-}"

if [ -n "$source" ]; then
  say "adopts the tag $source, built from the same content"
  # An index is copied as it is, and so is a single image by this option. An older buildx, 0.13 for one, does not know it and
  # makes an index around a single image: the tag stands for the same image then, by another digest.
  copy() { buildx 'imagetools create' "$@" --tag "$SLIPWAY_PUSH:$tag" "$SLIPWAY_PUSH:$source"; }
  for tag in $tags; do
    said=$(copy --prefer-index=false) && continue
    case $said in *"unknown flag"*) said=$(copy) && continue ;; esac
    fail "cannot be tagged $tag: $(last_words)"
  done
else
  for tag in $tags; do set -- "$@" --tag "$SLIPWAY_PUSH:$tag"; done
  context=${SLIPWAY_CONTEXT:-}
  if [ -n "${SLIPWAY_FETCH:-}" ]; then
    # shellcheck source=remote-context.sh
    . "$SLIPWAY_FETCH"
    fetch_context
    [ -n "${SLIPWAY_CONTEXT:-}" ] || [ -f "$context/$SLIPWAY_DOCKERFILE" ] ||
      fail "what $SLIPWAY_REMOTE_URL has to build has no $SLIPWAY_DOCKERFILE, but: $(top_of "$context"): name the file by dockerfile, or the folder that has it by folder"
  fi
  # shellcheck source=streamed.sh
  . "$SLIPWAY_STREAMED"
  dockerfile=${SLIPWAY_CONTEXT:-$context}/$SLIPWAY_DOCKERFILE
  if ! streamed buildx build --progress plain "$@" --file "$dockerfile" --push "$context"; then
    if hint=$(remedy); then fail "$hint"; else fail "the build failed"; fi
  fi
fi
# shellcheck disable=SC2086,SC2116 # a list of words
if [ -z "$(echo $tags)" ]; then say "has every tag already"; else say "has $(echo $tags)"; fi
