# Tells a person what serves, since when, what failed and why. Changes nothing.
# shellcheck shell=sh disable=SC2034 # the core reads $SERVICES

show_status() {
  complete=0
  manifest=$STATE/releases/$(serving release).json
  if [ -n "$(serving release)" ]; then
    echo "serving version=$(serving version) release=$(serving release) since=$(serving since)"
    [ "$(serving labelled)" = true ] || echo "  the label live is elsewhere: the role may not label, or AWS did not answer"
    WORK=$(mktemp -d)
    SERVICES=$WORK/services
    begin_work
    for service in $(of_manifest '.services[].name'); do show_service "$service"; done
    show_schedules
    show_certificates
    rm -rf "$WORK"
  else
    echo "serving nothing"
    complete=1
  fi
  echo "agent $(short "$AGENT_SHA")"
  show_surroundings
  show_data
  show_failures
  [ -z "$(cat "$STATE/held" 2>/dev/null)" ] ||
    echo "held version=$(cut -d ' ' -f 1 "$STATE/held"): newer, left alone because an older one was chosen"
  [ "$complete" = 0 ] || echo "next: journalctl -t slipway -n 50; sudo slipway converge"
  exit "$complete"
}

show_service() {
  on=$(instance_of "$1")
  of_it=$(docker container inspect --format '{{.State.Status}} since {{.State.StartedAt}}, restarted {{.RestartCount}} times' "${on:-none}" 2>/dev/null) ||
    of_it="its container ${on:-} is gone"
  r_line "$1"
  problem=''
  if [ -n "$on" ] && [ "$(d_state "$on")" = running ] && r_ask "$on"; then
    health=healthy
  else
    health="NOT HEALTHY${problem:+ ($problem)}"
    complete=1
  fi
  case $port in -) place="no port" ;; *) place="port ${on##*-}" ;; esac
  printf '  %-20s %s, %s, %s, %s\n' "$1" "$health" "$place" "$(of_service "$1" .image | sed 's/.*@sha256:\(.\{12\}\).*/\1/')" "$of_it"
}

show_surroundings() {
  [ -e "$STATE/bootstrapped" ] || echo "the first boot did not finish: cloud-init status --long; /var/log/cloud-init-output.log"
  marked=$(marker) || {
    echo "nginx does not answer: systemctl status nginx; nginx -t"
    complete=1
  }
  [ -z "$marked" ] || serves_generation "$(d_generation)" || echo "nginx has not loaded the texts of generation $(d_generation): nginx -t"
  docker version >/dev/null 2>&1 || echo "the Docker Engine does not answer: systemctl status docker; journalctl -u docker -n 50"
  awk '/^MemAvailable|^SwapTotal|^SwapFree/ { printf "%s %d MiB  ", $1, $2 / 1024 } END { print "" }' /proc/meminfo
  df -h "$STATE" | awk 'NR == 2 { print "disk " $5 " full, " $4 " free" }'
}

show_failures() {
  for file in "$STATE"/failed/*.json; do
    [ ! -e "$file" ] || jq -r '"failed version=\(.version) release=\(.release) at=\(.at): \(.reason)"' "$file"
  done
}
