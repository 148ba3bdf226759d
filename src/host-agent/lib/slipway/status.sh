# Tells what serves, since when, what failed and why: as JSON for programs, by status.jq for people. Changes nothing.
# Each part prints an object whose keys are its own, and sets $complete to 1 where something is not as it should be.
# shellcheck shell=sh disable=SC2034 # the core reads $SERVICES and $DEPENDS

PARTS_OF_STATUS="serving services certificates maintenance schedules surroundings data failures hold last"

# show_status [--json]
show_status() {
  case ${1:-} in '' | --json) ;; *) usage ;; esac
  complete=0
  manifest=$STATE/releases/$(serving release).json
  WORK=$(mktemp -d)
  SERVICES=$WORK/services TASKS=$WORK/tasks DEPENDS=$WORK/depends
  [ -z "$(serving release)" ] || read_services
  for part in $PARTS_OF_STATUS; do "report_$part"; done >"$WORK/parts"
  [ ! -e "$WORK/unhealthy" ] || complete=1
  jq -s --arg host "$HOST" --arg agent "$AGENT_SHA" --argjson healthy "$((1 - complete))" \
    '{ schema: 1, host: $host, healthy: ($healthy == 1) } + add + { agent: $agent }' "$WORK/parts" >"$WORK/status"
  if [ -n "${1:-}" ]; then jq -c . "$WORK/status"; else jq -r -f "$PARTS/status.jq" "$WORK/status"; fi
  rm -rf "$WORK"
  exit "$complete"
}

report_serving() {
  [ -n "$(serving release)" ] || complete=1
  jq -n --slurpfile serving "$STATE/serving.json" '{ serving: ($serving[0] // null) }' 2>/dev/null || echo '{ "serving": null }'
}

report_services() {
  [ -z "$(serving release)" ] || for service in $(of_manifest '.services[].name'); do report_service "$service"; done | jq -s '{ services: . }'
}

report_service() {
  on=$(instance_of "$1")
  of_it=$(docker container inspect --format '{{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}' "${on:-none}" 2>/dev/null) || of_it=gone
  r_line "$1"
  problem=''
  health=true
  { [ -n "$on" ] && [ "$(d_state "$on")" = running ] && r_ask "$on"; } || {
    health=false
    echo "$1" >>"$WORK/unhealthy"
  }
  jq -nc --arg name "$1" --arg container "$on" --arg state "$of_it" --argjson healthy "$health" --arg problem "$problem" --arg port "$port" \
    --arg image "$(of_service "$1" .image)" --arg memory "$(docker stats --no-stream --format '{{.MemUsage}}' "${on:-none}" 2>/dev/null)" '
    ($state | split(" ")) as [$state, $since, $restarts] |
    { name: $name, healthy: $healthy, problem: $problem, container: $container, port: (if $port == "-" then null else ($port | tonumber) end), image: $image, state: $state, since: $since,
      restarts: ($restarts | if . then tonumber else null end), memory: $memory } | map_values(if . == "" then null else . end)'
}

report_maintenance() { sites_off | jq -R 'split(" ") | { site: .[0], since: .[1] }' | jq -s '{ maintenance: . }'; }

report_surroundings() {
  {
    [ -e "$STATE/bootstrapped" ] || echo "the first boot did not finish: cloud-init status --long; /var/log/cloud-init-output.log"
    marked=$(marker) || {
      echo "nginx does not answer: systemctl status nginx; nginx -t"
      complete=1
    }
    [ -z "$marked" ] || serves_generation "$(d_generation)" || echo "nginx has not loaded the texts of generation $(d_generation): nginx -t"
    docker version >/dev/null 2>&1 || echo "the Docker Engine does not answer: systemctl status docker; journalctl -u docker -n 50"
  } >"$WORK/notes"
  jq -n --rawfile notes "$WORK/notes" \
    --arg memory "$(awk '/^MemAvailable|^SwapTotal|^SwapFree/ { printf "%d ", $2 / 1024 }' /proc/meminfo)" \
    --arg disk "$(df -Pm "$STATE" | awk 'NR == 2 { print $5 + 0, $4 }')" '
    ($memory | split(" ")) as [$available, $swap, $free] | ($disk | split(" ")) as [$used, $left] |
    { notes: ($notes | split("\n") | map(select(. != ""))),
      memory: { availableMiB: ($available | tonumber), swapMiB: ($swap | tonumber), swapFreeMiB: ($free | tonumber) },
      disk: { usedPercent: ($used | tonumber), freeMiB: ($left | tonumber) } }'
}

report_failures() {
  for file in "$STATE"/failed/*.json; do [ ! -e "$file" ] || cat "$file"; done | jq -s '{ failures: sort_by(.version) }'
}

report_hold() {
  version=$(cut -d ' ' -f 1 "$STATE/held" 2>/dev/null)
  jq -n --arg version "$version" --arg since "$([ -z "$version" ] || changed_at "$STATE/held")" \
    '{ held: (if $version == "" then null else { version: ($version | tonumber), since: $since } end) }'
}

# The last outcome, and what was said about it.
report_last() {
  jq -n --arg last "$(tail -n 1 "$STATE/history" 2>/dev/null)" --arg log "$(journalctl -t slipway -n 20 -o cat --no-pager 2>/dev/null)" '
    ($last | split(" ")) as [$version, $release, $at, $outcome] |
    { last: (if $outcome then { version: ($version | tonumber), release: $release, at: $at, outcome: $outcome } else null end),
      log: ($log | split("\n") | map(select(. != ""))) }'
}
