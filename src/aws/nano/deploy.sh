#!/bin/sh
# Brings one release to one host and waits for the outcome. The host does the work and says how it went; this says it
# on, each line after the host's name, and fails when the release failed. What served before serves on then.
#
#   deploy.sh deploy   sends the host the release and waits until it serves it
#   deploy.sh verify   asks whether the label live is on this release; sends it once more where it is not
#
# Runs where Terraform runs; needs sh and the aws command. Sees names only, never what a release holds.
#
#   SLIPWAY_AWS_CLI    the file beside this one that asks AWS, and what it needs
#   SLIPWAY_RUN_COMMAND the file beside this one that tells the host, and what it needs
#   SLIPWAY_ECR_TAGS, SLIPWAY_RELEASE_TAGS  the files beside this one that hold images in the registry, and what they need
#   SLIPWAY_ACCOUNT    the account of the stack
#   SLIPWAY_HOST       the host's name, for messages
#   SLIPWAY_INSTANCE   the instance
#   SLIPWAY_DOCUMENT   the Systems Manager document by which it is sent
#   SLIPWAY_PARAMETER  the parameter whose versions are the releases
#   SLIPWAY_PARAMETER_ADDRESS   what Terraform calls it
#   SLIPWAY_VERSION    the version that is to serve
#   SLIPWAY_RELEASE    the release's id, 64 hexadecimal digits
#   SLIPWAY_DEADLINE   seconds that it may take, a first boot included
#   SLIPWAY_NEXT       the hosts that are told after it, where there are any
#   SLIPWAY_RETRY      set by whoever wants a release again that a rollback left
set -u

MOST_VERSIONS=100 FEW_VERSIONS=20
LONGEST_STOP=3600 # the grace that a container may have, which no deadline cuts off
deadline=$(($(date +%s) + SLIPWAY_DEADLINE))
say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }
fail() {
  say "$*"
  [ -z "${SLIPWAY_NEXT:-}" ] || say "stopped here: not told and as they were are $SLIPWAY_NEXT"
  exit 1
}
# shellcheck source=aws-cli.sh
. "$SLIPWAY_AWS_CLI"

# shellcheck source=run-command.sh
. "$SLIPWAY_RUN_COMMAND"

# shellcheck source=../ecr-tags.sh
. "$SLIPWAY_ECR_TAGS"
# shellcheck source=release-tags.sh
. "$SLIPWAY_RELEASE_TAGS"

not_managed() {
  fail "$SLIPWAY_INSTANCE is not managed after $SLIPWAY_DEADLINE s: is its way to ssm.$SLIPWAY_REGION open, and did it boot? aws ec2 get-console-output --instance-id $SLIPWAY_INSTANCE; AWS said: $problem"
}
no_outcome() {
  fail "no outcome after $SLIPWAY_DEADLINE s, the command is $status: the host may still come to one, apply again to ask it"
}

# Sends the host the word $1, with what may stand behind it.
tell() {
  seconds=$((SLIPWAY_DEADLINE + LONGEST_STOP))
  send "$(printf '{"verb":["%s"],"version":["%s"],"release":["%s"]%s,"seconds":["%s"]}' \
    "$1" "$SLIPWAY_VERSION" "$SLIPWAY_RELEASE" "${2:+,\"words\":[\"$2\"]}" "$seconds")"
}

# Sends the release until the host has an outcome. 75 is its word for "not now, try again"; 127 says that its files are
# not there yet, and a command that timed out says nothing of the release.
deploy() {
  [ -z "${SLIPWAY_IMAGES:-}" ] || hold
  while :; do
    tell converge "${SLIPWAY_RETRY:+retry}"
    await_command
    case $status:$code in
      Success:0) return 0 ;;
      *:75 | *:127 | TimedOut:*) ;;
      *)
        say_room
        fail "the release failed ($status, exit status $code): ${last:-the host said nothing}"
        ;;
    esac
    is_late && fail "the host could not come to an outcome within $SLIPWAY_DEADLINE s: ${last:-it said nothing, the command is $status}"
    sleep "$PAUSE"
  done
}

# Before the first word to the host: from then on it may come to serve.
hold() {
  is_live
  [ "$live" != none ] || live=0
  hold_images "$live"
}

# Says in time that releases cannot fail for ever: AWS keeps so many versions of a parameter, and takes no newer one while
# the oldest of them has a label.
say_room() {
  ask ssm get-parameter --name "$SLIPWAY_PARAMETER:live" --query Parameter.Version || return 0
  left=$((MOST_VERSIONS - (SLIPWAY_VERSION - answer) - 1))
  [ "$left" -le "$FEW_VERSIONS" ] || return 0
  say "AWS takes $left more releases of this host as long as version $answer is live, for it keeps $MOST_VERSIONS versions of $SLIPWAY_PARAMETER: bring a release that serves, or make the parameter anew while the host serves on: terraform apply -replace=$SLIPWAY_PARAMETER_ADDRESS"
}

is_live() {
  until ask ssm get-parameter --name "$SLIPWAY_PARAMETER:live" --query Parameter.Version; do
    case $problem_kind in ParameterVersionNotFound | ParameterNotFound)
      live=none
      return 1
      ;;
    esac
    is_passing || fail "$problem"
    is_late && fail "$problem"
    sleep "$PAUSE"
  done
  live=$answer
  [ "$live" = "$SLIPWAY_VERSION" ]
}

verify() {
  if ! is_live; then
    say "the label live is on version $live, not on $SLIPWAY_VERSION: sending it again"
    deploy
    is_live || {
      tell status
      await_command
      fail "the label live stays on version $live, not on $SLIPWAY_VERSION"
    }
  fi
  let_go_of_images
  say "serves release $(printf %.12s "$SLIPWAY_RELEASE") (version $SLIPWAY_VERSION)"
}

become_deployer
case ${1:-} in
  deploy)
    deploy
    let_go_of_images
    ;;
  verify) verify ;;
  *) fail "deploy.sh takes one word, deploy or verify" ;;
esac
