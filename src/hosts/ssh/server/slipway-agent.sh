#!/bin/sh
# Slipway on a server that is told by ssh: installs what the agent needs, keeps the ledger of releases, brings the agent
# that a release is made for, and hands over to it. The deployer's own ssh starts it by sudo, and brings it where another
# one is there; systemd starts it after a boot and by the timer.
#
#   slipway-agent look HOST PLATFORM PORTS       whether this server can be that host; changes nothing
#   slipway-agent has SHA                        whether this agent is here
#   slipway-agent bring SHA                      keeps an agent: standard input, a tar archive in base64
#   slipway-agent prepare HOST SHA PORTS         installs what is missing, and says whether visitors can come in
#   slipway-agent tell SHA RELEASE [retry]       moves to the release on standard input, with its secrets
#   slipway-agent serves RELEASE                 whether that is live
#   slipway-agent ask VERB [WORD...]             what people ask the agent: status, releases, logs, rollback, maintenance
#   slipway-agent converge                       brings up what should serve
#   slipway-agent fetch VERSION WORD...          an agent that met a release of another's
#   slipway-agent remove HOST                    takes everything away but data and packages
# shellcheck disable=SC2015 # "or" is about either of both
set -u
umask 077

ROOT=${SLIPWAY_ROOT:-} # tests put another folder in front of every path
LIB=$ROOT/usr/local/lib/slipway
ETC=$ROOT/etc/slipway
STATE=$ROOT/var/lib/slipway
RUN=$ROOT/run/slipway
UNITS=$ROOT/etc/systemd/system
DATA=$ROOT/var/lib/slipway-data
LEDGER=$STATE/ledger
SECRETS=$ETC/secrets
PACKAGES='apparmor ca-certificates curl docker.io jq nginx openssl'
MOST_VERSIONS=100
version=0 release=none problem=''

say() {
  printf 'slipway: %s\n' "$*"
  [ "$(stat -Lc %d:%i "/proc/$$/fd/1")" = "${JOURNAL_STREAM:-}" ] || logger -t slipway -- "$*" 2>/dev/null || :
}
refuse() {
  say "refused: $*"
  exit 1
}
again() {
  say "again version=$version release=$release: $*"
  exit 75
}
usage() {
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

keep() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.new" && mv "$1.new" "$1"
}
sha_of() { sha256sum <"$1" | cut -c 1-64; }
named() { printf %s "$1" | sha256sum | cut -c 1-64; }
is_sha() { [ ${#1} = 64 ] && case $1 in *[!0-9a-f]*) return 1 ;; esac; }
has_agent() { [ -x "$LIB/current/sbin/slipway" ]; }
owner() { sed -n 's/^HOST=//p' "$ETC/host.conf" 2>/dev/null; }
versions() { find "$LEDGER" -name '[0-9]*.json' -printf '%f\n' 2>/dev/null | sed 's/\.json$//' | sort -n; }

# The lock of every run.
take_lock() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock -w 900 9 || again "another run is at work since 900 s"
}

need_prepared() { [ -e "$STATE/bootstrapped" ] || again "this server is not prepared: apply the stack"; }

bring() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  base64 -d >"$work/tar"
  [ "$(sha_of "$work/tar")" = "$1" ] || refuse "the agent arrived damaged: it has not the SHA-256 $1"
  mkdir -p "$STATE/agents"
  { gzip -c "$work/tar" >"$STATE/agents/$1.new" && mv "$STATE/agents/$1.new" "$STATE/agents/$1"; } ||
    again "the agent cannot be kept below $STATE: is the disk full?"
}

look() {
  host=$1 platform=$2 ports=$3
  [ "$(owner)" = '' ] || [ "$(owner)" = "$host" ] ||
    refuse "this server is the host $(owner), and a server is one host: destroy that first, or sudo slipway-agent remove $(owner), or declare another server"
  know_system
  know_processor
  [ -e "$STATE/bootstrapped" ] || look_for_others
}

# Of a server that is no host this leaves nothing, the program itself neither.
unfit() {
  [ -e "$ETC/host.conf" ] || rm -f "$ROOT/usr/local/sbin/slipway-agent"
  refuse "$@"
}

prepare() {
  host=$1 sha=$2 ports=$3
  put_units
  install_packages
  [ -e "$STATE/bootstrapped" ] || settle "$host"
  look_at_firewall
}

know_system() {
  [ -r "$ROOT/etc/os-release" ] || unfit "this server has no /etc/os-release: Slipway installs on Debian and Ubuntu"
  # shellcheck source=/dev/null
  system=$(. "$ROOT/etc/os-release" && printf '%s %s' "${ID:-unknown}" "${PRETTY_NAME:-}")
  case $system in 'debian '* | 'ubuntu '*) ;; *)
    unfit "this server runs ${system#* } (${system%% *}): Slipway installs on Debian and Ubuntu"
    ;;
  esac
}

