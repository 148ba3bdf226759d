#!/bin/sh
# Pushes a built image to a repository in ECR whose tags do not move. Looks for the tags first: what is there already
# and was built from the same content is adopted as it is; a tag that stands for anything else is refused before a
# single layer is sent. Only the first tag of something new is pushed, by Docker and its credential helper; every other
# is put on the same manifest in the registry: what an engine pulls, tags and pushes again may be less than what was
# there, and so another digest.
#
# Runs where Terraform runs; needs sh, the docker command and the aws command. Run again with nothing to do, it says so.
#
#   SLIPWAY_AWS_CLI     the file beside this one that asks AWS, and what it needs
#   SLIPWAY_STREAMED    the file of the layer below that shows what a command says as it comes
#   SLIPWAY_ECR_TAGS    the file beside this one that puts tags
#   SLIPWAY_ACCOUNT     the account of the registry
#   SLIPWAY_REPOSITORY  the repository's name
#   SLIPWAY_BUILT       the built image as the engine calls it: repository and the content's tag
#   SLIPWAY_CONTENT     the content id that it was built from
#   SLIPWAY_LABEL       the label of an image that says its content id
#   SLIPWAY_FIXED       tags that stand for this content for good, the content's own first
#   SLIPWAY_MUTABLE_TAGS      tags that move here
#   SLIPWAY_PLATFORM    the platform that it was built for, if any
set -u

uri=${SLIPWAY_BUILT%:*}
say() { printf '%s: %s\n' "$SLIPWAY_REPOSITORY" "$*"; }
fail() {
  say "$*"
  exit 1
}
# shellcheck source=aws-cli.sh
. "$SLIPWAY_AWS_CLI"
# shellcheck source=ecr-tags.sh
. "$SLIPWAY_ECR_TAGS"
# shellcheck source=../docker/streamed.sh
. "$SLIPWAY_STREAMED"

# The digest that the tag $1 stands for in $digest, empty when there is no such tag.
look_for() {
  digest=''
  if ask ecr describe-images --registry-id "$SLIPWAY_ACCOUNT" --repository-name "$SLIPWAY_REPOSITORY" \
    --image-ids "imageTag=$1" --query 'imageDetails[0].imageDigest'; then
    digest=$answer
  elif [ "$problem_kind" != ImageNotFoundException ]; then
    fail "cannot look for the tag $1: $problem"
  fi
}

# docker_or_fail WORD…: runs docker, and fails with its last words and what usually is the matter.
docker_or_fail() {
  said=$(docker "$@" 2>&1) || docker_failed "$1"
}

# docker_failed VERB: fails with the last words of what docker $said, and what usually is the matter.
docker_failed() {
  said=$(printf '%s\n' "$said" | grep -v '^ *$' | tail -n 1)
  case $said in
    *"no basic auth"* | *[Uu]nauthorized* | *"authorization token"* | *"credentials"*)
      fail "docker has no login for ${uri%%/*}: install amazon-ecr-credential-helper and name it in the credHelpers of Docker's config.json, or pipe aws ecr get-login-password into docker login; docker said: $said"
      ;;
    *) fail "docker $1 failed: $said" ;;
  esac
}

# The content id that the image $1 was built from in $content, empty when it is none of ours.
read_content() {
  docker image inspect "$1" >/dev/null 2>&1 ||
    docker_or_fail pull --quiet ${SLIPWAY_PLATFORM:+--platform "$SLIPWAY_PLATFORM"} "$1"
  docker_or_fail image inspect --format "{{index .Config.Labels \"$SLIPWAY_LABEL\"}}" "$1"
  content=$said
  [ "$content" != '<no value>' ] || content=''
}

command -v docker >/dev/null 2>&1 || fail "the docker command is missing: install Docker's command line and apply again"
become_deployer
image='' missing=''
for tag in $SLIPWAY_FIXED; do
  look_for "$tag"
  if [ -z "$digest" ]; then
    missing="$missing $tag"
    continue
  fi
  [ "$digest" != "$image" ] || continue
  read_content "$uri@$digest"
  [ "$content" = "$SLIPWAY_CONTENT" ] ||
    fail "the tag $tag stands for other content ($digest, built from ${content:-something that is not ours}): nothing was pushed; give this content a new version, or put the old content back"
  image=${image:-$digest}
  [ "$digest" = "$image" ] || say "the tag $tag stands for another build of the same content, $digest, and keeps it"
done
unnamed=$missing
if [ -n "$image" ]; then
  say "adopts $uri@$image, built from the same content"
else
  pushed=${SLIPWAY_BUILT##*:}
  streamed docker push "$SLIPWAY_BUILT" || docker_failed push
  look_for "$pushed"
  image=$digest
  [ -n "$image" ] || fail "$SLIPWAY_BUILT was pushed and is not there: apply again"
  unnamed=''
  for tag in $missing; do [ "$tag" = "$pushed" ] || unnamed="$unnamed $tag"; done
fi
# shellcheck disable=SC2086 # a list of words
put_tags "$uri" "$image" $unnamed ${SLIPWAY_MUTABLE_TAGS:-} || fail "$problem"
if [ -z "$missing" ]; then say "has every tag already"; else say "has$missing"; fi
