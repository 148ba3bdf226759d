# Which release, and when. The boot, the timer and Run Command come here and share one lock.
# shellcheck shell=sh disable=SC2016,SC2034 # the core reads $SERVICES, $DRAIN and $RENEW

LONGEST_WAIT=900
WORK=$RUN/work
SERVICES=$WORK/services
TASKS=$WORK/tasks
DEPENDS=$WORK/depends

# What the timer and the boot do. Says nothing when there is nothing to do.
converge_by_itself() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock -n 9 || {
    say "another run is at work"
    exit 0
  }
  ! is_rebooting || again "this host is rebooting"
  report_usage
  prepare
  if [ -e "$RUN/settled" ]; then go_on; else return_to_live; fi
  reboot_when_due
}

# What Run Command does. Waits for its turn, and tries what failed before.
converge_as_told() {
  case $1 in '' | *[!0-9]*) usage ;; esac
  case $2 in *[!0-9a-f]*) usage ;; esac
  [ ${#2} = 64 ] || usage
  version=$1 release=$2
  take_turn
  prepare
  read_ledger ":$1" || again "$problem"
  [ "$release" = "$2" ] || {
    say "version $1 of $PARAMETER is release $release, not $2"
    exit 3
  }
  [ "${3:-}" = retry ] || refuse_held
  rm -f "$STATE/attempts/$release"
  reads_manifest || is_of_this_agent || give_way converge "$version" "$release"
  take_manifest
  release_it deploy
  hold_newer
  care_for_certificates
}

# The lock of every run.
take_turn() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  [ -e "$STATE/bootstrapped" ] || cloud-init status --wait >/dev/null 2>&1
  flock -w "$LONGEST_WAIT" 9 || again "another run is at work since $LONGEST_WAIT s"
  ! is_rebooting || again "this host is rebooting"
}

# What must be there before anything is decided.
prepare() {
  rm -rf "$WORK" "$RUN/env"
  [ -e "$STATE/bootstrapped" ] || again "the first boot did not finish: cloud-init status --long; /var/log/cloud-init-output.log"
  set_up || again "$problem"
  settle_data
  d_ready || again "$problem"
}

# Whether the manifest that was read is of a format that this agent knows.
reads_manifest() { case $(jq -r .manifest "$RUN/manifest.json") in 2 | 3) ;; *) return 1 ;; esac; }

# Whether the release that was read is for this agent to bring; one of before agents were named is.
is_of_this_agent() { case $(jq -r '.agent.sha256 // ""' "$RUN/manifest.json") in '' | "$AGENT_SHA") ;; *) return 1 ;; esac; }

# Lets stage 0 bring the agent of the release that was read, which goes on with these words. The lock stays with it.
give_way() {
  rm -rf "$WORK"
  exec "$STAGE_ZERO" fetch "$version" "$@"
}

take_manifest() {
  manifest=$RUN/releasing.json
  mv "$RUN/manifest.json" "$manifest"
  [ "$(serving release)" = "$release" ] || say "releasing version $version ($(short "$release")), what serves is $(serving_words)"
}

serving_words() {
  if [ -n "$(serving release)" ]; then printf 'version %s (%s)' "$(serving version)" "$(short "$(serving release)")"; else printf nothing; fi
}

# The first run after a boot: what is labelled live; the newest only where nothing is.
return_to_live() {
  if read_ledger :live; then
    take_manifest
    release_it restore
    return
  fi
  case $problem_kind in ParameterVersionNotFound | ParameterNotFound) ;; *) again "$problem" ;; esac
  newest_or_leave
  may_try || exit 0
  is_of_this_agent || give_way converge
  take_manifest
  release_it deploy
  lift_hold
}

# Every later run: something newer, or what should serve and does not.
go_on() {
  newest_or_leave
  if [ "$version/$release" != "$(serving version)/$(serving release)" ] && may_try; then
    is_of_this_agent || give_way converge
    take_manifest
    release_it deploy
    lift_hold
  elif [ -n "$(serving release)" ]; then
    version=$(serving version) release=$(serving release) manifest=$STATE/releases/$release.json
    begin_work
    if needs_healing; then release_it restore; else rm -rf "$WORK"; fi
    take_passwords || say "$problem"
    place_schedules || say "$problem"
    care_for_certificates
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
  ! is_held || return 1
  [ "$(cat "$STATE/attempts/$release" 2>/dev/null || echo 0)" -lt "$MOST_ATTEMPTS" ] || {
    remember_failure "it was begun $MOST_ATTEMPTS times and cut off each time"
    say "failed version=$version release=$release: it was begun $MOST_ATTEMPTS times and cut off each time"
    return 1
  }
}

# What the release's core reads of $manifest.
begin_work() {
  rm -rf "$WORK"
  mkdir -p "$WORK"
  read_services
}

