# Takes away what a host has in its swarm beside what Terraform knows, once its services are gone: secrets, the networks
# with their ids, and on the manager's own node the memory that Nginx shared. Waits first until no task is connected to its own network, which Terraform removes next.
# Stands after swarm.sh in one script.
#
#   SLIPWAY_HOST      the host's path
#   SLIPWAY_NETWORK   its network
# shellcheck shell=sh
set -u
w_need

looks=120
until [ "$looks" -eq 0 ]; do
  tasks=$(docker network inspect --verbose --format '{{range .Services}}{{range .Tasks}}{{.Name}} {{end}}{{end}}' \
    "$SLIPWAY_NETWORK" 2>/dev/null)
  here=$(docker ps --quiet --filter "network=$SLIPWAY_NETWORK")
  [ -n "$tasks$here" ] || break
  looks=$((looks - 1))
  sleep 1
done

for secret in $(docker secret ls --quiet --filter "label=$HOST_LABEL=$SLIPWAY_HOST"); do
  docker secret rm "$secret" >/dev/null || exit 1
done
for network in $(docker network ls --quiet --filter "label=$HOST_LABEL=$SLIPWAY_HOST"); do
  docker network rm "$network" >/dev/null || exit 1
done
# containers of tasks that have ended go a moment later; should one stay, what is left is a name, for its memory is gone
for volume in $(docker volume ls --quiet --filter "label=$HOST_LABEL=$SLIPWAY_HOST"); do
  looks=60
  until docker volume rm "$volume" >/dev/null 2>&1 || [ "$looks" -eq 0 ]; do
    looks=$((looks - 1))
    sleep 1
  done
done
