# Whether a task can serve, asked in the task itself with what its image has. probes/http.sh stands behind it.
#
#   sh health.sh tcp PORT | http PORT TIMEOUT TARGET EXPECT HOST | running SECONDS
#
# Ends with 0 (healthy) or 1 (not now), and says why on standard output. A task is asked at its own address, as everybody
# asks it: what listens on its loopback alone reaches nobody. Nothing but a shell is needed for tcp and running, for http
# one of curl, wget and bash.
# shellcheck shell=sh

ended() {
  echo "$1"
  exit 1
}

# Sets $address to the task's own, which the engine writes into its hosts file last.
own_address() {
  read -r name </proc/sys/kernel/hostname
  address=127.0.0.1
  while read -r ip names; do
    case " $names " in *" $name "*) address=$ip ;; esac
  done </etc/hosts
}

case $1 in
  running)
    # the 22nd word of what the kernel says of the first process is when it began, in hundredths since the boot
    read -r line </proc/1/stat
    # shellcheck disable=SC2086 # words; the program's name before them may have spaces and ends with a bracket
    set -- "$2" ${line##*)}
    read -r up _ </proc/uptime
    seconds=$1
    shift 20
    age=$((${up%%.*} - $1 / 100))
    [ "$age" -lt "$seconds" ] || exit 0
    ended "it has run for $age s since it was started last, not $seconds s"
    ;;
  tcp)
    port=$(printf %04X "$2")
    for sockets in /proc/net/tcp /proc/net/tcp6; do
      [ -r "$sockets" ] || continue
      # 0A listens; the addresses are the loopback's
      while read -r _ local _ state _; do
        case $state-$local in
          0A-0100007F:* | 0A-00000000000000000000000001000000:* | 0A-0000000000000000FFFF00000100007F:*) ;;
          0A-*:"$port") exit 0 ;;
        esac
      done <"$sockets"
    done
    ended "nothing listens on port $2, but perhaps on the loopback alone"
    ;;
esac

own_address
shift
port=$1
shift
set -- "$address:$port" "$@"

if ! command -v curl >/dev/null && ! command -v wget >/dev/null; then
  command -v bash >/dev/null ||
    ended "the image has neither curl nor wget nor bash to ask with: use HealthCheck.tcp() or HealthCheck.command"
  # shellcheck disable=SC2016 # for bash
  exec bash -c '
    [ "$3" != - ] || set -- "$1" "$2" / "$4" "$5"
    [ "$5" != - ] || set -- "$1" "$2" "$3" "$4" "$1"
    [ "$4" != - ] || set -- "$1" "$2" "$3" 2xx "$5"
    exec 3<>"/dev/tcp/${1%:*}/${1##*:}" || { echo "nothing listens on port ${1##*:}"; exit 1; }
    printf "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n" "$3" "$5" >&3
    IFS=" " read -r -t "$2" _ status _ <&3 || { echo "no answer on port ${1##*:} within $2 s"; exit 1; }
    # a server that is left before its answer is done may say so in its log
    lines=0
    while [ "$lines" -lt 1000 ] && IFS= read -r -t "$2" _ <&3; do lines=$((lines + 1)); done
    case $4:$status in 2xx:2?? | "$status:$status") exit 0 ;; esac
    echo "GET $3 was answered $status, not $4"
    exit 1
  ' bash "$@" 2>/dev/null
fi
