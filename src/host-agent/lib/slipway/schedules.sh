# Schedules of the release that is live: for each a timer of systemd's and the service that it starts, which comes back
# here. A run is a container of its own, with the release's image, whose log systemd keeps; one at a time, since a timer
# starts no service that runs. How the last one ended stands in $STATE/schedules/NAME.json.
# shellcheck shell=sh disable=SC2034,SC2154 # the driver reads and sets variables

UNITS=$ROOT/etc/systemd/system

# What they run is here before the release is live.
fetch_scheduled() {
  for scheduled in $(of_manifest '.schedules // [] | .[].name'); do
    d_fetch "$scheduled" || {
      outcome=$? problem="$scheduled: $problem"
      return "$outcome"
    }
  done
}

# Puts the units of $manifest's schedules into place and takes away those of others. What was put and not told to systemd
# stands in $RUN/units, for a run may be killed between the two.
place_schedules() {
  of_manifest '.schedules // [] | .[] | "\(.name)\t\(.timeoutSeconds + (.stopGraceSeconds // 10) + 600)\t\(.calendar)"' >"$RUN/schedules"
  for timer in "$UNITS"/slipway-schedule-*.timer; do
    [ -e "$timer" ] || continue
    scheduled=${timer##*/slipway-schedule-} scheduled=${scheduled%.timer}
    ! grep -q "^$scheduled	" "$RUN/schedules" || continue
    say "$scheduled: is scheduled no more"
    : >"$RUN/units"
    systemctl disable --now "slipway-schedule-$scheduled.timer" 2>/dev/null
    rm -f "$UNITS/slipway-schedule-$scheduled.service" "$timer" "$STATE/schedules/$scheduled.json"
  done
  while IFS='	' read -r scheduled limit calendar; do
    {
      schedule_service "$scheduled" "$limit" | place_unit "slipway-schedule-$scheduled.service" &&
        schedule_timer "$scheduled" "$calendar" | place_unit "slipway-schedule-$scheduled.timer"
    } || {
      problem="the units of the schedule $scheduled cannot be written: is the disk full?"
      return 75
    }
  done <"$RUN/schedules"
  problem="systemd does not take the units of the schedules: systemctl status 'slipway-schedule-*'"
  [ ! -e "$RUN/units" ] || systemctl daemon-reload 9>&- || return 75
  while IFS='	' read -r scheduled _; do
    timer=slipway-schedule-$scheduled.timer
    if grep -qsx "$timer" "$RUN/units"; then systemctl restart "$timer" 9>&- || return 75; fi
    if ! systemctl is-active --quiet "$timer" || ! systemctl is-enabled --quiet "$timer"; then
      systemctl enable --now --quiet "$timer" 9>&- || return 75
    fi
  done <"$RUN/schedules"
  rm -f "$RUN/units"
  problem=''
}

# Puts standard input into place as the unit $1, where it differs.
place_unit() {
  mkdir -p "$UNITS" && (umask 022 && cat >"$UNITS/$1.new") || return
  if cmp -s "$UNITS/$1.new" "$UNITS/$1"; then
    rm "$UNITS/$1.new"
  else
    echo "$1" >>"$RUN/units" && mv "$UNITS/$1.new" "$UNITS/$1"
  fi
}

schedule_service() {
  cat <<END
[Unit]
Description=Slipway: run the schedule $1
Wants=network-online.target docker.service
After=network-online.target docker.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/slipway run-schedule $1
TimeoutStartSec=$2
KillMode=mixed
END
}

schedule_timer() {
  cat <<END
[Unit]
Description=Slipway: when the schedule $1 runs
[Timer]
OnCalendar=$2
AccuracySec=1s
[Install]
WantedBy=timers.target
END
}

# What the service of a schedule does. Apart from whatever a release does meanwhile, hence a folder of its own.
run_schedule() {
  case $1 in *[!a-z0-9-]* | '') usage ;; esac
  scheduled=$1 instance=slipway.schedule.$1 slot='' spec='' mode=schedule
  mkdir -p "$RUN/scheduled/$scheduled"
  exec 8>"$RUN/scheduled/$scheduled/lock"
  flock -n 8 || {
    say "$scheduled: runs already"
    exit 75
  }
  release=$(serving release) version=$(serving version)
  live=$STATE/releases/$release.json
  RUN=$RUN/scheduled/$scheduled manifest=$RUN/manifest.json
  { [ -n "$release" ] && cp "$live" "$manifest" && image=$(of_service "$scheduled" .image) && [ -n "$image" ]; } || {
    say "$scheduled: the release that is live has no such schedule"
    exit 1
  }
  began=$(now) started_at=$(date +%s)
  trap 'problem="was told to stop"; end_schedule 75' TERM INT HUP
  write_docker_config
  remove_container "$instance" -t 10 || end_schedule 75
  verify_images "$scheduled" || end_schedule "$?"
  has_image "$image" || pull_image "$image" || end_schedule 75
  start_container "$scheduled" || end_schedule "$(final_or_later)"
  if r_run_to_end "$instance" "$(of_service "$scheduled" .timeoutSeconds)"; then end_schedule 0; else end_schedule 1; fi
}

# Ends the run with status $1 and remembers it.
end_schedule() {
  trap - TERM INT HUP
  outcome=$1 reason=$(one_line "$problem")
  [ "$outcome" != 0 ] || reason=''
  remove_container "$instance" || say "$problem"
  jq -n --arg at "$began" --argjson seconds $(($(date +%s) - started_at)) --arg release "$release" --arg problem "$reason" \
    '{ at: $at, seconds: $seconds, release: $release, problem: $problem }' | keep "$STATE/schedules/$scheduled.json"
  if [ "$outcome" = 0 ]; then say "$scheduled: done"; else say "$scheduled: failed: $reason"; fi
  exit "$outcome"
}

report_schedules() {
  [ -z "$(serving release)" ] || of_manifest '.schedules // [] | .[].name' | while read -r scheduled; do
    next=$(systemctl show --property NextElapseUSecRealtime --value "slipway-schedule-$scheduled.timer" 2>/dev/null)
    last=$(jq -c '{ at, seconds, problem }' "$STATE/schedules/$scheduled.json" 2>/dev/null) || last=null
    jq -nc --arg name "$scheduled" --arg next "$next" --argjson last "$last" '{ name: $name, next: (if $next == "" then null else $next end), last: $last }'
  done | jq -s '{ schedules: . }'
}
