# Tells a person what serves, since when, what failed and why. Changes nothing.
# shellcheck shell=sh

show_status() {
  complete=0
  manifest=$STATE/releases/$(serving release).json
  if [ -n "$(serving release)" ]; then
    echo "serving version=$(serving version) release=$(serving release) since=$(serving since)"
    [ "$(serving labelled)" = true ] || echo "  the label live is elsewhere: the role may not label, or AWS did not answer"
    for service in $(of_manifest '.services[].name'); do show_service "$service"; done
  else
    echo "serving nothing"
    complete=1
  fi
  show_surroundings
  show_failures
  [ -z "$(cat "$STATE/held" 2>/dev/null)" ] ||
    echo "held version=$(cut -d ' ' -f 1 "$STATE/held"): newer, left alone because an older one was chosen"
  [ "$complete" = 0 ] || echo "next: journalctl -t slipway -n 50; sudo slipway converge"
  exit "$complete"
}

show_service() {
  slot=$(live_slot "$1")
  container=$(container_of "$1" "${slot:-none}")
  state=$(inspect "$container" '{{.State.Status}} since {{.State.StartedAt}}, restarted {{.RestartCount}} times') ||
    state="its container $container is gone"
  if is_running "$container" && probe "$1" "$slot"; then
    health=healthy
  else
    health="NOT HEALTHY${problem:+ ($problem)}"
    complete=1
  fi
  problem=''
  printf '  %-20s %s, port %s, %s, %s\n' "$1" "$health" "${slot:-none}" "$(of_service "$1" .image | sed 's/.*@sha256:\(.\{12\}\).*/\1/')" "$state"
}

show_surroundings() {
  [ -e "$STATE/bootstrapped" ] || echo "the first boot did not finish: cloud-init status --long; /var/log/cloud-init-output.log"
  marked=$(marker) || {
    echo "nginx does not answer: systemctl status nginx; nginx -t"
    complete=1
  }
  [ -z "$marked" ] || [ "${marked##*.}" = "$(live_generation)" ] || echo "nginx serves generation ${marked##*.}, the disk says $(live_generation): nginx -t"
  docker version >/dev/null 2>&1 || echo "the Docker Engine does not answer: systemctl status docker; journalctl -u docker -n 50"
  awk '/^MemAvailable|^SwapTotal|^SwapFree/ { printf "%s %d MiB  ", $1, $2 / 1024 } END { print "" }' /proc/meminfo
  df -h "$STATE" | awk 'NR == 2 { print "disk " $5 " full, " $4 " free" }'
}

show_failures() {
  for file in "$STATE"/failed/*.json; do
    [ ! -e "$file" ] || jq -r '"failed version=\(.version) release=\(.release) at=\(.at): \(.reason)"' "$file"
  done
}
