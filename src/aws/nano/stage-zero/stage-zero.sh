#!/bin/sh
# Stage 0 of a Slipway host: sees that the host's agent is there, and hands over to it. It comes with the user data, so
# that another stage 0 is another instance; the agent comes from the document that the release names.
#
#   slipway-agent boot PACKAGE...                  cloud-init, at the end of the first boot
#   slipway-agent converge                         systemd, after a boot and by the timer
#   slipway-agent told SHA VERB VERSION RELEASE    Run Command, with the agent on standard input
#   slipway-agent fetch VERSION WORD...            an agent that holds the lock and met a release of another's
set -u
umask 077

ROOT=${SLIPWAY_ROOT:-} # tests put another folder in front of every path
LIB=$ROOT/usr/local/lib/slipway
STATE=$ROOT/var/lib/slipway
RUN=$ROOT/run/slipway
WORK=$RUN/stage-zero
METADATA=${SLIPWAY_METADATA:-http://169.254.169.254}
NEWLINE='
'
version=0 release=none problem='' kind=''

# systemd keeps what its units print
say() {
  printf 'slipway: %s\n' "$*"
  [ "$(stat -Lc %d:%i "/proc/$$/fd/1")" = "${JOURNAL_STREAM:-}" ] || logger -t slipway -- "$*"
}

again() {
  say "again version=$version release=$release: $*"
  exit 75
}

# Ends the release for good, as the agent does: it is not tried again until somebody tells.
verdict() {
  mkdir -p "$STATE/failed"
  jq -n --argjson version "$version" --arg release "$release" --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --arg reason "$problem" '{ version: $version, release: $release, at: $at, reason: $reason }' >"$WORK/verdict"
  mv "$WORK/verdict" "$STATE/failed/$release.json"
  say "failed version=$version release=$release: $problem"
}

hand_over() { exec "$LIB/current/sbin/slipway" "$@" </dev/null; }

has_agent() { [ -x "$LIB/current/sbin/slipway" ]; }

# The lock of every run.
take_lock() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock -w "$1" 9
}

begin_work() {
  rm -rf "$WORK"
  mkdir -p "$WORK" "$LIB/agents"
  chmod 755 "$LIB" "$LIB/agents"
  rm -rf "$LIB"/agents/*.new
}

# Half of an agent never has an agent's name.
drop_agent() { { [ "$1" = "${1%.new}.new" ] || mv -T "$1" "$1.new"; } && rm -rf "${1%.new}.new"; }

# An older curl signs no header but the host's and the date's, and AWS refuses whatever it asks: 1, and $problem says so.
need_curl() {
  curl_is=$(curl --version 2>/dev/null | sed -n '1s/^curl \([0-9.]*\).*/\1/p')
  printf '7.88\n%s\n' "${curl_is:-0}" | sort -VC && return
  problem="curl ${curl_is:-is missing} here signs requests in a way that AWS refuses: boot from an image with curl 7.88 or newer, as Ubuntu 24.04 has it and 22.04 has not"
  return 1
}

need_first_boot() {
  [ -e "$STATE/bootstrapped" ] ||
    again "the first boot did not finish: cloud-init status --long; /var/log/cloud-init-output.log"
}

# One piece of the instance's metadata. No credential stands in a process's arguments: curl reads them from a pipe.
metadata() {
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token" |
    curl -qsf --noproxy '*' -m 5 -K - "$METADATA/latest/meta-data/$1"
}

