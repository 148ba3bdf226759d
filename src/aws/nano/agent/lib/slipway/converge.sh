# Which release, and when. Boot, timer and nudge come here and share one lock.
# shellcheck shell=sh

LONGEST_WAIT=900

# What the timer and the boot do. Says nothing when there is nothing to do.
converge_by_itself() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock -n 9 || {
    say "another run is at work"
    exit 0
  }
  prepare
  if [ -e "$RUN/settled" ]; then go_on; else return_to_live; fi
}

# What the nudge does. Waits for its turn, and tries what failed before.
converge_as_told() {
  case $1 in '' | *[!0-9]*) usage ;; esac
  case $2 in *[!0-9a-f]*) usage ;; esac
  [ ${#2} = 64 ] || usage
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  [ -e "$STATE/bootstrapped" ] || cloud-init status --wait >/dev/null 2>&1
  version=$1 release=$2
  flock -w "$LONGEST_WAIT" 9 || again "another run is at work since $LONGEST_WAIT s"
  prepare
  read_ledger ":$1" || again "$problem"
  [ "$release" = "$2" ] || {
    say "version $1 of $PARAMETER is release $release, not $2"
    exit 3
  }
  rm -f "$STATE/attempts/$release"
  take_manifest
  say "releasing version $version ($(short "$release")), what serves is $(serving_words)"
  release_it
  hold_newer
}

# What must be there before anything is decided.
prepare() {
  [ -e "$STATE/bootstrapped" ] || again "the first boot did not finish: cloud-init status --long; /var/log/cloud-init-output.log"
  docker version >/dev/null 2>&1 || again "the Docker Engine does not answer: systemctl status docker"
  reconcile_nginx
  remove_leftovers
}

take_manifest() {
  manifest=$RUN/releasing.json
  mv "$RUN/manifest.json" "$manifest"
}

# The first run after a boot: what is labelled live; the newest only where nothing is.
return_to_live() {
  read_ledger :live || {
    case $problem_kind in ParameterVersionNotFound | ParameterNotFound) ;; *) again "$problem" ;; esac
    newest_or_leave
    may_try || exit 0
  }
  take_manifest
  [ "$(serving release)" = "$release" ] || say "releasing version $version ($(short "$release")), what serves is $(serving_words)"
  release_it
}

# Every later run: something newer, or what should serve and does not.
go_on() {
  newest_or_leave
  if [ "$version/$release" != "$(serving version)/$(serving release)" ] && may_try; then
    take_manifest
    say "releasing version $version ($(short "$release")), what serves is $(serving_words)"
    release_it
  elif [ -n "$(serving release)" ]; then
    version=$(serving version) release=$(serving release) manifest=$STATE/releases/$release.json
    needs_healing || return 0
    release_it
  fi
}

newest_or_leave() {
  read_ledger '' && return 0
  [ "$problem_kind" != ParameterNotFound ] || {
    say "no release yet: $PARAMETER does not exist"
    exit 0
  }
  again "$problem"
}

# Whether the newest may be tried without being told.
may_try() {
  has_failed "$release" && return 1
  [ "$version $release" != "$(cat "$STATE/held" 2>/dev/null)" ] || return 1
  [ "$(cat "$STATE/attempts/$release" 2>/dev/null || echo 0)" -lt "$MOST_ATTEMPTS" ] || {
    remember_failure "it was begun $MOST_ATTEMPTS times and cut off each time"
    say "failed version=$version release=$release: it was begun $MOST_ATTEMPTS times and cut off each time"
    return 1
  }
}

# Whether what serves lacks something that another try may bring. A service that runs without being healthy is
# replaced once; if its successor is no better, it stays until somebody tells.
needs_healing() {
  [ "$(serving labelled)" = true ] || return 0
  for service in $(of_manifest '.services[].name'); do
    slot=$(live_slot "$service")
    may_stay "$service" "$slot" || {
      say "$service: does not run"
      return 0
    }
  done
  for service in $(of_manifest '.services[].name'); do
    slot=$(live_slot "$service")
    keeps_healthy || {
      has_failed "$release" && return 1
      say "$service: is not healthy: $problem"
      return 0
    }
  done
  forget_failure "$release"
  return 1
}

keeps_healthy() {
  tries=$(of_service "$service" .health.retries)
  until probe "$service" "$slot"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep "$(of_service "$service" .health.interval)"
  done
}

# This boot has had its first outcome; from now on newer releases are looked for.
settle() { : >"$RUN/settled"; }

# Somebody chose an older version: the timer must not undo that.
hold_newer() {
  told="$version $release"
  read_ledger '' || return 0
  if [ "$version $release" = "$told" ]; then rm -f "$STATE/held"; else echo "$version $release" | keep "$STATE/held"; fi
}
