# How the steps of an apply talk to AWS: by the deployer's AWS command line and credentials, in the stack's region and,
# where the stack says so, by its role. Read by the steps' scripts; needs sh and the aws command.
#
#   SLIPWAY_REGION  the stack's region
#   SLIPWAY_ROLE    the role to deploy with, if any
# shellcheck shell=sh

export AWS_PAGER=''

# Called once before the first question.
become_deployer() {
  command -v aws >/dev/null 2>&1 ||
    fail "the aws command is missing: install the AWS CLI, https://aws.amazon.com/cli, and apply again"
  [ -n "${SLIPWAY_ROLE:-}" ] || return 0
  ask sts assume-role --role-arn "$SLIPWAY_ROLE" --role-session-name slipway \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' || fail "$problem"
  # shellcheck disable=SC2086 # three words without any white space
  set -- $answer
  export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
  unset AWS_PROFILE
}

MOST_QUESTIONS=5

# ask SERVICE VERB OPTION…: the answer as text in $answer; otherwise $problem says why in one line, and $problem_kind is
# AWS's name for it, empty when AWS did not answer. Without credentials it ends the step: nothing else can succeed. Asks
# again when AWS is busy, whatever the verb, for nothing happened then; the aws command gives up on that in seconds.
ask() {
  questions=1
  until ask_once "$@"; do
    { is_busy && [ "$questions" -lt "$MOST_QUESTIONS" ]; } || return 1
    sleep $((questions * ${SLIPWAY_PAUSE:-3}))
    questions=$((questions + 1))
  done
}

# Whether AWS refused the last question because there were too many.
is_busy() {
  case $problem_kind in
    Throttl* | TooManyRequests* | RequestLimitExceeded | RequestThrottled* | SlowDown) return 0 ;;
    *) return 1 ;;
  esac
}

ask_once() {
  complaints=$(mktemp) || fail "cannot write a temporary file"
  if answer=$(aws --region "$SLIPWAY_REGION" --output text "$@" 2>"$complaints"); then
    rm -f "$complaints"
    return 0
  fi
  problem=$(grep -v '^ *$' "$complaints" | tail -n 1)
  rm -f "$complaints"
  problem_kind=$(printf '%s\n' "$problem" | sed -n 's/.*An error occurred (\([A-Za-z.]*\)).*/\1/p')
  case $problem_kind:$problem in
    ExpiredToken*:* | InvalidClientTokenId:* | UnrecognizedClientException:* | *"Unable to locate credentials"* | \
      *"config profile"*"could not be found"* | *"SSO"*"expired"* | *"Error loading SSO Token"* | *"Partial credentials"*)
      fail "AWS takes no credentials from here: $problem; log in (aws sso login, or AWS_PROFILE, or AWS_ACCESS_KEY_ID) and apply again"
      ;;
  esac
  return 1
}