read_services() {
  of_manifest '.services[] | "\(.name) \(.slots // [0, 1] | "\(.[0]) \(.[1])")"' >"$WORK/slots"
  of_manifest '.services[] | .health as $health | [.name, .spec, .port // "-", $health.kind,
    $health.path // ($health.command // empty | @sh) // $health.seconds // "-", $health.expectStatus // "-", $health.host // "-", $health.timeout, $health.startPeriod + $health.retries * $health.interval] +
    if [.mounts // {} | .[] | select(.kind == "volume" and (.shared | not))] == [] then [] else ["stop-first"] end |
    map(tostring) | join("\t")' >"$SERVICES"
  of_manifest '.tasks // [] | .[] | [.name, .spec, "\(.timeoutSeconds)", (.before | join(",") | if . == "" then "-" else . end)] |
    join("\t")' >"$TASKS"
  of_manifest '.services[] | select(.dependsOn // [] != []) | "\(.name)\t\(.dependsOn | join(","))"' >"$DEPENDS"
  DRAIN=$(of_manifest '.drainSeconds // 10')
}

# release_it deploy|restore: moves the host to $manifest, which is $version and $release. Returns only when it serves.
release_it() {
  trap 'cut_off $?' EXIT
  refused=$(manifest_problems | head -n 5)
  [ -z "$refused" ] || failed "$refused"
  [ "$1" = restore ] || begin_attempt
  begin_work
  take_data_volume
  ! needs_certificates "$1" || take_certificates || lacks_something "$1" $?
  take_passwords || lacks_something "$1" $?
  write_docker_config
  [ "$1" = restore ] || verify_images || lacks_something "$1" $?
  fetch_scheduled || lacks_something "$1" $?
  rollout "$release" "$1"
  case $? in
    0) ;;
    1) if docker version >/dev/null 2>&1; then failed "$problem"; else again "$problem"; fi ;;
    *) again "$problem" ;;
  esac
  serves_as_told || d_accept || again "$problem"
  place_schedules || again "$problem"
  end_run
  forget_failure "$release"
  forget_manifests
  forget_pulled
  forget_passwords
  remind_of_maintenance
  say "live version=$version release=$release"
}

# A release goes nowhere with a certificate that does not fit or a password that cannot be had; what serves goes on with
# what it has.
lacks_something() {
  if [ "$1" = restore ]; then
    say "$problem"
  elif [ "$2" = 1 ]; then
    failed "$problem"
  else
    again "$problem"
  fi
}

# Whether the books are right, also when there was nothing to do.
serves_as_told() { [ "$(serving version)/$(serving release)/$(serving labelled)" = "$version/$release/true" ]; }

# This boot has had its outcome; from now on newer releases are looked for.
end_run() {
  trap - EXIT
  end_attempt
  : >"$RUN/settled"
  rm -rf "$WORK" "$RUN/env"
}

# Ends the run for good: it is not tried again by itself.
failed() {
  reason=$(one_line "$1")
  forget_pulled
  remember_failure "$reason"
  end_run
  say "failed version=$version release=$release: $reason"
  exit 1
}

# Ends the run without a verdict on the release: the timer tries it again.
again() {
  trap - EXIT
  reason=$(one_line "$1")
  forget_pulled
  [ -z "${release:-}" ] || end_attempt
  rm -rf "$WORK" "$RUN/env"
  say "again version=${version:-0} release=${release:-none}: $reason"
  exit 75
}

# The core ends a run that is told to stop by itself.
cut_off() { [ "$1" != 75 ] || again "$problem"; }

# Images that no release needs which may come back: those of one that did not get far, or is too old.
forget_pulled() { forget_images "$STATE"/releases/*.json; }

# Whether what serves lacks something that another try may bring: it sets $RENEW. A service that runs without being
# healthy is replaced once; if its successor is no better, it stays until it is healthy or somebody tells.
needs_healing() {
  RENEW='' heals=1
  serves_as_told || heals=0
  for service in $(of_manifest '.services[].name'); do
    on=$(instance_of "$service")
    if [ -z "$on" ] || [ "$(d_state "$on")" != running ]; then
      say "$service: does not run"
      heals=0
    elif keeps_healthy; then
      forget_renewal
    elif ! grep -qx "$service $release" "$STATE/renewed" 2>/dev/null; then
      say "$service: is not healthy: $problem"
      RENEW="$RENEW $service" heals=0
      forget_renewal "$service $release"
    fi
  done
  return "$heals"
}

# The instance that requests to the service $1 go to, or nothing.
instance_of() { sed -n "s/^$1 \([^ ]*\) .*/\1/p" "$LIVE/serving"; }

keeps_healthy() {
  r_line "$service"
  tries=$(of_service "$service" .health.retries)
  until r_ask "$on"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep "$(of_service "$service" .health.interval)"
  done
}

# Forgets that $service was renewed, or notes $1 instead.
forget_renewal() {
  {
    grep -v "^$service " "$STATE/renewed" 2>/dev/null
    [ -z "${1:-}" ] || echo "$1"
  } | keep "$STATE/renewed"
}

# Somebody chose an older version: the timer must not undo that.
hold_newer() {
  told="$version $release"
  read_ledger '' || return 0
  if [ "$version $release" = "$told" ]; then lift_hold; else echo "$version $release" | keep "$STATE/held"; fi
}
