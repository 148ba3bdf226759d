# How a host is told a word by Run Command, and what it said. Read by the scripts that tell one, after aws-cli.sh; they
# have $deadline, say TEXT, fail TEXT, and what to do when the host is not_managed or comes to no_outcome in time.
#
#   SLIPWAY_INSTANCE   the instance
#   SLIPWAY_DOCUMENT   the Systems Manager document by which it is told
# shellcheck shell=sh disable=SC2154 # aws-cli.sh sets $answer, $problem and $problem_kind

PAUSE=${SLIPWAY_PAUSE:-3}

is_late() { [ "$(date +%s)" -ge "$deadline" ]; }

# Whether the last question may be asked again: AWS is busy, or did not answer this time.
is_passing() {
  case $problem_kind:$problem in
    InternalServerError:* | ServiceUnavailable*:*) return 0 ;;
    :*"Could not connect"* | :*"Connection was closed"* | :*"onnect timeout"* | :*"ead timeout"*) return 0 ;;
    *) is_busy ;;
  esac
}

# Sends the host the parameters $1 of its document; the command's id is in $command. A host that boots for the first time
# is not known yet.
send() {
  delivery=$((deadline - $(date +%s)))
  [ "$delivery" -ge 30 ] || delivery=30
  waits=''
  until ask ssm send-command --instance-ids "$SLIPWAY_INSTANCE" --document-name "$SLIPWAY_DOCUMENT" \
    --timeout-seconds "$delivery" --parameters "$1" --query Command.CommandId; do
    [ "$problem_kind" = InvalidInstanceId ] || { [ -n "$problem_kind" ] && is_passing; } || fail "$problem"
    ! is_late || not_managed
    [ -n "$waits" ] || say "waiting until $SLIPWAY_INSTANCE is managed, as it is minutes after its first boot"
    waits=1
    sleep "$PAUSE"
  done
  command=$answer
}

# Waits for the command's end and leaves its $status and $code.
await_end() {
  status=Pending code=-1
  while :; do
    if invocation '[Status,ResponseCode]'; then
      status=$(printf '%s' "$answer" | cut -f 1)
      code=$(printf '%s' "$answer" | cut -f 2)
      case $status in Pending | InProgress | Delayed | Cancelling) ;; *) break ;; esac
    else
      [ "$problem_kind" = InvocationDoesNotExist ] || is_passing || fail "$problem"
    fi
    ! is_late || no_outcome
    sleep "$PAUSE"
  done
}

# Waits for the command's end, says what the host said, and leaves $status, $code and the host's $last line.
await_command() {
  await_end
  last=''
  print_lines StandardOutputContent
  print_lines StandardErrorContent
}

invocation() { ask ssm get-command-invocation --command-id "$command" --instance-id "$SLIPWAY_INSTANCE" --query "$1"; }

# What the host said on the stream $1 is in $answer.
read_output() {
  until invocation "$1"; do
    is_passing || fail "$problem"
    ! is_late || fail "$problem"
    sleep "$PAUSE"
  done
  [ "$answer" != None ] || answer=''
}

print_lines() {
  read_output "$1"
  said=$(printf '%s\n' "$answer" | grep -v '^ *$') || return 0
  printf '%s\n' "$said" | while IFS= read -r line; do say "$line"; done
  last=$(printf '%s\n' "$said" | tail -n 1)
}