know_processor() {
  machine=$(uname -m)
  case $machine in
    x86_64) is=linux/amd64 ;;
    aarch64) is=linux/arm64 ;;
    armv7l) is=linux/arm/v7 ;;
    *) is=linux/$machine ;;
  esac
  [ "$is" = "$platform" ] || unfit "this server runs $is ($machine), and $platform is declared: declare platform: Platform.parse(\"$is\")"
}

# What else lives here would lose its web server, or its containers with the restart of the engine.
look_for_others() {
  for file in "$ROOT"/etc/nginx/sites-enabled/* "$ROOT"/etc/nginx/conf.d/*.conf; do
    case $file in */sites-enabled/default) ;; *)
      [ ! -e "$file" ] || unfit "Nginx serves something else here (${file#"$ROOT"}), and a host's Nginx is Slipway's: take it away, or take another server"
      ;;
    esac
  done
  [ ! -e "$ROOT/etc/docker/daemon.json" ] ||
    unfit "the Docker Engine has a configuration of its own here (/etc/docker/daemon.json), in whose place Slipway puts its own: take it away, or take another server"
  running=$(docker ps --format '{{.Names}}' 2>/dev/null | head -n 5 | tr '\n' ' ')
  [ -z "$running" ] || unfit "containers run here (${running% }), which the restart of the engine would stop: stop them first, or take another server"
  # shellcheck disable=SC2086 # a word a port
  for port in $ports; do
    taken=$(ss -Hltnp "( sport = :$port )" 2>/dev/null | grep -v '"nginx"' | sed -n 's/.*users:((\("[^"]*"\).*/\1/p' | head -n 1)
    [ -z "$taken" ] || unfit "port $port is taken by $taken: stop it, or take another server"
  done
}

# Before the packages, which start Docker and Nginx unless they are told to wait.
put_units() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  gzip -dc "$STATE/agents/$sha" 2>/dev/null | tar -xf - -C "$work" --no-same-owner host/etc/systemd 2>/dev/null ||
    again "the agent $(printf %.12s "$sha") is not here"
  changed=''
  for file in $(cd "$work/host/etc/systemd/system" && find . -type f); do
    file=${file#./}
    cmp -s "$work/host/etc/systemd/system/$file" "$UNITS/$file" && continue
    install -D -m 644 "$work/host/etc/systemd/system/$file" "$UNITS/$file" || again "$UNITS cannot be written: is the disk full?"
    changed=1
  done
  [ -z "$changed" ] || systemctl daemon-reload
}

missing() {
  for each in $PACKAGES; do
    # who has Docker's own packages keeps them
    [ "$each" != docker.io ] || ! command -v dockerd >/dev/null || continue
    dpkg-query -W -f '${db:Status-Status}\n' "$each" 2>/dev/null | grep -qx installed || echo "$each"
  done | tr '\n' ' '
}

install_packages() {
  wanted=$(missing)
  [ -n "$wanted" ] || return 0
  say "installing $wanted"
  for pause in 5 20 60 end; do
    apt-get update -q >"$work/apt" 2>&1
    # shellcheck disable=SC2046 # a word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 \
      -o Dpkg::Options::=--force-confold $(missing) >>"$work/apt" 2>&1
    [ -n "$(missing)" ] || break
    [ "$pause" != end ] || again "apt cannot install $(missing): $(tail -n 1 "$work/apt")"
    sleep "$pause"
  done
  { cat "$STATE/installed" 2>/dev/null; echo "$wanted"; } | keep "$STATE/installed"
}

