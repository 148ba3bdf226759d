# Asks AWS by the role of this instance. No credential ever stands in a process's arguments or in a file:
# curl reads them from a pipe (-K -).
# shellcheck shell=sh disable=SC2016 # what jq fills in

METADATA=${SLIPWAY_METADATA:-http://169.254.169.254}
NEWLINE='
'

# Prints one piece of the instance's metadata (IMDSv2).
metadata() {
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$metadata_token" |
    curl -q --silent --fail --noproxy '*' --max-time 5 --config - "$METADATA/latest/meta-data/$1"
}

# Sets region, domain and credentials; says in $problem what is wrong otherwise.
know_instance() {
  [ -z "${credentials:-}" ] || return 0
  problem="the instance metadata at $METADATA does not answer"
  metadata_token=$(curl -q --silent --fail --noproxy '*' --max-time 5 --retry 3 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$METADATA/latest/api/token") || return 1
  region=$(metadata placement/region) || return 1
  domain=$(metadata services/domain) || domain=amazonaws.com
  problem="this instance has no role: attach its instance profile"
  role=$(metadata iam/security-credentials/) || return 1
  credentials=$(metadata "iam/security-credentials/$role") || return 1
  problem="the role $role gives no credentials yet"
  [ "$(printf %s "$credentials" | jq -r .Code)" = Success ] || { credentials='' && return 1; }
}

MOST_QUESTIONS=4

# ask_aws SERVICE TARGET BODY: a target without a dot is an action of the query protocol, whose body is a form. The JSON
# answer in $answer; otherwise $problem says why and $problem_kind is AWS's name for it, empty when nobody answered. Asks
# again when AWS is busy.
ask_aws() {
  questions=1
  until ask_aws_once "$@"; do
    { is_busy && [ "$questions" -lt "$MOST_QUESTIONS" ]; } || return 1
    sleep "$questions"
    questions=$((questions + 1))
  done
}

is_busy() {
  case $problem_kind in
    Throttl* | TooManyRequests* | TooManyUpdates | RequestLimitExceeded | InternalServerError | ServiceUnavailable*) return 0 ;;
    *) return 1 ;;
  esac
}

# send_signed REGION:SERVICE URL 'jq filter of curl options' BODY [TARGET]: the answer in $answer, its status last in $reply.
send_signed() {
  reply=$(printf %s "$credentials" | jq -r --arg target "${5:-}" --arg body "$4" '
      "user = \(.AccessKeyId + ":" + .SecretAccessKey | @json)",
      "header = \("X-Amz-Security-Token: " + .Token | @json)",
      (if $body == "" then empty else "data-binary = \($body | @json)" end),'"$3" |
    curl -q --silent --show-error --max-time 20 --aws-sigv4 "aws:amz:$1" --config - \
      --write-out '\n%{http_code}' "$2" 2>&1) || {
    problem="${2%/} does not answer: $(printf %s "$reply" | tail -n 2 | head -n 1)"
    return 1
  }
  answer=${reply%"$NEWLINE"*}
}

ask_aws_once() {
  problem_kind=''
  know_instance || return 1
  case $1 in
    ssm) endpoint=${SLIPWAY_SSM:-https://ssm.$region.$domain} ;;
    monitoring) endpoint=${SLIPWAY_MONITORING:-https://monitoring.$region.$domain} ;;
    *) endpoint=${SLIPWAY_SECRETS_MANAGER:-https://$1.$region.$domain} ;;
  esac
  send_signed "$region:$1" "$endpoint/" '
      (if $target | contains(".") then
        "header = \("X-Amz-Target: " + $target | @json)",
        "header = \"Content-Type: application/x-amz-json-1.1\""
      else "header = \"Accept: application/json\"", "header = \"Content-Type: application/x-www-form-urlencoded\"" end)' "$3" "$2" || return 1
  [ "${reply##*"$NEWLINE"}" != 200 ] || return 0
  problem_kind=$(printf %s "$answer" | jq -r '.__type // .Error.Code? // "" | split("#") | last // ""' 2>/dev/null)
  problem="AWS refuses ${2##*.}: ${problem_kind:-HTTP ${reply##*"$NEWLINE"}} $(printf %s "$answer" | jq -r '.message // .Message // .Error.Message? // ""' 2>/dev/null)"
  return 1
}

# Whether AWS refused for good, rather than for now.
is_final() {
  case $problem_kind in
    ParameterNotFound | ParameterVersionNotFound | ResourceNotFoundException | InvalidKeyId | ValidationException | InvalidRequestException | DecryptionFailure) return 0 ;;
    *) return 1 ;;
  esac
}
