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
#   SLIPWAY_HOST       the host's name, for messages
#   SLIPWAY_INSTANCE   the instance
#   SLIPWAY_DOCUMENT   the Systems Manager document by which it is sent
#   SLIPWAY_PARAMETER  the parameter whose versions are the releases
#   SLIPWAY_PARAMETER_ADDRESS   what Terraform calls it
#   SLIPWAY_VERSION    the version that is to serve
#   SLIPWAY_RELEASE    the release's id, 64 hexadecimal digits
#   SLIPWAY_DEADLINE   seconds that it may take, a first boot included
set -u

PAUSE=${SLIPWAY_PAUSE:-3}
MOST_VERSIONS=100 FEW_VERSIONS=20
LONGEST_STOP=3600 # the grace that a container may have, which no deadline cuts off
deadline=$(($(date +%s) + SLIPWAY_DEADLINE))
say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }
fail() {
  say "$*"
  exit 1
}
# shellcheck source=aws-cli.sh
. "$SLIPWAY_AWS_CLI"

is_late() { [ "$(date +%s)" -ge "$deadline" ]; }

# Whether the last question may be asked again: AWS is busy, or did not answer this time.
is_passing() {
  case $problem_kind:$problem in
    InternalServerError:* | ServiceUnavailable*:*) return 0 ;;
    :*"Could not connect"* | :*"Connection was closed"* | :*"onnect timeout"* | :*"ead timeout"*) return 0 ;;
    *) is_busy ;;
  esac
}

# Sends the host the word $1; the command's id is in $command. A host that boots for the first time is not known yet.
send() {
  seconds=$((deadline - $(date +%s)))
  [ "$seconds" -ge 30 ] || seconds=30
  parameters=$(printf '{"verb":["%s"],"version":["%s"],"release":["%s"],"seconds":["%s"]}' \
    "$1" "$SLIPWAY_VERSION" "$SLIPWAY_RELEASE" $((SLIPWAY_DEADLINE + LONGEST_STOP)))
  waits=''
  until ask ssm send-command --instance-ids "$SLIPWAY_INSTANCE" --document-name "$SLIPWAY_DOCUMENT" \
    --timeout-seconds "$seconds" --parameters "$parameters" --query Command.CommandId; do
    [ "$problem_kind" = InvalidInstanceId ] || { [ -n "$problem_kind" ] && is_passing; } || fail "$problem"
    is_late && fail "$SLIPWAY_INSTANCE is not managed after $SLIPWAY_DEADLINE s: is its way to ssm.$SLIPWAY_REGION open, and did it boot? aws ec2 get-console-output --instance-id $SLIPWAY_INSTANCE; AWS said: $problem"
    [ -n "$waits" ] || say "waiting until $SLIPWAY_INSTANCE is managed, as it is minutes after its first boot"
    waits=1
    sleep "$PAUSE"
  done
  command=$answer
}

# Waits for the command's end, says what the host said, and leaves $status, $code and the host's $last line.
await_command() {
  status=Pending code=-1
  while :; do
    if invocation '[Status,ResponseCode]'; then
      status=$(printf '%s' "$answer" | cut -f 1)
      code=$(printf '%s' "$answer" | cut -f 2)
      case $status in Pending | InProgress | Delayed | Cancelling) ;; *) break ;; esac
    else
      [ "$problem_kind" = InvocationDoesNotExist ] || is_passing || fail "$problem"
    fi
    is_late && fail "no outcome after $SLIPWAY_DEADLINE s, the command is $status: the host may still come to one, apply again to ask it"
    sleep "$PAUSE"
  done
  last=''
  print_lines StandardOutputContent
  print_lines StandardErrorContent
}

invocation() { ask ssm get-command-invocation --command-id "$command" --instance-id "$SLIPWAY_INSTANCE" --query "$1"; }

print_lines() {
  until invocation "$1"; do
    is_passing || fail "$problem"
    is_late && fail "$problem"
    sleep "$PAUSE"
  done
  [ "$answer" != None ] || return 0
  said=$(printf '%s\n' "$answer" | grep -v '^ *$') || return 0
  printf '%s\n' "$said" | while IFS= read -r line; do say "$line"; done
  last=$(printf '%s\n' "$said" | tail -n 1)
}

# Sends the release until the host has an outcome. 75 is its word for "not now, try again"; 127 says that its files are
# not there yet, and a command that timed out says nothing of the release.
deploy() {
  while :; do
    send converge
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
      send status
      await_command
      fail "the label live stays on version $live, not on $SLIPWAY_VERSION"
    }
  fi
  say "serves release $(printf %.12s "$SLIPWAY_RELEASE") (version $SLIPWAY_VERSION)"
}

become_deployer
case ${1:-} in
  deploy) deploy ;;
  verify) verify ;;
  *) fail "deploy.sh takes one word, deploy or verify" ;;
esac