# The first time: what there is of the files that the agent puts is kept, for the day on which the host is taken away.
settle() {
  [ ! -e "$ROOT/etc/nginx/nginx.conf" ] || {
    mkdir -p "$STATE/before/etc/nginx" && cp -p "$ROOT/etc/nginx/nginx.conf" "$STATE/before/etc/nginx/nginx.conf"
  }
  printf 'HOST=%s\nPARAMETER=/slipway/%s/release\nMARKER_PORT=8100\n' "$1" "$1" | keep "$ETC/host.conf"
  ln -sfn ../lib/slipway/current/sbin/slipway "$ROOT/usr/local/sbin/slipway"
  : >"$STATE/bootstrapped"
  say "the server is prepared"
}

# Looked at and said: who else comes in here is the administrator's to say.
look_at_firewall() {
  if command -v ufw >/dev/null && rules=$(ufw status 2>/dev/null) && [ "${rules#*Status: active}" != "$rules" ]; then
    for port in $ports; do
      printf '%s\n' "$rules" | grep -qE "^($port(/tcp)?|Nginx (Full|HTTPS?)) +ALLOW" ||
        say "the firewall (ufw) lets nobody in to port $port, and stays as it is: sudo ufw allow $port/tcp"
    done
  elif nft list ruleset 2>/dev/null | grep -q 'hook input .*policy drop'; then
    say "the firewall (nftables) drops what no rule of it lets in, and stays as it is: see that it lets visitors in to: $ports"
  fi
}

tell() {
  sha=$1 release=$2 retry=${3:-}
  need_prepared
  mkdir -p "$RUN"
  work=$(mktemp -d "$RUN/told.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cat >"$work/payload"
  sed -n 's/^manifest //p' "$work/payload" | base64 -d 2>/dev/null | gzip -dc >"$work/manifest.json" 2>/dev/null
  [ "$(sha_of "$work/manifest.json")" = "$release" ] || again "the release arrived damaged"
  take_lock
  take_secrets || again "a secret cannot be kept: is the disk full?"
  enter_ledger
  [ "$(readlink "$LIB/current" 2>/dev/null)" = "agents/$sha" ] || install_agent "$work/manifest.json"
  forget_old
  look_at_resolver
  exec 9>&-
  follow "$LIB/current/sbin/slipway" converge "$version" "$release" ${retry:+"$retry"}
  code=$?
  rm -rf "$RUN/once"
  start_units
  exit "$code"
}

# Nginx looks up the names of addresses that sites lead to at an address that not every server has.
look_at_resolver() {
  asked=$(jq -r .sites "$work/manifest.json" | sed -n 's/^resolver \([0-9.]*\) .*/\1/p')
  jq -r .sites "$work/manifest.json" | grep -q '[$]backend_' || return 0
  ss -Hlnu "( sport = :53 )" 2>/dev/null | grep -qF "$asked" || case $asked in
    127.*) say "nothing answers for names at $asked here, where Nginx asks for those that sites lead to: declare resolver: \"$(sed -n 's/^nameserver //p' "$ROOT/etc/resolv.conf" 2>/dev/null | head -n 1)\"" ;;
  esac
}

# The same content as the newest is the newest.
enter_ledger() {
  version=$(versions | tail -n 1)
  [ -z "$version" ] || [ "$(sha_of "$LEDGER/$version.json")" != "$release" ] || return 0
  version=$((${version:-0} + 1))
  keep "$LEDGER/$version.json" <"$work/manifest.json" || again "$LEDGER cannot be written: is the disk full?"
}

# "keep" lines are for containers, which may start again at any time; "once" lines are logins, for this run's pulls, and
# stay in memory.
take_secrets() {
  rm -rf "$RUN/once"
  mkdir -p "$SECRETS" "$RUN/once"
  while read -r place name coded; do
    case $place in
      once) printf %s "$coded" | base64 -d >"$RUN/once/$(named "$name")" || return ;;
      keep) printf %s "$coded" | base64 -d | keep_secret "$SECRETS/$(named "$name")" || return ;;
    esac
  done <"$work/payload"
}

