# Images, always by digest. The login to ECR is the role's, for this pull only: the credential helper's cache is off.
# shellcheck shell=sh

PULL_TRIES=5

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

write_docker_config() {
  mkdir -p "$RUN/docker"
  of_manifest '{ credHelpers: (.ecr // [] | map({ (.): "ecr-login" }) | add // {}) }' >"$RUN/docker/config.json"
}

# pull_image REFERENCE: otherwise $problem says why; $problem_kind is set when trying again is no use.
pull_image() {
  tries=1
  until DOCKER_CONFIG=$RUN/docker HOME=$RUN AWS_ECR_DISABLE_CACHE=true AWS_SDK_LOAD_CONFIG=0 \
    docker pull --quiet "$1" >/dev/null 2>"$RUN/docker.err"; do
    problem="cannot pull $1: $(tail -n 1 "$RUN/docker.err" | cut -c 1-300)"
    problem_kind=''
    if grep -qiE 'manifest unknown|manifest for .* not found|no matching manifest|name unknown|repository does not exist' "$RUN/docker.err"; then
      problem_kind=ResourceNotFoundException
      return 1
    fi
    [ "$tries" -lt "$PULL_TRIES" ] || return 1
    say "$problem; trying again"
    sleep "$tries"
    tries=$((tries + 1))
  done
}

# Removes those of the images on standard input that no container uses.
remove_images() {
  while read -r image; do
    if docker image rm "$image" >/dev/null 2>&1; then say "removed the image $image"; fi
  done
}
