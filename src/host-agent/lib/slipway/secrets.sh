# Secrets of a service, fetched when its container starts. They exist in this shell's memory, for a moment in a file
# on the memory file system, and then in the container; "as": "file" ones stay on the memory file system only.
# shellcheck shell=sh

# Sets $secret to the value of the reference FROM ID KEY ("-" for the whole); otherwise $problem says why.
fetch_secret() {
  if [ "$1" = parameter ]; then
    ask_aws ssm AmazonSSM.GetParameter "$(jq -nc --arg id "$2" '{ Name: $id, WithDecryption: true }')" || return 1
    filter=.Parameter.Value
  else
    ask_aws secretsmanager secretsmanager.GetSecretValue "$(jq -nc --arg id "$2" '{ SecretId: $id }')" || return 1
    filter=.SecretString
  fi
  [ "$3" = - ] || filter="$filter | fromjson | .[\$key] | if type == \"string\" then . else error(\"no text\") end"
  secret=$(printf %s "$answer" | jq -r --arg key "$3" "$filter" 2>/dev/null && echo .) || {
    problem_kind=ValidationException
    problem="it holds no text under the key $3"
    return 1
  }
  secret=${secret%"$NEWLINE."}
}

# fetch_secrets SERVICE CONTAINER: appends to the container's environment file, fills its folder of secrets.
fetch_secrets() {
  of_service "$1" '.secrets // {} | to_entries[] | [.key, .value.from, .value.id, .value.key // "-", .value.as // "env"] | @tsv' >"$RUN/references"
  while IFS='	' read -r secret_name from id key as; do
    fetch_secret "$from" "$id" "$key" || {
      problem="the secret $secret_name: $problem"
      return 1
    }
    case $as:$secret in
      env:*"$NEWLINE"*)
        problem_kind=ValidationException
        problem="the secret $secret_name has several lines, which no environment variable can have here: take it as a file"
        return 1
        ;;
      env:*) printf '%s=%s\n' "$secret_name" "$secret" >>"$RUN/env" ;;
      *)
        mkdir -p "$RUN/secrets/$2"
        printf %s "$secret" >"$RUN/secrets/$2/$secret_name"
        # the container's user need not be root; nobody else gets past /run/slipway
        chmod 755 "$RUN/secrets/$2" && chmod 444 "$RUN/secrets/$2/$secret_name"
        ;;
    esac
  done <"$RUN/references"
  secret=''
}
