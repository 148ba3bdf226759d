# Brings the texts of a release to Nginx on its node, which takes them in place: a swarm's configs and secrets never change
# under a task that runs, and another task of Nginx would be a node without it. It is healthy once Nginx has answered with
# them, and ends with what Nginx said where that refuses them, so that the swarm goes back.
#
#   texts.sh FOLDER    with the texts of the release; below it tls/ with certificates
#   texts.sh healthy   whether they have been served
# shellcheck shell=sh
set -u
SHARED=/etc/nginx/slipway
SERVED=/tmp/served

if [ "$1" = healthy ]; then
  [ -e "$SERVED" ]
  exit
fi

trap 'exit 0' TERM QUIT INT

pause() {
  sleep "$1" &
  wait "$!"
}

cd "$1" || exit
generation=$(find . -type f -o -type l | grep -v '/\.\.' | LC_ALL=C sort | while read -r file; do
  echo "$file"
  cat "$file"
done | sha256sum | cut -c 1-16)
new=$SHARED/$generation.new
rm -rf "$new"
mkdir -p "$new"
cp -RL . "$new"
# what is tried must not read what is served
for file in main sites.conf; do
  sed "s#$SHARED/live/#$SHARED/$generation/#g; s#$SHARED/tls/#$SHARED/$generation/tls/#g" "$file" >"$new/$file"
done
# shellcheck disable=SC2016 # a variable of Nginx's
printf 'map "" $configuration_id {\n    default "%s";\n}\n' "$generation" >"$new/release.conf"
rm -rf "${SHARED:?}/$generation"
mv "$new" "$SHARED/$generation"
echo "$generation" >"$SHARED/next.new"
mv -f "$SHARED/next.new" "$SHARED/next"

until [ "$(cat "$SHARED/serving" 2>/dev/null)" = "$generation" ]; do
  if [ "$(head -n 1 "$SHARED/refused" 2>/dev/null)" = "$generation" ]; then
    echo "Nginx refuses the configuration:"
    tail -n +2 "$SHARED/refused"
    exit 1
  fi
  pause 1
done
: >"$SERVED"
echo "Nginx on this node serves $generation"
while :; do pause 3600; done
