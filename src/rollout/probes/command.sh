# Whether a command in the container ends with 0.
#
#   sh command.sh CONTAINER TIMEOUT WORDS    further words are other probes'
#
# WORDS are quoted for the shell. Ends with 0 (healthy) or 1 (not now), and says why on standard output. Runs where the
# engine is told what to do, BSD's tools among them: no program there ends another one in time, so this does. What did not
# end is killed in the container, too, where the image has a shell; asked again and again it would fill it otherwise.
# shellcheck shell=sh

container=$1 timeout=$2
eval "set -- $3"
mark=$$.$(date +%s)

in_time() {
  docker exec --env "SLIPWAY_CHECK=$mark" "$container" "$@" </dev/null 2>&1 &
  asking=$! looks=$((timeout * 10))
  while kill -0 "$asking" 2>/dev/null; do
    [ "$looks" -gt 0 ] || {
      kill "$asking" 2>/dev/null
      return 124
    }
    looks=$((looks - 1))
    sleep 0.1
  done
  wait "$asking"
}

# shellcheck disable=SC2016 # for the container's shell
KILLS='for each in /proc/[0-9]*; do
tr "\000" "\n" <"$each/environ" | grep -qx "SLIPWAY_CHECK=$1" && kill -9 "${each#/proc/}"
done'

said=$(in_time "$@")
status=$?
case $status in
  0) exit 0 ;;
  124)
    docker exec "$container" sh -c "$KILLS" sh "$mark" </dev/null >/dev/null 2>&1
    echo "its check $1 did not end within $timeout s"
    ;;
  *) echo "its check $1 ended with status $status: $(printf '%s\n' "$said" | tail -n 1 | cut -c 1-300)" ;;
esac
exit 1
