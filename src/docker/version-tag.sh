#!/bin/sh
# Asks a registry what a version's tag stands for, before the image of another content is pushed under it: a version
# that changes under its name is no version, and the provider's push moves a tag without a word. What cannot be asked is
# said, and stops nothing.
#
# Runs where Terraform runs; needs sh and the docker command.
#
#   SLIPWAY_TAG       the tag with its repository, as a push spells it
#   SLIPWAY_CONTENT   the content id that is about to be pushed
#   SLIPWAY_LABEL     the label of an image that says its content id
#   SLIPWAY_PLATFORM  the platform that it was built for, if any
#   SLIPWAY_MOVES     1 where the tag may move, which is then only said
set -u

say() { printf '%s %s\n' "$SLIPWAY_TAG" "$*"; }

# Why not by the name and password of a RegistryLogin: Terraform hides what a step prints that has them, unless it fails.
cannot_tell() {
  remedy=''
  case $1 in *nauthorized* | *"no basic auth credentials"*) remedy="; after docker login ${SLIPWAY_TAG%%/*} it can" ;; esac
  say "may stand for other content, which cannot be told: $1$remedy"
  exit 0
}

command -v docker >/dev/null 2>&1 || cannot_tell 'the docker command is missing'
# By a pull, as the engine has its own trust and its client the logins; a registry that asks for a login may call a
# repository that is not there yet by any of these. A client without any login was told nothing of the kind, even where the
# engine adds that the repository may not exist.
if ! said=$(docker pull --quiet ${SLIPWAY_PLATFORM:+--platform "$SLIPWAY_PLATFORM"} "$SLIPWAY_TAG" 2>&1); then
  reason=$(printf '%s\n' "$said" | grep -v '^ *$' | tail -n 1)
  case $said in
    *"no basic auth credentials"*) cannot_tell "$reason" ;;
    *"not found"* | *"manifest unknown"* | *"name unknown"* | *"does not exist"*) exit 0 ;;
    *) cannot_tell "$reason" ;;
  esac
fi
content=$(docker image inspect --format "{{index .Config.Labels \"$SLIPWAY_LABEL\"}}" "$SLIPWAY_TAG") || exit 1
[ "$content" != '<no value>' ] || content=''
[ "$content" != "$SLIPWAY_CONTENT" ] || exit 0
if [ "${SLIPWAY_MOVES:-0}" = 1 ]; then
  say "stood for other content (built from ${content:-something that is not ours}) and moves"
  exit 0
fi
say "stands for other content (built from ${content:-something that is not ours}): nothing was pushed; give this content a new version, or put the old content back"
exit 1