# Encrypted by systemd with the machine's own key, where it can.
keep_secret() {
  cat >"$work/secret"
  if command -v systemd-creds >/dev/null && systemd-creds encrypt --name=slipway "$work/secret" "$work/cred" >/dev/null 2>&1; then
    mv "$work/cred" "$1.cred" && rm -f "$1"
  else
    mv "$work/secret" "$1" && rm -f "$1.cred"
  fi
}

# Makes $sha the server's agent, once it accepts the manifests $@. A verdict is remembered as the agent does.
install_agent() {
  new=$LIB/agents/$sha unproven=$LIB/agents/$sha
  mkdir -p "$LIB/agents" && chmod 755 "$LIB" "$LIB/agents"
  [ -e "$new" ] || {
    unproven=$new.new
    rm -rf "$unproven"
    { mkdir "$unproven" && gzip -dc "$STATE/agents/$sha" | tar -xf - -C "$unproven" --no-same-owner && chmod -R go=rX "$unproven"; } ||
      again "the agent $(printf %.12s "$sha") cannot be unpacked below $LIB"
  }
  timeout 120 "$unproven/sbin/slipway" self-test "$@" >"$work/tested" 2>&1 </dev/null || {
    problem="its agent fails its self-test: $(tail -n 1 "$work/tested" | cut -c 1-500)"
    rm -rf "$unproven"
    jq -n --argjson version "$version" --arg release "$release" --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg reason "$problem" \
      '{ version: $version, release: $release, at: $at, reason: $reason }' | keep "$STATE/failed/$release.json"
    say "failed version=$version release=$release: $problem"
    exit 1
  }
  [ "$unproven" = "$new" ] || mv -T "$unproven" "$new"
  touch "$new"
  { ln -sfn "agents/$sha" "$LIB/current.new" && mv -fT "$LIB/current.new" "$LIB/current"; } || again "$LIB cannot be written"
  say "the agent is $(printf %.12s "$sha")"
  # shellcheck disable=SC2012 # the names are hexadecimal
  ls -td "$LIB"/agents/* | tail -n +4 | while read -r old; do rm -rf "$old"; done
}

# Versions beyond the last hundred, but for what is live or held, and what nothing on the ledger names any more.
forget_old() {
  versions | head -n "-$MOST_VERSIONS" | while read -r old; do
    grep -qx "$old" "$STATE"/labels/* 2>/dev/null || rm -f "$LEDGER/$old.json"
  done
  jq -r '.agent.sha256' "$LEDGER"/*.json | sort -u >"$work/agents"
  for file in "$STATE"/agents/*; do grep -qx "${file##*/}" "$work/agents" || rm -f "$file"; done
  jq -r '.. | objects | select(.from == "parameter") | .id' "$LEDGER"/*.json | sort -u |
    while read -r id; do named "$id"; done >"$work/secrets"
  for file in "$SECRETS"/*; do
    [ ! -e "$file" ] || grep -qx "$(basename "$file" .cred)" "$work/secrets" || rm -f "$file"
  done
}

# Runs it so that it goes on when the connection breaks, and says what it says as it comes.
follow() {
  : >"$work/said"
  setsid "$@" >>"$work/said" 2>&1 </dev/null &
  tail -n +1 -f -s 0.2 --pid=$! "$work/said"
  wait $!
}

start_units() {
  has_agent || return 0
  systemctl enable slipway-converge.service 2>/dev/null
  systemctl is-enabled --quiet slipway-converge.timer 2>/dev/null || systemctl enable --now slipway-converge.timer 2>/dev/null
}

serves() {
  live=$(cat "$STATE/labels/live" 2>/dev/null)
  [ -n "$live" ] && [ -e "$LEDGER/$live.json" ] || {
    say "nothing is live here"
    exit 1
  }
  is=$(sha_of "$LEDGER/$live.json")
  [ "$is" = "$1" ] && return
  say "version $live is live, which is release $(printf %.12s "$is"), not $(printf %.12s "$1")"
  exit 1
}

fetch() {
  version=$1
  shift
  work=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  [ -e "$LEDGER/$version.json" ] || again "version $version is not on the ledger any more"
  release=$(sha_of "$LEDGER/$version.json")
  sha=$(jq -r '.agent.sha256' "$LEDGER/$version.json")
  install_agent "$LEDGER/$version.json"
  rm -rf "$work"
  exec "$LIB/current/sbin/slipway" "$@" </dev/null
}

remove() {
  [ -n "$(owner)" ] || {
    say "there is no host here"
    rm -rf "${STATE:?}" "$ROOT/usr/local/sbin/slipway-agent"
    exit 0
  }
  [ "$(owner)" = "$1" ] || refuse "this server is the host $(owner), not $1"
  take_lock
  schedules=$(cd "$UNITS" 2>/dev/null && ls -d slipway-schedule-*.timer slipway-schedule-*.service 2>/dev/null)
  # shellcheck disable=SC2086 # a word a unit
  systemctl disable --now slipway-converge.timer slipway-converge.service $schedules 2>/dev/null
  for each in $(docker ps --all --filter "label=slipway.host=$1" --format '{{.Names}}' 2>/dev/null); do
    say "stopping $each"
    docker stop "$each" >/dev/null 2>&1
    docker rm --force --volumes "$each" >/dev/null 2>&1 || again "its container $each cannot be removed"
  done
  # what they hold stays in $DATA
  for each in $(docker volume ls --quiet --filter name=^slipway- 2>/dev/null); do docker volume rm "$each" >/dev/null 2>&1; done
  [ ! -e "$STATE/images" ] || while read -r image; do docker image rm "$image" >/dev/null 2>&1; done <"$STATE/images"
  put_back
  installed=$([ ! -e "$STATE/installed" ] || tr '\n' ' ' <"$STATE/installed")
  for each in $schedules; do rm -f "$UNITS/$each"; done
  rm -rf "${STATE:?}" "${LIB:?}" "${ETC:?}" "$ROOT/run/slipway-htpasswd" "$ROOT/usr/local/sbin/slipway" "$ROOT/usr/local/sbin/slipway-agent"
  systemctl daemon-reload
  stop_services
  rm -rf "${RUN:?}"
  [ -z "$installed" ] || say "the packages that it installed stay: ${installed% }"
  [ ! -d "$DATA" ] || say "what its services kept stays at $DATA"
  say "the host $1 is gone from this server"
}

# The files that the agent had put.
put_back() {
  for file in $(cd "$LIB/current/host" 2>/dev/null && find . -type f); do
    file=${file#./}
    rm -f "$ROOT/$file"
    [ ! -e "$STATE/before/$file" ] || cp -p "$STATE/before/$file" "$ROOT/$file"
    rmdir "$(dirname "$ROOT/$file")" 2>/dev/null
  done
  rm -f "$ROOT/etc/nginx/slipway"
}

# What the host brought stops with it; what was there before runs on, with the configuration of before.
stop_services() {
  for each in nginx docker; do
    case " $installed " in
      *" $each "* | *" $each.io "*) systemctl disable --now "$each" 2>/dev/null ;;
      *) systemctl try-restart "$each" 2>/dev/null ;;
    esac
  done
}

[ "$(id -u)" = 0 ] || {
  echo "slipway: needs root: sudo slipway-agent $*" >&2
  exit 2
}
verb=${1:-}
[ $# = 0 ] || shift
case $verb:$# in
  look:3) look "$@" ;;
  has:1) is_sha "$1" && [ -e "$STATE/agents/$1" ] ;;
  bring:1) is_sha "$1" && bring "$1" ;;
  prepare:3) prepare "$@" ;;
  tell:[23]) is_sha "$1" && is_sha "$2" && tell "$@" ;;
  serves:1) serves "$1" ;;
  ask:[1-9])
    has_agent || again "this server has no agent yet: apply the stack"
    case $1 in status | releases | logs | rollback | maintenance) ;; *) usage ;; esac
    exec "$LIB/current/sbin/slipway" "$@" </dev/null
    ;;
  converge:0)
    need_prepared
    has_agent || again "this server has no agent yet: apply the stack"
    exec "$LIB/current/sbin/slipway" converge </dev/null
    ;;
  fetch:[2-9]) fetch "$@" ;;
  remove:1) remove "$1" ;;
  *) usage ;;
esac
