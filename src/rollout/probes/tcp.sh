# Whether a connection can be made, be what listens there silent or not.
#
#   sh tcp.sh ADDRESS TIMEOUT    further words are other probes'
#
# ADDRESS is host:port. Ends with 0 (healthy), 1 (not now) or 2 (nothing here can ask), and says why on standard output.
# Runs wherever what sends the requests runs: on a host, or in an Nginx image, which has curl (Debian) or BusyBox's wget
# (Alpine). Nothing but the connection counts: what a client makes of what it then reads or does not read is no matter.
# shellcheck shell=sh disable=SC2012 # what stands behind a descriptor only ls says

address=$1 timeout=$2
port=${address##*:}
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY

no() {
  echo "$1"
  exit "${2:-1}"
}

# Whether process $1 has a connection that the other side took (01), perhaps ended already (08): no wget says so of a
# silent one, the kernel does.
is_connected() {
  for socket in $(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p'); do
    ! grep -hE "^ *[0-9]+: [^ ]+ [^ ]+ (01|08)( +[^ ]+){3}( +[0-9]+){2} $socket " /proc/net/tcp /proc/net/tcp6 2>/dev/null ||
      return 0
  done
  return 1
}

# What a client says on its way, and what the kernel says of its connection. Not all clients can be told when to end.
asked_by() {
  "$@" 2>&1 </dev/null &
  asking=$! looks=$((timeout * 10))
  while kill -0 "$asking" 2>/dev/null; do
    if is_connected "$asking" >/dev/null; then
      echo "connected."
    elif [ "$looks" -gt 0 ]; then
      looks=$((looks - 1))
      sleep 0.1
      continue
    else
      echo "timed out"
    fi
    kill "$asking" 2>/dev/null
    break
  done
}

export LC_ALL=C
if command -v curl >/dev/null; then
  said=$(asked_by curl -q --silent --show-error --noproxy '*' --max-time "$timeout" --output /dev/null \
    --write-out 'connected in %{time_connect}' "telnet://$address")
elif ! command -v wget >/dev/null; then
  no "neither curl nor wget is here to ask with: use an Nginx image that has one of them" 2
elif wget --version 2>/dev/null | grep -q '^GNU'; then
  said=$(asked_by wget --no-config --tries=1 --max-redirect=0 -O /dev/null "http://$address/")
else
  said=$(asked_by wget -O /dev/null "http://$address/")
fi

case $said in
  *connected.* | *"connected in "*[1-9]*) exit 0 ;;
  *"bad address"* | *"unable to resolve"* | *"Could not resolve"*) no "its name does not resolve" ;;
  *"timed out"*) ;;
  *efused* | *nreachable* | *"can't connect"* | *"ailed to connect"*) no "nothing listens on port $port" ;;
  # BusyBox's wget says that it begins to connect, then of a connection only what was wrong with the answer
  *"Connecting to "*) exit 0 ;;
esac
no "no connection on port $port within $timeout s"
