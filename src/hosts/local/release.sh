# The entry of a release on a Docker engine; stands after the core, the probes and the driver in one script.
#
#   SLIPWAY_HOST        the host's name, for messages
#   SLIPWAY_RELEASE     the release's id
#   SLIPWAY_NGINX       name of the Nginx container
#   SLIPWAY_SERVICES    a line a service, as the core reads it
#   SLIPWAY_CONTAINERS  a line a service, NAME CONTAINER: the one that Terraform has started
#   SLIPWAY_LIMITS      a line a service, CONTAINER PIDS: how many processes and threads it may have
#   SLIPWAY_TASKS       a line a task, as the core reads it; its container is in SLIPWAY_CONTAINERS as well
#   SLIPWAY_DEPENDS     a line a service that depends on others, as the core reads it
#   SLIPWAY_SITES, SLIPWAY_BARE, SLIPWAY_INTERNAL   files with Nginx text, as the driver reads them
#   SLIPWAY_PASSWORDS   a line for each user of a site with basic auth, as passwords.sh reads it
#   SLIPWAY_SIGNED      a line a container, NAME REFERENCE ENDPOINT, where its images must be signed
#   SLIPWAY_SIGNERS     the public keys, PEM, of which one must have signed each
#   SLIPWAY_KEEP        how many releases keep their images, where that is declared
#   SLIPWAY_DRAIN       seconds that requests and websockets get to end by themselves
# shellcheck shell=sh disable=SC2034,SC2154 # the core and the driver read and set variables
set -u

NGINX=$SLIPWAY_NGINX SITES=$SLIPWAY_SITES BARE=$SLIPWAY_BARE INTERNAL=$SLIPWAY_INTERNAL DRAIN=$SLIPWAY_DRAIN
started=$(date +%s)

say() { printf '%s: %s\n' "$SLIPWAY_HOST" "$*"; }

WORK=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX") || exit 1
trap 'rm -rf "$WORK"' EXIT
SERVICES=$WORK/services CONTAINERS=$WORK/containers LIMITS=$WORK/limits TASKS=$WORK/tasks DEPENDS=$WORK/depends
printf '%s' "$SLIPWAY_SERVICES" | awk 1 >"$SERVICES"
printf '%s' "$SLIPWAY_CONTAINERS" | awk 1 >"$CONTAINERS"
printf '%s' "${SLIPWAY_LIMITS:-}" | awk 1 >"$LIMITS"
printf '%s' "${SLIPWAY_TASKS:-}" | awk 1 >"$TASKS"
printf '%s' "${SLIPWAY_DEPENDS:-}" | awk 1 >"$DEPENDS"

printf '%s' "${SLIPWAY_PASSWORDS:-}" | awk 1 >"$WORK/passwords"
PASSWORDS=$WORK/passwords
printf '%s' "${SLIPWAY_SIGNED:-}" | awk 1 >"$WORK/signed"
printf '%s' "${SLIPWAY_SIGNERS:-}" | awk 1 >"$WORK/signers"
SIGNED=$WORK/signed SIGNERS=$WORK/signers

# what a person has to mend is said before anything moves
{ p_hash && rollout "$SLIPWAY_RELEASE" deploy; } || {
  say "release failed after $(($(date +%s) - started)) s: $problem"
  exit 1
}
i_prune
m_remind
say "serves release $(printf %.12s "$SLIPWAY_RELEASE")"
