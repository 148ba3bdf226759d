#!/bin/sh
# The docker command of a manager whose swarm is files: each look at a service is one step further, as long as there is one.
#   N/service    what `docker service inspect` prints after N looks
#   N/replicas   RUNNING/WANTED
#   tasks        a line a task, ID CREATED STATE DESIRED TEMPLATE
#   health       what the failed checks of a container said, a line each
#   state        of the swarm, "active/true" where there is no such file
cd "$PRETENDED" || exit 1
printf '%s\n' "$*" >>calls
now() { cat now 2>/dev/null || echo 1; }
case "$1 $2" in
  "info --format")
    [ ! -e down ] || {
      echo "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?" >&2
      exit 1
    }
    echo "state=$(cat state 2>/dev/null || echo active/true)"
    ;;
  "service inspect")
    cat "$(now)/service"
    next=$(($(now) + 1))
    [ ! -d "$next" ] || echo "$next" >now
    ;;
  "service ls") echo "shop-web $(cat "$(now)/replicas")" ;;
  "service ps")
    case $* in
      *desired-state=running*) awk '$4 == "running" { print $1 }' tasks ;;
      *desired-state=shutdown*) awk '$4 == "shutdown" { print $1 }' tasks ;;
      *) awk '{ print $1 }' tasks ;;
    esac
    ;;
  "service logs") echo "the log of $(printf '%s\n' "$@" | tail -n 1)" ;;
  "inspect --type")
    format=$5
    [ "$3" = task ] || exec cat health
    shift 5
    for id; do
      awk -v id="$id" -v format="$format" '$1 == id {
        if (format ~ /CreatedAt/) print $2, $1, $3, $5
        else if (format ~ /ContainerStatus/) print "container-of-" $1
        else if (format ~ /Status.Err/) print $3 ": because"
        else if (format ~ /json .Spec/) print $3, $5
      }' tasks
    done
    ;;
esac
