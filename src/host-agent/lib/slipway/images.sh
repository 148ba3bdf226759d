# Images, always by digest. The login to ECR is the role's, for this pull only: the credential helper's cache is off.
# Which are this host's is a list of its own, $STATE/images: engines differ in what they list, and in what an image takes
# (with containerd's store its layers twice, compressed and unpacked). Only the removal of an image frees both.
# shellcheck shell=sh

PULL_TRIES=5
PULL_SECONDS=${SLIPWAY_PULL_SECONDS:-1800} # a registry that only trickles must not keep the next release waiting for ever

# Before it is pulled, so that a power cut leaves no image that nobody knows of.
note_image() {
  grep -qxF "$1" "$STATE/images" 2>/dev/null && return
  {
    cat "$STATE/images" 2>/dev/null
    echo "$1"
  } | keep "$STATE/images"
}

# images_of MANIFEST...: prints the images that they name.
images_of() { jq -r '(.services + (.tasks // []) + (.schedules // []))[].image' "$@"; }

# forget_images MANIFEST...: removes those that none of the manifests names. What a container uses is tried the next time.
forget_images() {
  [ -e "$STATE/images" ] || return 0
  images_of "$@" 2>/dev/null >"$RUN/needed"
  : >"$RUN/images"
  while read -r image; do
    if ! grep -qxF "$image" "$RUN/needed"; then
      said=$(docker image rm "$image" 2>&1) && say "removed the image $image" && continue
      case $said in *"No such image"*) continue ;; esac
    fi
    echo "$image" >>"$RUN/images"
  done <"$STATE/images"
  keep "$STATE/images" <"$RUN/images"
}

# Removes whatever only older releases need; they are pulled again when somebody goes back to one.
make_room() {
  say "the disk is full: removing the images of older releases"
  forget_images "$manifest" "$STATE/releases/$(serving release).json"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

write_docker_config() {
  mkdir -p "$RUN/docker"
  of_manifest '{ credHelpers: (.ecr // [] | map({ (.): "ecr-login" }) | add // {}) }' >"$RUN/docker/config.json"
}

# The registry of image $1 as docker's configuration calls it, the user, and where the password is, with tabs between;
# nothing where no login is declared.
login_of() {
  jq -r --arg repository "${1%@*}" '.logins // [] | map(select(.repository == $repository))[:1][] |
    [.registry, .username, .password.from, .password.id, .password.key // "-"] | @tsv' "$manifest"
}

# Writes the login of image $1 for one pull, into a folder that goes with this run's own, whatever ends it.
write_login() {
  IFS='	' read -r registry username from id key <<LOGIN
$(login_of "$1")
LOGIN
  fetch_secret "$from" "$id" "$key" || {
    problem="cannot pull $1: the password of $username for $registry: $problem"
    return 1
  }
  secret=${secret%"$NEWLINE"}
  mkdir -p "$WORK/login"
  # by standard input: every user of a machine can read the words of a command
  printf %s "$secret" | jq -Rs --arg registry "$registry" --arg username "$username" \
    '{ auths: { ($registry): { auth: ("\($username):" + . | @base64) } } }' >"$WORK/login/config.json"
  secret=''
}

# Ends with 124 where it took too long.
pull_with() {
  DOCKER_CONFIG=$1 HOME=$RUN AWS_ECR_DISABLE_CACHE=true AWS_SDK_LOAD_CONFIG=0 \
    timeout "$PULL_SECONDS" docker pull --quiet "$2" >/dev/null 2>"$RUN/docker.err"
}

# A login is read anew for each try: one that ended while layers came is another by then.
pull_once() {
  if [ -z "$(login_of "$1")" ]; then
    pull_with "$RUN/docker" "$1"
    return
  fi
  write_login "$1" || return 3
  pull_with "$WORK/login" "$1"
  pulled=$?
  rm -rf "$WORK/login"
  return "$pulled"
}

is_in_ecr() { of_manifest '.ecr // [] | .[]' | grep -qxF "${1%%/*}"; }

# Whether the registry knows nobody by that login; in ECR, where a right takes a while to arrive, that says nothing.
is_refused() {
  ! is_in_ecr "$1" &&
    grep -qE 'unauthorized|authentication required|no basic auth credentials|denied: |access denied|401 Unauthorized|403 Forbidden' "$RUN/docker.err"
}

# pull_image REFERENCE: otherwise $problem says why; $problem_kind is set when trying again is no use.
pull_image() {
  tries=1 full=0 refused=0
  until pull_once "$1"; do
    case $? in
      3) return 1 ;;
      124)
        problem_kind='' problem="cannot pull $1: it was not here after $PULL_SECONDS s: is the registry slow, or the way to it?"
        return 1
        ;;
    esac
    problem="cannot pull $1: $(tail -n 1 "$RUN/docker.err" | cut -c 1-300)"
    problem_kind=''
    if is_refused "$1"; then
      refused=$((refused + 1))
      if [ -z "$(login_of "$1")" ]; then
        problem="$problem: its registry wants a login: declare its pullLogin"
      else
        [ "$refused" -gt 1 ] || continue
        problem="$problem: the registry $registry does not take the login of $username: put one that may pull into $id"
      fi
      problem_kind=ValidationException
      return 1
    fi
    # "repository does not exist or may require 'docker login'" says the engine of whoever is denied, which may pass
    if grep -qiE 'manifest unknown|manifest for .* not found|no matching manifest|name unknown|repository .* not found' "$RUN/docker.err"; then
      problem_kind=ResourceNotFoundException
      return 1
    fi
    if grep -qi 'no space left on device' "$RUN/docker.err"; then
      full=$((full + 1))
      [ "$full" -gt 1 ] || { make_room && continue; }
      problem="cannot pull $1: the disk is full, $(df -Pm "$STATE" | awk 'NR == 2 { print $4 }') MiB are free beside what serves: give the host more volumeGiB, or smaller images"
      problem_kind=ValidationException
      return 1
    fi
    [ "$tries" -lt "$PULL_TRIES" ] || return 1
    say "$problem; trying again"
    sleep "$tries"
    tries=$((tries + 1))
  done
}
