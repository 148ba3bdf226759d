# Images, always by digest. The login to ECR is the role's, for this pull only: the credential helper's cache is off.
# Which are this host's is a list of its own, $STATE/images: engines differ in what they list, and in what an image takes
# (with containerd's store its layers twice, compressed and unpacked). Only the removal of an image frees both.
# shellcheck shell=sh

PULL_TRIES=5

# Before it is pulled, so that a power cut leaves no image that nobody knows of.
note_image() {
  grep -qxF "$1" "$STATE/images" 2>/dev/null && return
  {
    cat "$STATE/images" 2>/dev/null
    echo "$1"
  } | keep "$STATE/images"
}

# forget_images MANIFEST...: removes those that none of the manifests names. What a container uses is tried the next time.
forget_images() {
  [ -e "$STATE/images" ] || return 0
  jq -r '.services[].image' "$@" 2>/dev/null >"$RUN/needed"
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

# pull_image REFERENCE: otherwise $problem says why; $problem_kind is set when trying again is no use.
pull_image() {
  tries=1 full=0
  until DOCKER_CONFIG=$RUN/docker HOME=$RUN AWS_ECR_DISABLE_CACHE=true AWS_SDK_LOAD_CONFIG=0 \
    docker pull --quiet "$1" >/dev/null 2>"$RUN/docker.err"; do
    problem="cannot pull $1: $(tail -n 1 "$RUN/docker.err" | cut -c 1-300)"
    problem_kind=''
    if grep -qiE 'manifest unknown|manifest for .* not found|no matching manifest|name unknown|repository does not exist' "$RUN/docker.err"; then
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
