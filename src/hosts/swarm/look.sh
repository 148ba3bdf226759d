# Looks before anything is made whether there is a swarm to make it in. Stands after swarm.sh in one script.
#
#   SLIPWAY_HOST   the host's path, for messages
# shellcheck shell=sh
set -u
w_need
