# A release: every image is here, every new container healthy, the configuration tried; only then Nginx moves, and only
# then the old containers go. Up to that point every failure puts back what served.
# shellcheck shell=sh

# Ends the run: what was begun is undone, what served before serves on.
failed() {
  reason=$(one_line "$1")
  undo
  remember_failure "$reason"
  end_attempt
  settle
  say "what served before serves on: $(serving_words)"
  say "failed version=$version release=$release: $reason"
  exit 1
}

# Ends the run without a verdict on the release: the timer tries it again.
again() {
  reason=$(one_line "$1")
  undo
  [ -z "${release:-}" ] || end_attempt
  say "again version=${version:-0} release=${release:-none}: $reason"
  exit 75
}

# Ends the run by the last $problem, for good or for now.
give_up() { if is_final; then failed "$problem"; else again "$problem"; fi; }

serving_words() {
  if [ -n "$(serving release)" ]; then printf 'version %s (%s)' "$(serving version)" "$(short "$(serving release)")"; else printf nothing; fi
}

undo() {
  [ "${undoable:-no}" = yes ] || return 0
  undoable=no
  [ "$(live_generation)" = "$began_at" ] || go_back_to "$began_at"
  for each in $candidates; do remove_container "$(container_of "${each%:*}" "${each#*:}")"; done
  printf '%s' "$pulled" | remove_images
  forget_generations
}

# release_it: moves the host to $manifest, which is $version and $release. Returns only when it serves.
release_it() {
  candidates='' pulled='' began_at=$(live_generation) undoable=yes
  trap 'again "was told to stop"' TERM INT HUP
  refused=$(manifest_problems | head -n 5)
  [ -z "$refused" ] || failed "$refused"
  begin_attempt
  pull_all
  : >"$RUN/pending"
  for service in $(of_manifest '.services[].name'); do
    slot=$(live_slot "$service")
    if [ -n "$slot" ] && may_stay "$service" "$slot"; then wait_for "$service" "$slot" old; else begin "$service"; fi
  done
  await_all
  if is_live_already; then undoable=no; else move_nginx; fi
  settle
  finish
}

pull_all() {
  write_docker_config
  of_manifest '.services[].image' | sort -u >"$RUN/images"
  while read -r image <&3; do
    has_image "$image" && continue
    say "pulling $image"
    pull_image "$image" || give_up
    pulled="$pulled$image$NEWLINE"
  done 3<"$RUN/images"
}

# Whether what runs is what is wanted.
may_stay() {
  container=$(container_of "$1" "$2")
  is_running "$container" &&
    [ "$(inspect "$container" '{{index .Config.Labels "slipway.spec"}}')" = "$(spec_of "$1")" ] &&
    of_service "$1" '.slots[]' | grep -qx "$2"
}

wait_for() { echo "$1 $2 $(($(date +%s) + $(patience "$1"))) $3" >>"$RUN/pending"; }

# Starts a new container of the service on its free port.
begin() {
  free_slot "$1" || failed "$problem"
  candidates="$candidates $1:$slot"
  say "$1: starting on port $slot"
  start_container "$1" "$slot" || give_up
  wait_for "$1" "$slot" new
}

# Waits for all at once, so that services which need each other find each other in any order.
await_all() {
  : >"$RUN/healthy"
  while [ -s "$RUN/pending" ]; do
    mv "$RUN/pending" "$RUN/waiting"
    : >"$RUN/pending"
    while read -r service slot deadline age <&3; do
      if probe "$service" "$slot"; then
        echo "$service $slot" >>"$RUN/healthy"
        [ "$age" = old ] || say "$service: healthy"
        [ -n "$(live_slot "$service")" ] || introduce
      elif has_ended "$(container_of "$service" "$slot")" || [ "$(date +%s)" -ge "$deadline" ]; then
        [ "$age" = old ] || unhealthy
        say "$service: what runs is not healthy, replacing it: $problem"
        begin "$service"
      else
        echo "$service $slot $deadline $age" >>"$RUN/pending"
      fi
    done 3<"$RUN/waiting"
    [ ! -s "$RUN/pending" ] || sleep 0.5
  done
}

unhealthy() {
  say "$service: last lines of its log:"
  docker logs --tail 20 "$(container_of "$service" "$slot")" 2>&1 | quote
  failed "$service is not healthy: $problem"
}

# Lets other services reach one that never served before, so that those which need it can get healthy.
introduce() {
  new_generation copy
  of_service "$service" .introduction >"$GENERATIONS/$generation/introduce-$service.conf"
  write_upstream "$service" "$slot"
  write_release "$(live_release)"
  go_live "$generation" || failed "$problem"
}

is_live_already() {
  [ "$(live_release)" = "$release" ] || return 1
  while read -r service slot; do
    [ "$(live_slot "$service")" = "$slot" ] || return 1
  done <"$RUN/healthy"
}

move_nginx() {
  new_generation
  of_manifest .sites >"$GENERATIONS/$generation/sites.conf"
  while read -r service slot; do write_upstream "$service" "$slot"; done <"$RUN/healthy"
  write_release "$release"
  for each in $candidates; do
    docker update --restart unless-stopped "$(container_of "${each%:*}" "${each#*:}")" >/dev/null 2>&1 ||
      failed "${each%:*}: its container is gone"
  done
  go_live "$generation" || failed "$problem"
  undoable=no
  say "nginx serves version $version"
}

# The new one serves. Nothing from here on is a reason to go back.
finish() {
  trap - TERM INT HUP
  end_attempt
  forget_failure "$release"
  labelled=true
  [ "$(serving version)/$(serving release)/$(serving labelled)" = "$version/$release/true" ] || label_live "$version" || labelled=false
  unlabelled=$problem
  remember_manifest
  remember_serving "$labelled"
  drain "$(of_manifest '.drainSeconds // 10')"
  remove_leftovers
  forget_generations
  forget_manifests | remove_images
  [ "$labelled" = true ] || again "it serves, but the label live did not move: $unlabelled"
  say "live version=$version release=$release"
}

# Removes every container that Nginx sends nothing to.
remove_leftovers() {
  our_containers >"$RUN/containers"
  while read -r service slot <&3; do
    [ "$(live_slot "$service")" = "$slot" ] || {
      say "$service: stopping what ran on port $slot"
      remove_container "$(container_of "$service" "$slot")"
    }
  done 3<"$RUN/containers"
}