# ask ACTION BODY: Systems Manager's answer in $answer; otherwise $problem says why, and $kind is AWS's name for it.
ask() {
  kind='' problem="the instance metadata at $METADATA does not answer"
  token=$(curl -qsf --noproxy '*' -m 5 --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' \
    "$METADATA/latest/api/token") || return 1
  region=$(metadata placement/region) || return 1
  domain=$(metadata services/domain) || domain=amazonaws.com
  problem="this instance has no role: attach its instance profile"
  role=$(metadata iam/security-credentials/) || return 1
  keys=$(metadata "iam/security-credentials/$role") || return 1
  endpoint=${SLIPWAY_SSM:-https://ssm.$region.$domain}
  answer=$(printf %s "$keys" | jq -r --arg action "$1" --arg body "$2" '
      "user = \(.AccessKeyId + ":" + .SecretAccessKey | @json)",
      "header = \("X-Amz-Security-Token: " + .Token | @json)",
      "header = \("X-Amz-Target: AmazonSSM." + $action | @json)",
      "header = \"Content-Type: application/x-amz-json-1.1\"",
      "data-binary = \($body | @json)"' |
    curl -qsS -m 20 --aws-sigv4 "aws:amz:$region:ssm" -K - -w '\n%{http_code}' "$endpoint/" 2>&1) || {
    problem="$endpoint does not answer"
    return 1
  }
  status=${answer##*"$NEWLINE"} answer=${answer%"$NEWLINE"*}
  [ "$status" != 200 ] || return 0
  kind=$(printf %s "$answer" | jq -r '.__type // "" | split("#") | last // ""' 2>/dev/null)
  problem="AWS refuses $1: ${kind:-HTTP $status} $(printf %s "$answer" | jq -r '.message // .Message // ""' 2>/dev/null)"
  return 1
}

# Reads the release that a selector names (":live", ":7", "" for the newest), and which agent it is for.
read_release() {
  ask GetParameter "$(jq -nc --arg name "$PARAMETER$1" '{ Name: $name, WithDecryption: true }')" || return 1
  selected=${1:-:newest}
  manifest=$WORK/${selected#:}.json
  version=$(printf %s "$answer" | jq -r .Parameter.Version)
  printf %s "$answer" | jq -r .Parameter.Value | base64 -d | gzip -dc >"$manifest"
  release=$(sha256sum <"$manifest" | cut -c 1-64)
  document=$(jq -r '.agent.document // ""' "$manifest")
  sha=$(jq -r '.agent.sha256 // "" | select(test("^[0-9a-f]{64}$"))' "$manifest")
}

# Leaves the payload of $document in a file: 3 when there is none any more, 75 not now.
get_payload() {
  ask GetDocument "$(jq -nc --arg name "$document" '{ Name: $name }')" || {
    [ "$kind" = InvalidDocument ] || return 75
    problem="the document $document, which has its agent, is gone"
    return 3
  }
  printf %s "$answer" | jq -r '.Content | fromjson | .mainSteps[0].inputs.runCommand[]' |
    sed "0,/<<'end'/d" | sed '/^end$/,$d' >"$WORK/payload"
}

# Makes $sha the host's agent, out of the payload unless it is there: 1 when $problem is a verdict, 75 not now.
install_agent() {
  new=$LIB/agents/$sha
  unproven=$new
  if [ ! -e "$new" ]; then
    unproven=$new.new
    base64 -d <"$WORK/payload" 2>/dev/null | gzip -dc >"$WORK/tar" 2>/dev/null
    [ "$(sha256sum <"$WORK/tar")" = "$sha  -" ] || {
      problem="its agent is damaged: it has not the SHA-256 $sha"
      return 1
    }
    { mkdir "$unproven" && tar -xf "$WORK/tar" -C "$unproven" --no-same-owner && chmod -R go=rX "$unproven" && sync -f "$unproven"; } || {
      problem="its agent cannot be unpacked below $LIB: is the disk full?"
      return 75
    }
  fi
  timeout 120 "$unproven/sbin/slipway" self-test "$WORK"/*.json >"$WORK/said" 2>&1 </dev/null || {
    problem="its agent fails its self-test: $(tail -n 1 "$WORK/said" | cut -c 1-500)"
    drop_agent "$unproven"
    return 1
  }
  [ "$unproven" = "$new" ] || mv -T "$unproven" "$new"
  touch "$new"
  { ln -sfn "agents/$sha" "$LIB/current.new" && mv -fT "$LIB/current.new" "$LIB/current" && sync -f "$LIB"; } || {
    problem="$LIB cannot be written: is the disk full?"
    return 75
  }
  say "the agent is $(printf %.12s "$sha")"
  # shellcheck disable=SC2012 # the names are hexadecimal
  ls -td "$LIB"/agents/* | tail -n +4 | while read -r old; do drop_agent "$old"; done
}

# Sees that the agent of $sha and $document is the host's.
bring_agent() {
  problem="version $version of $PARAMETER names no agent"
  [ -n "$sha" ] || return 3
  [ "$(readlink "$LIB/current")" != "agents/$sha" ] || return 0
  [ -e "$LIB/agents/$sha" ] || get_payload || return
  install_agent
}

# After a boot: the agent of what is labelled live. Where it is gone, the newest version's runs what is live.
bring_agent_of_live() {
  begin_work
  outcome=75
  for selector in :live ''; do
    read_release "$selector" || {
      case $kind in ParameterNotFound | ParameterVersionNotFound) continue ;; *) return 75 ;; esac
    }
    bring_agent && return
    outcome=$?
    case $outcome in 1) verdict ;; 3) say "$problem" ;; *) return "$outcome" ;; esac
  done
  return "$outcome"
}

boot() {
  missing_of() { for each in "$@"; do dpkg-query -W -f '${db:Status-Status}\n' "$each" 2>/dev/null | grep -qx installed || echo "$each"; done; }
  # cloud-init goes on when apt failed: a mirror that was away for a minute must not cost a host
  for pause in 5 20 60 120 end; do
    missing=$(missing_of "$@")
    case $missing/$pause in /* | */end) break ;; esac
    echo "slipway: still to install: $missing"
    apt-get update -q
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -qy -o Dpkg::Options::=--force-confold $missing || sleep "$pause"
  done
  [ -z "$missing" ] || {
    echo "slipway: the first boot failed: apt cannot install $missing"
    exit 1
  }
  need_curl || {
    echo "slipway: the first boot failed: $problem"
    exit 1
  }
  mkdir -p "$STATE" && : >"$STATE/bootstrapped"
  ln -sfn ../lib/slipway/current/sbin/slipway "$ROOT/usr/local/sbin/slipway"
  systemctl daemon-reload
  for timer in apt-daily.timer apt-daily-upgrade.timer; do ! systemctl -q is-enabled "$timer" || systemctl start "$timer"; done
  systemctl enable slipway-converge.service
  systemctl enable --now slipway-converge.timer
  systemctl start --no-block slipway-converge.service
  echo "slipway: the host is set up, and waits for its agent"
}

converge() {
  need_first_boot
  tries=${SLIPWAY_TRIES:-60}
  until [ -e "$RUN/has-agent" ] && has_agent; do
    take_lock 0 || {
      say "another run is at work"
      exit 0
    }
    if bring_agent_of_live; then
      : >"$RUN/has-agent"
      break
    fi
    # the agent that is there goes on, and the next run looks again
    if has_agent; then break; fi
    [ "$outcome" != 1 ] || exit 1
    tries=$((tries - 1))
    case $tries:$kind in
      0:ParameterNotFound)
        say "no release yet: $PARAMETER does not exist"
        exit 0
        ;;
      0:*) again "$problem" ;;
    esac
    exec 9>&-
    sleep 5
  done
  hand_over converge
}

told() {
  if [ "$2" = converge ] && [ "$(readlink "$LIB/current")" != "agents/$1" ]; then
    version=$3 release=$4
    [ -e "$STATE/bootstrapped" ] || cloud-init status --wait >/dev/null 2>&1
    need_curl || {
      say "failed version=$version release=$release: $problem"
      exit 1
    }
    need_first_boot
    take_lock 900 || again "another run is at work since 900 s"
    begin_work
    cat >"$WORK/payload"
    read_release ":$3" || again "$problem"
    version=$3 release=$4 sha=$1
    install_agent
    case $? in
      0) ;;
      1)
        verdict
        exit 1
        ;;
      *) again "$problem" ;;
    esac
  fi
  has_agent || again "this host has no agent yet"
  shift
  hand_over "$@"
}

fetch() {
  begin_work
  read_release ":$1" || again "$problem"
  bring_agent
  case $? in 0) ;; 1 | 3) verdict ;; *) again "$problem" ;; esac
  has_agent || exit 1
  shift
  hand_over "$@"
}

# shellcheck source=/dev/null
. "$ROOT/etc/slipway/host.conf" # HOST, PARAMETER, MARKER_PORT
verb=${1:-}
[ $# = 0 ] || shift
case $verb in
  boot) boot "$@" ;;
  converge) converge ;;
  told) told "$@" ;;
  fetch) fetch "$@" ;;
  *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
