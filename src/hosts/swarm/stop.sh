# Ends the tasks of services that Terraform removes next: the provider waits for each as long as it may take to end after the
# signal, and the swarm sends that two seconds after it was told, so that what ends late fails the destroy. Stands after
# swarm.sh in one script.
#
#   SLIPWAY_HOST       the host's path
#   SLIPWAY_STOPPED    the services
#   SLIPWAY_DECLARED   those that stay
#   SLIPWAY_GRACE      seconds that the slowest may take
# shellcheck shell=sh
set -u

stopped=''
for service in $SLIPWAY_STOPPED; do
  case " $SLIPWAY_DECLARED " in *" $service "*) continue ;; esac
  docker service inspect "$service" >/dev/null 2>&1 || continue
  docker service scale --detach "$service=0" >/dev/null 2>&1 ||
    # a global service has no number of tasks; no node has this id
    docker service update --detach --quiet --constraint-add node.id==none "$service" >/dev/null || exit 1
  stopped="$stopped $service"
done

looks=$((SLIPWAY_GRACE + 30))
for service in $stopped; do
  while docker service ps --format '{{.CurrentState}}' "$service" 2>/dev/null | grep -q '^Running' && [ "$looks" -gt 0 ]; do
    looks=$((looks - 1))
    sleep 1
  done
done
