# Where a server without AWS keeps what its agent asks for: the ledger and the secrets, in its own files. The agent asks
# in the words of Parameter Store, so here are those that it uses, and its names for what is missing.
#   $STATE/ledger/N.json    the releases: version N, the newest the highest
#   $STATE/labels/WORD      the version that is labelled live or held
#   $STATE/values/NAME      the task ledger, and whether a rollback holds the server
#   /etc/slipway/secrets    0600, a file each, called by the SHA-256 of its name; NAME.cred where systemd encrypts it
#   $RUN/once               secrets of this run alone: the logins by which it pulls
# shellcheck shell=sh disable=SC2034,SC2153 # PARAMETER is in host.conf; the callers read $answer and $problem_kind

NEWLINE='
'
LEDGER=$STATE/ledger
LABELS=$STATE/labels
VALUES=$STATE/values
SECRETS=$ETC/secrets

# ask_aws SERVICE TARGET BODY: the JSON answer in $answer; otherwise $problem says why and $problem_kind its name.
ask_aws() {
  problem_kind='' answer=''
  asked=$(printf %s "$3" | jq -r .Name)
  case ${2##*.}:$asked in
    GetParameter:"$PARAMETER" | GetParameter:"$PARAMETER":*) answer_version "${asked#"$PARAMETER"}" ;;
    GetParameter:"${PARAMETER%/*}"/*) answer_value "${asked##*/}" ;;
    GetParameter:*) answer_secret "$asked" ;;
    PutParameter:*) printf %s "$3" | jq -j .Value | keep "$VALUES/${asked##*/}" ;;
    LabelParameterVersion:*)
      printf %s "$3" | jq -r .ParameterVersion | keep "$LABELS/$(printf %s "$3" | jq -r '.Labels[0]')"
      ;;
    UnlabelParameterVersion:*) rm -f "$LABELS/$(printf %s "$3" | jq -r '.Labels[0]')" ;;
    *) is_missing ValidationException "nothing here answers ${2##*.}" ;;
  esac || {
    [ -n "$problem_kind" ] || problem="$STATE cannot be written: is the disk full?"
    return 1
  }
  [ -n "$answer" ] || answer='{}'
}

is_missing() {
  problem_kind=$1 problem=$2
  return 1
}

newest_version() { find "$LEDGER" -name '[0-9]*.json' -printf '%f\n' 2>/dev/null | sed 's/\.json$//' | sort -n | tail -n 1; }

# ":live", ":7", or "" for the newest.
answer_version() {
  newest=$(newest_version)
  [ -n "$newest" ] || is_missing ParameterNotFound "the ledger $LEDGER is empty" || return 1
  case $1 in
    '') at=$newest ;;
    :*[!0-9]*) at=$(cat "$LABELS/${1#:}" 2>/dev/null) ;;
    *) at=${1#:} ;;
  esac
  [ -n "$at" ] && [ -e "$LEDGER/$at.json" ] ||
    is_missing ParameterVersionNotFound "the ledger $LEDGER has no version ${1#:}" || return 1
  answer=$(gzip -c "$LEDGER/$at.json" | base64 | tr -d '\n' | jq -Rc --argjson version "$at" \
    --argjson at "$(date -u -r "$LEDGER/$at.json" +%s)" '{ Parameter: { Version: $version, Value: ., LastModifiedDate: $at } }')
}

answer_value() { answer=$({ cat "$VALUES/$1" 2>/dev/null || echo none; } | jq -Rsc '{ Parameter: { Value: . } }'); }

# Its bytes are text. What is encrypted can be read on this server alone.
answer_secret() {
  called=$(printf %s "$1" | sha256sum | cut -c 1-64)
  for file in "$RUN/once/$called" "$SECRETS/$called"; do
    [ -e "$file" ] || continue
    answer=$(jq -Rsc '{ Parameter: { Value: . } }' "$file")
    return
  done
  [ -e "$SECRETS/$called.cred" ] ||
    is_missing ParameterNotFound "this server does not have it: it comes with the next apply" || return 1
  answer=$(systemd-creds decrypt --name=slipway "$SECRETS/$called.cred" - 2>"$RUN/creds.err" | jq -Rsc '{ Parameter: { Value: . } }')
  [ ! -s "$RUN/creds.err" ] || is_missing DecryptionFailure "systemd cannot decrypt it: $(tail -n 1 "$RUN/creds.err")"
}

# Whether it is missing for good, rather than for now.
is_final() {
  case $problem_kind in
    ParameterNotFound | ParameterVersionNotFound | ResourceNotFoundException | ValidationException | DecryptionFailure) return 0 ;;
    *) return 1 ;;
  esac
}
