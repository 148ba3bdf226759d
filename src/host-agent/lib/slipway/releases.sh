# The last releases on the ledger, and what became of each here.
# shellcheck shell=sh

SHOWN_RELEASES=10

# show_releases [--json]
show_releases() {
  case ${1:-} in '' | --json) ;; *) usage ;; esac
  mkdir -p "$RUN"
  RUN=$(mktemp -d "$RUN/releases.XXXXXX") # a run that is at work reads the ledger, too
  read_ledger '' || {
    rm -rf "$RUN"
    say "$problem"
    case $problem_kind in ParameterNotFound) exit 1 ;; *) exit 75 ;; esac
  }
  at=$version live=$(version_labelled live) held=$(cut -d ' ' -f 1 "$STATE/held" 2>/dev/null) shown=0
  while [ "$at" -gt 0 ] && [ "$shown" -lt "$SHOWN_RELEASES" ]; do
    shown=$((shown + 1))
    ! read_ledger ":$at" || describe_release
    at=$((at - 1))
  done | jq -s --arg host "$HOST" '{ schema: 1, host: $host, releases: . }' >"$RUN/all"
  if [ -n "${1:-}" ]; then jq -c . "$RUN/all"; else jq -r '.releases[] |
    "version \(.version)  \(.release[:12])  \(.at // "-")  \(.outcome // "-")\(if .live then ", live" else "" end)\(
    if .held then ", held back" else "" end)\(if .irreversible then ", irreversible" else "" end)\(
    if .reason then ": \(.reason)" else "" end)"' "$RUN/all"; fi
  rm -rf "$RUN"
}

# The one that was read, as JSON; "at" is when it was put on the ledger.
describe_release() {
  outcome=$(awk -v it="$version $release" '$1 " " $2 == it { found = $4 } END { print found }' "$STATE/history" 2>/dev/null)
  jq -c --argjson version "$version" --arg release "$release" --arg live "$live" --arg held "$held" --arg outcome "$outcome" \
    --argjson at "$(printf %s "$answer" | jq '.Parameter.LastModifiedDate // null | numbers | floor | todate' | grep . || echo null)" \
    --arg reason "$(jq -r .reason "$STATE/failed/$release.json" 2>/dev/null)" '{
      version: $version, release: $release, at: $at,
      outcome: (if $outcome == "" then null else $outcome end),
      reason: (if $reason == "" then null else $reason end),
      live: ($live == ($version | tostring)), held: ($held == ($version | tostring)),
      irreversible: (.irreversible // false), services: [.services[] | { name, image }] }' "$RUN/manifest.json"
}
