# Whether a GET of a path is answered with the status that means healthy.
#
#   sh http.sh ADDRESS TIMEOUT TARGET EXPECT HOST    "-" for what is absent
#
# ADDRESS is host:port, TARGET a path with its query, EXPECT one status or 2xx, HOST what the Host header says. No
# redirect is followed and no proxy is asked. Ends with 0 (healthy), 1 (not now) or 2 (nothing here can ask), and says
# why on standard output. Runs wherever what sends the requests runs: on a host, or in an Nginx image, which has curl
# (Debian) or BusyBox's wget (Alpine).
# shellcheck shell=sh

address=$1 timeout=$2 target=$3 expected=$4 host=$5
port=${address##*:}
[ "$target" != - ] || target=/
[ "$expected" != - ] || expected=2xx
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY

no() {
  echo "$1"
  exit "${2:-1}"
}

# What wget says on its way. GNU's counts its time anew with every byte, and BusyBox's 1.35 falls over its -T: somebody
# else has to end them.
by_wget() {
  wget "$@" -S -O /dev/null "http://$address$target" 2>&1 &
  asking=$! looks=$((timeout * 10))
  while kill -0 "$asking" 2>/dev/null && [ "$looks" -gt 0 ]; do
    looks=$((looks - 1))
    sleep 0.1
  done
  ! kill "$asking" 2>/dev/null || echo "timed out"
}

set --
if command -v curl >/dev/null; then
  [ "$host" = - ] || set -- --header "Host: $host"
  status=$(curl -q --silent --globoff --path-as-is --noproxy '*' --max-time "$timeout" "$@" --output /dev/null \
    --write-out '%{http_code}' "http://$address$target")
  case $? in
    6) no "its name does not resolve" ;;
    7) no "nothing listens on port $port" ;;
    28) [ "$status" != 000 ] || no "no answer on port $port within $timeout s" ;;
  esac
elif command -v wget >/dev/null; then
  [ "$host" = - ] || set -- --header "Host: $host"
  # BusyBox's takes fewer words, tries once, and follows redirects whatever it is told: the first answer counts
  if wget --version 2>/dev/null | grep -q '^GNU'; then
    set -- "$@" --no-config --tries=1 --max-redirect=0
    export LC_ALL=C
  fi
  said=$(by_wget "$@")
  status=$(printf '%s\n' "$said" | sed -n 's/.*HTTP\/[0-9.]* \([2-5][0-9][0-9]\).*/\1/p' | head -n 1)
  [ -n "$status" ] || case $said in
    *"bad address"* | *"unable to resolve"*) no "its name does not resolve" ;;
    *"timed out"*) no "no answer on port $port within $timeout s" ;;
    *efused* | *nreachable* | *"can't connect"*) no "nothing listens on port $port" ;;
  esac
else
  no "neither curl nor wget is here to ask with: use an Nginx image that has one of them" 2
fi

case $expected:$status in
  *: | *:000) no "no HTTP answer on port $port" ;;
  2xx:2?? | "$status:$status") exit 0 ;;
esac
no "GET $target was answered $status, not $expected"
