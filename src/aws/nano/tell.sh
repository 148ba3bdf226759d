#!/bin/sh
# Tells one host one word, prints what it says, and ends as it ended: 0, 1 or 2. 75 says that it could not be asked now.
#
#   tell.sh VERB [WORD…]
#
#   SLIPWAY_AWS_CLI, SLIPWAY_RUN_COMMAND   the files beside this one that ask AWS and tell the host, and what they need
#   SLIPWAY_HOST       the host's name, for messages
#   SLIPWAY_SECONDS    seconds that it may take
set -u

deadline=$(date +%s) # an instance that is not managed is not waited for
say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*" >&2; }
fail() {
  case $problem_kind in
    InvalidParameters | InvalidDocument)
      say "its document does not know this yet: apply the stack once with this Slipway; AWS said: $problem"
      exit 1
      ;;
  esac
  say "$*"
  exit 75
}
problem_kind=''
# shellcheck source=../aws-cli.sh
. "$SLIPWAY_AWS_CLI"
# shellcheck source=run-command.sh
. "$SLIPWAY_RUN_COMMAND"

not_managed() {
  fail "$SLIPWAY_INSTANCE cannot be asked now: it does not run, or its way to ssm.$SLIPWAY_REGION is not open; AWS said: $problem"
}
no_outcome() { fail "no answer after $SLIPWAY_SECONDS s, the command is $status: $command"; }

become_deployer
verb=$1
shift
send "$(printf '{"verb":["%s"],"words":["%s"]}' "$verb" "$*")"
deadline=$(($(date +%s) + SLIPWAY_SECONDS))
await_end
read_output StandardOutputContent
[ -z "$answer" ] || printf '%s\n' "$answer"
read_output StandardErrorContent
[ -z "$answer" ] || printf '%s\n' "$answer" >&2
case $status:$code in
  Success:0) exit 0 ;;
  Failed:[12]) exit "$code" ;;
  Failed:75) exit 75 ;;
  *) fail "it could not be asked now (the command is $status, exit status $code)" ;;
esac
