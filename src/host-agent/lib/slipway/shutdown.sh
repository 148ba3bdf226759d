# Ends the containers when the machine goes down, each by its own signal and within its own grace. An engine with
# live-restore leaves them to systemd, which at the very end sends SIGTERM to whatever runs and waits for a minute and a
# half: a first process that has no handler for it never hears it, and one that is declared to stop by another signal
# is killed. No "docker stop": the engine would start again none at the next boot that was stopped so.
# shellcheck shell=sh

LONGEST_GRACE=300 # AWS takes the power away some minutes after it told a machine to stop
ENGINE_SECONDS=15

# end_containers PID: of the engine. It ends first, for it would start again what ends beside it.
end_containers() {
  [ "$(systemctl is-system-running 2>/dev/null)" = stopping ] || return 0
  mkdir -p "$RUN"
  timeout "$ENGINE_SECONDS" docker ps --quiet --no-trunc >"$RUN/running" || {
    say "the Docker Engine does not say what runs: systemd ends it"
    return 0
  }
  [ -s "$RUN/running" ] || return 0
  # one that is gone by now costs this its status
  xargs timeout "$ENGINE_SECONDS" docker container inspect \
    --format '{{.State.Pid}} {{json .Config.StopTimeout}} {{.Config.StopSignal}}' <"$RUN/running" >"$RUN/ending" 2>/dev/null
  kill "$1" 2>/dev/null
  timeout "$ENGINE_SECONDS" tail --pid="$1" -s 0.1 -f /dev/null || {
    say "the Docker Engine does not end: systemd ends what it runs"
    return 0
  }
  while read -r pid grace signal; do
    end_process "$pid" "$grace" "$signal" &
  done <"$RUN/ending"
  wait
}

# end_process PID SECONDS SIGNAL: both as the engine has them, nothing where the usual one counts, and -1 for no end.
end_process() {
  [ "$1" -gt 0 ] || return 0 # it has ended, and to "kill" 0 is everybody
  case $2 in null) grace=10 ;; -*) grace=$LONGEST_GRACE ;; *) grace=$2 ;; esac
  [ "$grace" -le "$LONGEST_GRACE" ] || grace=$LONGEST_GRACE
  signal=${3#SIG}
  kill -s "${signal:-TERM}" "$1" 2>/dev/null || kill "$1" 2>/dev/null || return 0
  timeout "$((grace + 1))" tail --pid="$1" -s 0.1 -f /dev/null || kill -KILL "$1" 2>/dev/null
}
