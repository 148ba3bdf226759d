# A swarm, by the docker command of the machine where Terraform runs.
# shellcheck shell=sh disable=SC2034 # callers read $problem

# The labels of what a host has in the swarm beside what Terraform knows, and of a service with the digest of its tasks.
HOST_LABEL=dev.slipway.swarm.host
SPEC_LABEL=dev.slipway.swarm.spec

# w_manager: whether the engine is a manager of a swarm; $problem says what is wrong.
w_manager() {
  engine=${DOCKER_HOST:-the local engine}
  said=$(docker info --format 'state={{.Swarm.LocalNodeState}}/{{.Swarm.ControlAvailable}}' 2>&1)
  case $said in
    *state=active/true*) problem='' ;;
    *state=active/false*)
      problem="$engine is a worker of its swarm: tell a manager, by DOCKER_HOST or new DockerEngine(this, \"engine\", { host })"
      ;;
    *state=locked/*) problem="the swarm of $engine is locked: run docker swarm unlock there" ;;
    *state=inactive/*)
      problem="$engine is in no swarm: run docker swarm init there, or docker swarm join with the token of a manager"
      ;;
    *) problem="the manager at $engine is out of reach: $(printf '%s\n' "$said" | tail -n 1)" ;;
  esac
  [ -z "$problem" ]
}

# w_need: ends the step where it is none.
w_need() {
  w_manager && return
  printf '%s: %s\n' "$SLIPWAY_HOST" "$problem"
  exit 1
}
