# What a service's container said last.
# shellcheck shell=sh

MOST_LINES=5000
MOST_BYTES=20000 # Run Command hands on 24,000 characters, the first ones

# show_logs SERVICE [LINES]
show_logs() {
  case ${2:-100} in *[!0-9]*) usage ;; esac
  [ -n "${1:-}" ] || usage
  [ "${2:-100}" -le "$MOST_LINES" ] || usage
  on=$(instance_of "$1")
  [ -n "$on" ] || {
    echo "slipway: no service $1 serves here; there are: $(one_line "$(cut -d ' ' -f 1 "$LIVE/serving")")" >&2
    exit 1
  }
  mkdir -p "$RUN"
  docker logs --timestamps --tail "${2:-100}" "$on" >"$RUN/logs" 2>&1 || {
    echo "slipway: $on: $(tail -n 1 "$RUN/logs")" >&2
    exit 75
  }
  if [ "$(wc -c <"$RUN/logs")" -le "$MOST_BYTES" ]; then cat "$RUN/logs"; else tail -c "$MOST_BYTES" "$RUN/logs" | sed 1d; fi
  rm -f "$RUN/logs"
}
