# The ledger of releases: the versions of one SSM parameter. Its value is a manifest (JSON, gzip, base64); a release is
# known by the SHA-256 of that JSON; the label "live" names the version that serves, "held" one that is left alone.
# shellcheck shell=sh disable=SC2153 # HOST is in host.conf, the core has a $host

# read_ledger SELECTOR: reads the version that SELECTOR names (":live", ":7", or "" for the newest) into
# $version, $release and $RUN/manifest.json.
read_ledger() {
  ask_aws ssm AmazonSSM.GetParameter \
    "$(jq -nc --arg name "$PARAMETER$1" '{ Name: $name, WithDecryption: true }')" || return 1
  version=$(printf %s "$answer" | jq -r .Parameter.Version)
  printf %s "$answer" | jq -r .Parameter.Value | base64 -d 2>/dev/null | gunzip -c >"$RUN/manifest.json" 2>/dev/null
  release=$(sha256sum <"$RUN/manifest.json" | cut -c 1-64)
}

# Prints what keeps the manifest from being released on this host, a line each; nothing when it may be.
manifest_problems() {
  jq -r --arg host "$HOST" -f "$PARTS/manifest.jq" "$manifest" 2>"$RUN/jq.err" || echo "jq cannot read the manifest: $(tail -n 1 "$RUN/jq.err")"
}

# label LABEL VERSION: moves it there.
label() {
  ask_aws ssm AmazonSSM.LabelParameterVersion "$(jq -nc --arg name "$PARAMETER" --arg word "$1" --argjson version "$2" \
    '{ Name: $name, ParameterVersion: $version, Labels: [$word] }')" || return 1
  [ "$(printf %s "$answer" | jq '.InvalidLabels // [] | length')" = 0 ] || {
    problem="AWS refuses the label $1"
    return 1
  }
}

# The manifest that is being released, read as: of_service NAME 'jq filter', which is a service, a task or a
# schedule, or of_manifest 'jq filter'
of_manifest() { jq -r "$1" "$manifest"; }
of_service() { jq -r --arg name "$1" "(.services + (.tasks // []) + (.schedules // []))[] | select(.name == \$name) | $2" "$manifest"; }
