# Whether a container can serve, asked where Nginx will ask it.
# shellcheck shell=sh

# probe SERVICE SLOT: status 0 when healthy; otherwise $problem says what was wrong.
probe() {
  read -r kind path expected timeout port <<EOF
$(of_service "$1" '"\(.health.kind) \(.health.path // "/") \(.health.expectStatus // "2xx") \(.health.timeout) \(.port)"')
EOF
  if [ "$kind" = tcp ]; then
    # the published port accepts before the service listens, the container's own does not
    address=$(inspect "$(container_of "$1" "$2")" '{{.NetworkSettings.IPAddress}}')
    curl -q --silent --noproxy '*' --max-time "$timeout" --output /dev/null "telnet://$address:$port" </dev/null
    case $? in
      0 | 28 | 56) return 0 ;;
    esac
    problem="nothing listens on its port $port"
    return 1
  fi
  status=$(curl -q --silent --globoff --path-as-is --noproxy '*' --max-time "$timeout" --output /dev/null \
    --write-out '%{http_code}' "http://127.0.0.1:$2$path")
  case $expected:$status in
    2xx:2?? | "$status:$status") return 0 ;;
    *:000) problem="GET $path on its port $port had no answer within $timeout s" ;;
    *) problem="GET $path was answered $status, not $expected" ;;
  esac
  return 1
}

# Whether there is no use in asking again: the container ended.
has_ended() {
  case $(inspect "$1" '{{.State.Status}} {{.State.OOMKilled}} {{.State.ExitCode}}') in
    '') problem="its container is gone" ;;
    exited\ true\ *) problem="its container needed more than its memory limit and was killed" ;;
    exited* | dead*) problem="its container ended with status $(inspect "$1" '{{.State.ExitCode}}')" ;;
    *) return 1 ;;
  esac
}

# Seconds after which a service that never got healthy has failed.
patience() { of_service "$1" '.health | .startPeriod + .retries * .interval'; }
