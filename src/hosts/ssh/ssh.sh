# How a server is asked by the deployer's own ssh: its configuration counts, its agent and its keys too, but the server has
# to show the host key that is declared. One connection, which every question of a script shares, and which ends with it,
# however it ends. Read by the scripts that ask; they have say TEXT and fail TEXT.
#
#   SLIPWAY_HOST         the host's name, for messages
#   SLIPWAY_ADDRESS, SLIPWAY_PORT, SLIPWAY_USER   where the server is, and as whom it is asked
#   SLIPWAY_HOST_KEY     its key, TYPE BASE64
#   SLIPWAY_FINGERPRINT  of that key, SHA256:…
# shellcheck shell=sh disable=SC2034 # the callers read $problem

SERVER=slipway-server
log_level=ERROR # what ssh says of itself must not stand between what the server says
PROGRAM=/usr/local/sbin/slipway-agent
SUDO='sudo -n '
[ "$SLIPWAY_USER" != root ] || SUDO=''

# No name of the server is looked up among the keys that the deployer knows, so that none of them lets in another one.
by_ssh() {
  ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o "HostKeyAlias=$SERVER" -o "UserKnownHostsFile=$connection/known" \
    -o GlobalKnownHostsFile=/dev/null -o IgnoreUnknown=KnownHostsCommand -o KnownHostsCommand=none -o VerifyHostKeyDNS=no \
    -o UpdateHostKeys=no -o CheckHostIP=no -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 \
    -o ForwardAgent=no -o ForwardX11=no -o ClearAllForwardings=yes -o PermitLocalCommand=no -o RequestTTY=no \
    -o "LogLevel=$log_level" -o "ControlPath=$connection/c" -l "$SLIPWAY_USER" -p "$SLIPWAY_PORT" "$@"
}

make_connection() {
  # the way to a socket is short: macOS takes 104 bytes
  connection=$(mktemp -d /tmp/slipway-ssh.XXXXXX) || fail "no folder can be made in /tmp"
  trap 'rm -rf "$connection"' EXIT
  trap 'exit 75' HUP INT TERM
  mkfifo "$connection/in" "$connection/out" || fail "no pipe can be made in $connection"
  printf '%s %s\n' "$SERVER" "$SLIPWAY_HOST_KEY" >"$connection/known"
}

# Opens the connection, which lasts as long as descriptor 8. Otherwise $problem says why; 1 is for good.
connect() {
  exec 8>&-
  rm -f "$connection/c"
  log_level=INFO
  by_ssh -o ControlMaster=yes "$SLIPWAY_ADDRESS" 'echo connected; exec cat' <"$connection/in" >"$connection/out" 2>"$connection/said" 8>&- &
  log_level=ERROR
  exec 8>"$connection/in"
  IFS= read -r said <"$connection/out" && [ "$said" = connected ] && return 0
  exec 8>&-
  explain "$(cat "$connection/said")"
}

explain() {
  shown=$(printf '%s\n' "$1" | sed -n 's/^.*\(SHA256:[A-Za-z0-9+/]*\).*$/\1/p' | head -n 1)
  case $1 in
    *'IDENTIFICATION HAS CHANGED'*)
      problem="refused: $SLIPWAY_ADDRESS shows the host key ${shown:-of another fingerprint}, and $SLIPWAY_FINGERPRINT is declared: another server may answer there; where it was set up anew, compare the key on its console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and declare that"
      return 1
      ;;
    *'ost key is known'* | *'Host key verification failed'* | *'no matching host key'*)
      problem="refused: $SLIPWAY_ADDRESS shows no key of the kind ${SLIPWAY_HOST_KEY%% *} that is declared ($SLIPWAY_FINGERPRINT): declare the key that it has: ssh-keyscan -p $SLIPWAY_PORT $SLIPWAY_ADDRESS, and compare it on its console"
      return 1
      ;;
    *'Permission denied'* | *'Too many authentication'*)
      problem="$SLIPWAY_ADDRESS does not let in $SLIPWAY_USER: is the key in its authorized_keys, and in your agent (ssh-add -l)? $(printf '%s\n' "$1" | tail -n 1)"
      return 1
      ;;
    *)
      problem="$SLIPWAY_ADDRESS, port $SLIPWAY_PORT, cannot be reached by ssh: $(printf '%s\n' "${1:-it says nothing}" | tail -n 1)"
      return 75
      ;;
  esac
}

# Runs a command on the server as it is, with standard input; 255 where the connection broke.
on_server() { by_ssh -o ControlMaster=no "$SLIPWAY_ADDRESS" "$1" 8>&-; }

# Asks Slipway's program on the server, as root; each word stands between quotes there.
ask_server() {
  words=''
  for word in "$@"; do words="$words '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"; done
  on_server "$SUDO$PROGRAM$words"
}
