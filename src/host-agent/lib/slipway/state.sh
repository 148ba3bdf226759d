# What the host remembers, one small JSON file a fact, written whole or not at all.
#   serving.json          {version, release, since, labelled}: what serves
#   releases/ID.json      the manifests that served, the last few
#   signatures            see signatures.sh
#   images                the images that were pulled and not removed
#   failed/ID.json        {version, release, at, reason}: not tried again by itself
#   attempts/ID           how often the release ID was begun and not ended
#   schedules/NAME.json   {at, seconds, release, problem}: how its last run ended; no problem where it is ""
#   notes/                what the release's core keeps: the lines of the services that serve
#   renewed               "SERVICE RELEASE", a line for each service that was replaced because it was not healthy
#   generations, live     see nginx.sh
#   held, history         see rollback.sh
#   maintenance/          see maintenance.sh
# shellcheck shell=sh

MOST_ATTEMPTS=2

# Replaces the file $1 by standard input.
keep() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.new" && mv "$1.new" "$1"
}

serving() { jq -r ".$1 // empty" "$STATE/serving.json" 2>/dev/null; }

has_failed() { [ -e "$STATE/failed/$1.json" ]; }

remember_failure() {
  note_outcome failed
  jq -n --argjson version "$version" --arg release "$release" --arg at "$(now)" --arg reason "$1" \
    '{ version: $version, release: $release, at: $at, reason: $reason }' | keep "$STATE/failed/$release.json"
}

forget_failure() { rm -f "$STATE/failed/$1.json" "$STATE/attempts/$1"; }

# Counts the beginnings of a release that never came to an end, as when the machine died under it.
begin_attempt() {
  attempts=$(cat "$STATE/attempts/$release" 2>/dev/null || echo 0)
  attempts=$((attempts + 1))
  echo "$attempts" | keep "$STATE/attempts/$release"
}

end_attempt() { rm -f "$STATE/attempts/$release"; }

# What serves from now on. The time stays when the release does.
remember_serving() {
  since=$(now)
  [ "$(serving release)" != "$release" ] || since=$(serving since)
  [ "$(serving version) $(serving release)" = "$version $release" ] || note_outcome live
  jq -n --argjson version "$version" --arg release "$release" --arg since "$since" --argjson labelled "$1" \
    '{ version: $version, release: $release, since: $since, labelled: $labelled }' |
    keep "$STATE/serving.json"
}

# Keeps the manifest that is being released, for the day when AWS does not answer.
remember_manifest() { keep "$STATE/releases/$release.json" <"$manifest"; }

# Keeps as many manifests as the one that serves says, and notes the images of the others.
forget_manifests() {
  # shellcheck disable=SC2012 # the names are hexadecimal
  ls -t "$STATE/releases" | tail -n "+$(($(of_manifest '.keepReleases // 3') + 1))" | while read -r old; do
    images_of "$STATE/releases/$old" | while read -r image; do note_image "$image"; done
    rm -f "$STATE/releases/$old"
  done
}
