# Back to an earlier release, which is held: the newest version is left alone until another content comes or somebody
# tells it. The label "held" names that version on the ledger, so that a new instance leaves it alone too.
# A parameter beside the ledger says it in words, for Terraform's plan to show.
#   $STATE/held           "VERSION RELEASE": the newer release that is left alone
# shellcheck shell=sh

NOT_HELD=none

# roll_back [VERSION]
roll_back() {
  case ${1:-0} in *[!0-9]*) usage ;; esac
  take_turn
  prepare
  read_ledger '' || again "$problem"
  newest="$version $release"
  [ -n "$(serving version)" ] || refuse "nothing serves here that could be rolled back"
  to=${1:-$(served_before)}
  [ -n "$to" ] || refuse "it is not known here which release served before: choose one of those that 'slipway releases' lists"
  [ "$to" != "$(serving version)" ] || refuse "version $to serves already"
  [ "$to" -lt "$(serving version)" ] || refuse "version $to is newer than what serves: apply it again"
  refuse_irreversible "$to" "${newest% *}"
  read_ledger ":$to" || {
    case $problem_kind in ParameterVersionNotFound) refuse "version $to is not on the ledger any more" ;; esac
    again "$problem"
  }
  reads_manifest || refuse "version $to is of a format that this agent does not read"
  # first the hold: a power cut between the two must not end in the release that was left
  hold "$newest" || again "$problem"
  rm -f "$STATE/attempts/$release"
  take_manifest
  say "rolling back to version $version: version ${newest% *} is left alone"
  release_it deploy
  publish_hold "version $version since $(now), by a rollback from version ${newest% *}" ||
    say "plans do not show that this host is held: $problem"
  care_for_certificates
}

# publish_hold TEXT
publish_hold() {
  ask_aws ssm AmazonSSM.PutParameter "$(jq -nc --arg name "${PARAMETER%/*}/hold" --arg value "$1" '{ Name: $name, Value: $value, Overwrite: true }')"
}

refuse() {
  say "refused: $1"
  rm -rf "$WORK"
  exit 1
}

# What a release did that cannot be undone is done, whether it came to serve or not.
refuse_irreversible() {
  past=$2
  while [ "$past" -gt "$1" ]; do
    if read_ledger ":$past"; then
      [ "$(jq -r .irreversible "$RUN/manifest.json")" != true ] ||
        refuse "version $past ($(short "$release")) is declared irreversible, so that no earlier release may serve after it: declare what shall serve, and apply that"
    elif [ "$problem_kind" != ParameterVersionNotFound ]; then
      again "$problem"
    fi
    past=$((past - 1))
  done
}

hold() {
  label held "${1% *}" || return 1
  echo "$1" | keep "$STATE/held"
}

# Whether the newest, which was read, is left alone. A new instance learns it from the ledger.
is_held() {
  [ "$version $release" != "$(cat "$STATE/held" 2>/dev/null)" ] || return 0
  [ "$(version_labelled held)" = "$version" ] && [ "$(version_labelled live)" != "$version" ] || return 1
  echo "$version $release" | keep "$STATE/held"
}

# The release that was left by a rollback comes back when somebody says so, or with other content.
refuse_held() {
  [ "$(version_labelled held)" = "$version" ] || return 0
  live=$(version_labelled live)
  [ "$live" = "$version" ] ||
    refuse "this host is held at version ${live:-none} since $(changed_at "$STATE/held" 2>/dev/null || echo 'before this instance'), by a rollback from version $version: apply other content, or this once more with --retry (SLIPWAY_RETRY=1)"
}

# Called when the newest release serves. A label that stayed on an old version would in the end block the ledger.
lift_hold() {
  rm -f "$STATE/held"
  was=$(version_labelled held)
  [ -n "$was" ] || return 0
  { publish_hold "$NOT_HELD" && unlabel held "$was"; } || say "the label held stays on version $was: $problem"
}

# unlabel WORD VERSION
unlabel() {
  ask_aws ssm AmazonSSM.UnlabelParameterVersion "$(jq -nc --arg name "$PARAMETER" --arg word "$1" --argjson version "$2" \
    '{ Name: $name, ParameterVersion: $version, Labels: [$word] }')"
}

# The version that the label $1 is on, nothing where there is none.
version_labelled() {
  ! ask_aws ssm AmazonSSM.GetParameter "$(jq -nc --arg name "$PARAMETER:$1" '{ Name: $name }')" ||
    printf %s "$answer" | jq -r .Parameter.Version
}

# The version of the release that served before this one; nothing where it is not known or not on the ledger as it was.
served_before() {
  line=$(awk -v now="$(serving version)" -v it="$(serving release)" '$4 == "live" && $1 < now && $2 != it { found = $1 " " $2 } END { print found }' "$STATE/history" 2>/dev/null)
  [ -n "$line" ] && read_ledger ":${line% *}" && [ "$line" = "$version $release" ] && echo "$version"
}

KEPT_HISTORY=50

# note_outcome live|failed
note_outcome() {
  {
    cat "$STATE/history" 2>/dev/null || [ -z "$(serving version)" ] || echo "$(serving version) $(serving release) $(serving since) live"
    echo "$version $release $(now) $1"
  } | tail -n "$KEPT_HISTORY" | keep "$STATE/history"
}
