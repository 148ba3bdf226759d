# Tells CloudWatch how full this host is, where the release that serves says so: the fullest of its disks, and what of its
# memory programs may not have any more, both in per cent. Before anything else of a run, and without a file: a host whose
# disk is full, or whose engine does not answer, is the one that has to tell.
# shellcheck shell=sh disable=SC2154 # who asks AWS sets $problem

MEMORY_FACTS=$ROOT/proc/meminfo

report_usage() {
  namespace=$(jq -r '.metrics // empty' "$STATE/releases/$(serving release).json" 2>/dev/null)
  [ -n "$namespace" ] || return 0
  set -- "$ROOT/"
  ! has_data_volume || set -- "$@" "$DATA"
  disk=$(df -P "$@" 2>/dev/null | awk 'NR > 1 && $5 + 0 > most { most = $5 + 0 } END { print most + 0 }')
  memory=$(awk '{ has[$1] = $2 } END { printf "%.1f", 100 - 100 * has["MemAvailable:"] / has["MemTotal:"] }' "$MEMORY_FACTS")
  ask_aws monitoring PutMetricData "$(jq -nr --arg namespace "$namespace" --arg host "$HOST" --arg disk "$disk" --arg memory "$memory" '
    [["Action", "PutMetricData"], ["Version", "2010-08-01"], ["Namespace", $namespace]] +
    ([["Disk", $disk], ["Memory", $memory]] | to_entries | map("MetricData.member.\(.key + 1)." as $at | .value as [$of, $value] |
      [$at + "MetricName", $of + "UsedPercent"], [$at + "Unit", "Percent"], [$at + "Value", $value],
      [$at + "Dimensions.member.1.Name", "Host"], [$at + "Dimensions.member.1.Value", $host])) |
    map("\(.[0])=\(.[1] | @uri)") | join("&")')" || say "its metrics: $problem"
}
