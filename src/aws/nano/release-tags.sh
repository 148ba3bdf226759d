# Tags by which a registry knows what a host serves, or may go back to: HOST.VERSION.BEFORE.RELEASE on each image of a
# release that is in ECR, where BEFORE is the version that was live when the host was told (0: none). The lifecycle rules
# expire no image that has one. Read by deploy.sh after ecr-tags.sh.
#
#   SLIPWAY_HOST_TAG        what the tags of this host begin with, and of no other
#   SLIPWAY_IMAGES          the release's images that are in ECR
#   SLIPWAY_REPOSITORIES    the repositories in ECR where this host may have tags
#   SLIPWAY_RELEASE_WINDOW  the file beside this one that decides which tags go
#   SLIPWAY_KEEP            how many of the releases that were live last are kept
# shellcheck shell=sh disable=SC2154 # aws-cli.sh sets $answer, $problem and $problem_kind

MOST_IDS=100 # of images in one question

# hold_images BEFORE: must have happened before the host is told.
hold_images() {
  held=$SLIPWAY_HOST_TAG.$SLIPWAY_VERSION.$1.$(printf %.8s "$SLIPWAY_RELEASE")
  for reference in ${SLIPWAY_IMAGES:-}; do
    put_tags "${reference%@*}" "${reference#*@}" "$held" && continue
    is_closed "${reference%@*}" || fail "the host was not told: $problem"
    say "AWS lets nobody of this account put tags into ${reference%@*}: its owner's rules may expire what this host serves"
  done
}

# Whether the last question was refused for the repository is another account's, where the pull alone may be allowed.
is_closed() { [ "$problem_kind" = AccessDeniedException ] && [ "${1%%.*}" != "$SLIPWAY_ACCOUNT" ]; }

# Called when the version serves. No release fails for it, whatever AWS says: what stays is kept for longer.
let_go_of_images() {
  [ -n "${SLIPWAY_REPOSITORIES:-}" ] || return 0
  tags=$(mktemp) || return 0
  (take_tags_away) || say "tags of earlier releases stay in the registry until the next release"
  rm -f "$tags"
}

take_tags_away() {
  printf 'host %s %s %s\n' "$SLIPWAY_HOST_TAG" "$SLIPWAY_VERSION" "$SLIPWAY_KEEP" >"$tags"
  for uri in $SLIPWAY_REPOSITORIES; do
    if ask_ecr "$uri" describe-images --filter tagStatus=TAGGED --query 'imageDetails[].imageTags[]'; then
      printf '%s\n' "$answer" | awk -v uri="$uri" '{ for (i = 1; i <= NF; i++) print uri, $i }' >>"$tags"
    else
      # what is not seen could be what the decision rests on
      [ "$problem_kind" = RepositoryNotFoundException ] || is_closed "$uri" || fail "cannot list $uri: $problem"
    fi
  done
  gone=$(awk -f "$SLIPWAY_RELEASE_WINDOW" "$tags") || fail "cannot tell which tags go"
  for uri in $SLIPWAY_REPOSITORIES; do
    # shellcheck disable=SC2046 # tags have no white space
    remove_tags "$uri" $(printf '%s\n' "$gone" | awk -v uri="$uri" '$1 == uri { print "imageTag=" $2 }')
  done
}

# remove_tags URI imageTag=TAG…: ECR deletes an image with its last tag.
remove_tags() {
  from=$1 count=0 ids=''
  shift
  for id; do
    ids="$ids $id" count=$((count + 1))
    [ "$count" -ge "$MOST_IDS" ] || continue
    remove_ids
  done
  [ "$count" -eq 0 ] || remove_ids
}

remove_ids() {
  # shellcheck disable=SC2086 # a list of words
  ask_ecr "$from" batch-delete-image --image-ids $ids \
    --query "failures[?failureCode!='ImageNotFound'].failureReason" || fail "cannot take tags from $from: $problem"
  case $answer in '' | None) ;; *) fail "cannot take tags from $from: $answer" ;; esac
  count=0 ids=''
}
