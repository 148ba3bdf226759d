#!/bin/sh
# Says what a destroy leaves: Terraform deletes no repository that holds images, unless the stack says so. Never fails,
# for what it says is about to be seen anyhow.
#
#   SLIPWAY_AWS_CLI     the file beside this one that asks AWS, and what it needs
#   SLIPWAY_ACCOUNT     the account of the registry
#   SLIPWAY_REPOSITORY  the repository's name
set -u

say() { printf '%s: %s\n' "$SLIPWAY_REPOSITORY" "$*"; }
fail() {
  say "cannot tell what is left in it: $*"
  exit 0
}
# shellcheck source=aws-cli.sh
. "$SLIPWAY_AWS_CLI"

become_deployer
# One page, which is a hundred images: whoever reads it learns enough.
ask ecr describe-images --registry-id "$SLIPWAY_ACCOUNT" --repository-name "$SLIPWAY_REPOSITORY" \
  --no-paginate --query 'length(imageDetails)' || fail "$problem"
case $answer in
  0) exit 0 ;;
  1) images='1 image' ;;
  100) images='100 images or more' ;;
  *) images="$answer images" ;;
esac
say "stays, for it holds $images and deleteWithImages is not set: set it, apply and destroy again, or empty the repository first"
