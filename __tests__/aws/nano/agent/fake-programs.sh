#!/bin/sh
# Stands in for every program that the agent of a nano host asks, by the name under which it is called. Files below
# $PRETENDED are what it knows, and what a test changes:
#
#   calls                     each call, a line
#   die, die-next             the agent is killed just before the first call that has this text in it; where there is
#                             a second text, just before the first call after that one which has it
#   docker/off                the engine does not answer
#   docker/no-service         systemd cannot start it
#   docker/images/DIGEST      an image that is there, first 12 digits; the text of a pull's refusal in refused/DIGEST
#   docker/slow/DIGEST        its pull takes a minute
#   docker/in-use             the image that something uses
#   docker/room               how many images the disk holds
#   docker/ends/DIGEST        the state that a container of this image has at once: "exited false 3"
#   docker/NAME/              a container: state, image, run, restart, env
#   health/DIGEST             shell that says whether a container of this image is healthy; healthy where there is none
#   nginx/running, loaded     whether Nginx runs, the configuration that it has loaded
#   nginx/stuck               reloads are only asked for
#   connections/PORT          how often ss still sees a connection to it
#   aws/N.json                the answer about version N; newest, live, held: a version; refuses: TARGET KIND
#   aws/tasks                 the lines of the ledger of tasks
#   aws/secret.json           the answer about any secret
#   aws/documents/NAME        the answer about a document
#   curl-version              the version of curl
#   units/on, units/loaded    the units that are enabled and active, how often systemd was told to read them
#   units/wrong               what systemd finds wrong with a unit
name=${0##*/}
words=$*
case $words in *'
'*) words=$(printf %s "$words" | tr '\n' ' ') ;; esac
printf '%s %s\n' "$name" "$words" >>"$PRETENDED/calls"
if [ -e "$PRETENDED/die" ] && printf '%s\n' "$name $words" | grep -qF -- "$(cat "$PRETENDED/die")"; then
  rm "$PRETENDED/die"
  if [ -e "$PRETENDED/die-next" ]; then
    mv "$PRETENDED/die-next" "$PRETENDED/die"
  else
    kill -9 "$AGENT_PID"
    exit 1
  fi
fi
D=$PRETENDED/docker
digest() { printf %s "$1" | sed 's/.*sha256:\(.\{12\}\).*/\1/'; }
last() { for word in "$@"; do :; done && echo "$word"; }
runs() { grep -qs '^running' "$D/$1/state"; }
# For health checks: whether requests to the service $1 get to a container that runs.
reaches() {
  instance=$(sed -n "s/^$1 \([^ ]*\) .*/\1/p" "$SLIPWAY_ROOT/var/lib/slipway/live/serving") && [ -n "$instance" ] && runs "$instance"
}

by_docker() {
  [ ! -e "$D/off" ] || exit 1
  case $1 in
    version) ;;
    ps) for each in "$D"/slipway[-.]*; do [ ! -e "$each" ] || basename "$each"; done ;;
    image)
      case $2 in
        inspect) [ -e "$D/images/$(digest "$3")" ] ;;
        rm)
          ! grep -qs "$(digest "$3")" "$D/in-use" || { echo "conflict: unable to remove repository reference" >&2 && exit 1; }
          rm "$D/images/$(digest "$3")" 2>/dev/null || { echo "Error response from daemon: No such image: $3" >&2 && exit 1; }
          ;;
      esac
      ;;
    pull)
      it=$(digest "$3")
      [ ! -e "$D/room" ] || [ -e "$D/images/$it" ] || [ "$(ls "$D/images" | wc -l)" -lt "$(cat "$D/room")" ] ||
        { echo "failed to register layer: write /usr/lib/a: no space left on device" >&2 && exit 1; }
      [ ! -e "$D/slow/$it" ] || exec /bin/sleep 60
      [ ! -e "$D/refused/$it" ] || { cat "$D/refused/$it" >&2 && exit 1; }
      mkdir -p "$D/images" && : >"$D/images/$it"
      ;;
    run)
      it=$D/$4
      [ ! -e "$D/no-start" ] || { cat "$D/no-start" >&2 && exit 125; }
      mkdir "$it" && echo "$*" >"$it/run"
      cat "$(printf %s "$*" | sed 's/.*--env-file \([^ ]*\) .*/\1/')" >"$it/env"
      image=$(digest "$(printf '%s\n' "$@" | grep '@sha256:')")
      echo "$image" >"$it/image"
      cat "$D/ends/$image" >"$it/state" 2>/dev/null || echo "running false 0" >"$it/state"
      ;;
    container)
      it=$D/$(last "$@")
      [ -e "$it" ] || { echo "Error: No such container: $it" >&2 && exit 1; }
      case $4 in
        *Networks*) echo "10.9.8.7 " ;;
        '{{.State.Status}} {{.State.StartedAt}}') echo "$(cut -d ' ' -f 1 "$it/state") 2026-01-02T03:04:05Z" ;;
        *RestartCount*) echo "$(cut -d ' ' -f 1 "$it/state") 2026-01-02T03:04:05Z 0" ;;
        *) cat "$it/state" ;;
      esac
      ;;
    exec)
      runs "$4" || { echo "Error response from daemon: container is not running" >&2 && exit 1; }
      check=$PRETENDED/health/$(cat "$D/$4/image")
      # shellcheck source=/dev/null
      [ ! -e "$check" ] || . "$check"
      ;;
    logs) cat "$D/last-words" 2>/dev/null ;;
    stats) echo "12.5MiB / 64MiB" ;;
    update) [ -e "$D/$4" ] && echo "$3" >"$D/$4/restart" ;;
    stop)
      it=$D/$(last "$@")
      [ -e "$it" ] && echo "exited false 0" >"$it/state"
      ;;
    start)
      it=$D/$(last "$@")
      [ -e "$it" ] && echo "running false 0" >"$it/state"
      ;;
    rm) [ -e "$D/unremovable" ] || rm -rf "${D:?}/$(last "$@")" ;;
  esac
}

by_nginx() {
  N=$PRETENDED/nginx
  live=$SLIPWAY_ROOT/etc/nginx/slipway
  case "$*" in
    -t*)
      folder=$(sed -n 's/^.*include \(.*\)\*\.conf;$/\1/p' "$(last "$@")")
      ! grep -h nonsense "$folder"*.conf >"$N/wrong" || { echo "nginx: [emerg] unknown directive $(cat "$N/wrong")" >&2 && exit 1; }
      [ -e "$folder/release.conf" ]
      ;;
    *)
      [ -e "$N/running" ] || [ "$*" = start ] || exit 1
      : >"$N/running"
      [ -e "$N/stuck" ] || sed -n 's/.*default "\{0,1\}\([^"]*\)"\{0,1\};/\1/p' "$live/release.conf" >"$N/loaded"
      ;;
  esac
}

# Whether the container behind port $1 is healthy, by what its image does.
is_healthy() {
  for at in "$D"/slipway-*-"$1"; do
    runs "${at##*/}" || return 1
    check=$PRETENDED/health/$(cat "$at/image")
    # shellcheck source=/dev/null
    [ ! -e "$check" ] || . "$check"
  done
}

by_curl() {
  url=$(last "$@")
  case "$url" in
    --version) echo "curl $(cat "$PRETENDED/curl-version" 2>/dev/null || echo 8.5.0) (aarch64-unknown-linux-gnu) libcurl" ;;
    http://127.0.0.1:8100/) [ -e "$PRETENDED/nginx/running" ] && cat "$SLIPWAY_ROOT/var/lib/slipway/live/release" ;;
    http://127.0.0.1:8100/*) [ -e "$PRETENDED/nginx/running" ] && cat "$PRETENDED/nginx/loaded" ;;
    */latest/*/placement/region) printf eu-west-1 ;;
    */latest/*/services/domain) printf amazonaws.com ;;
    *169.254.169.254*) echo '{"Code":"Success","AccessKeyId":"a","SecretAccessKey":"b","Token":"c"}' ;;
    */v2/*) PATH=${PATH#*:} exec curl "$@" ;;
    http://127.0.0.1:*)
      port=${url#http://127.0.0.1:}
      if is_healthy "${port%%/*}"; then printf 200; else printf 503; fi
      ;;
    telnet://*) [ ! -e "$PRETENDED/health/tcp" ] && printf 'connected in 0.001' ;;
    https://*) cat >"$PRETENDED/request" && by_aws ;;
  esac
}

by_aws() {
  A=$PRETENDED/aws
  target=$(sed -n 's/.*X-Amz-Target: \([^"]*\)".*/\1/p' "$PRETENDED/request")
  refused=$(sed -n "s/^$target //p" "$A/refuses" 2>/dev/null)
  [ -z "$refused" ] || {
    printf '{"__type":"%s","message":"no"}\n400' "$refused"
    return
  }
  case $target in
    *GetParameter)
      ! grep -q '/tasks' "$PRETENDED/request" || {
        jq -n --rawfile value "$A/tasks" '{ Parameter: { Value: $value } }' && printf '\n200'
        return
      }
      selector=$(sed -n 's/.*Name[\\": ]*[^:"\\]*:\{0,1\}\([^"\\]*\)[\\"].*/\1/p' "$PRETENDED/request")
      case $selector in
        '') at=$(cat "$A/newest" 2>/dev/null) ;;
        live | held) at=$(cat "$A/$selector" 2>/dev/null) ;;
        *) at=$selector ;;
      esac
      if [ -e "$A/newest" ] && [ -n "$at" ]; then
        cat "$A/$at.json" && printf '\n200'
      elif [ -e "$A/newest" ]; then
        printf '{"__type":"ParameterVersionNotFound"}\n400'
      else
        printf '{"__type":"ParameterNotFound"}\n400'
      fi
      ;;
    *PutParameter)
      body=$(sed -n 's/^data-binary = //p' "$PRETENDED/request" | jq -r .)
      printf '%s\n' "$body" | jq -r .Value >"$A/$(printf %s "$body" | jq -r '.Name | split("/") | last')"
      printf '{}\n200'
      ;;
    *UnlabelParameterVersion)
      rm "$A/held"
      printf '{"InvalidLabels":[]}\n200'
      ;;
    *LabelParameterVersion)
      label=$(sed -n 's/^data-binary.*Labels[^a-z]*\([a-z]*\).*/\1/p' "$PRETENDED/request")
      sed -n 's/^data-binary.*ParameterVersion[\\": ]*\([0-9]*\).*/\1/p' "$PRETENDED/request" >"$A/$label"
      printf '{"InvalidLabels":[]}\n200'
      ;;
    *GetDocument)
      document=$(sed -n 's/^data-binary.*Name[\\": ]*\([^"\\]*\)[\\"].*/\1/p' "$PRETENDED/request")
      if [ -e "$A/documents/$document" ]; then
        cat "$A/documents/$document" && printf '\n200'
      else
        printf '{"__type":"InvalidDocument","message":"no"}\n400'
      fi
      ;;
    *GetSecretValue) cat "$A/secret.json" 2>/dev/null && printf '\n200' || printf '{"__type":"ResourceNotFoundException"}\n400' ;;
  esac
}

case $name in
  docker) by_docker "$@" ;;
  nginx) by_nginx "$@" ;;
  curl) by_curl "$@" ;;
  systemctl)
    on=$PRETENDED/units/on unit=$(last "$@")
    mkdir -p "$PRETENDED/units"
    case "$*" in
      is-*) grep -qsx "$unit" "$on" ;;
      'enable --now '*) echo "$unit" >>"$on" ;;
      disable*) sed -i "/^$unit\$/d" "$on" ;;
      daemon-reload) echo >>"$PRETENDED/units/loaded" ;;
      restart*.timer) [ -e "$SLIPWAY_ROOT/etc/systemd/system/$unit" ] ;;
      list-units*) ;;
      reboot) : >"$PRETENDED/units/rebooted" ;;
      show*) echo 'Mon 2031-01-06 03:00:00 UTC' ;;
      'enable '*) ;;
      'restart slipway-data.service') "$SLIPWAY_ROOT/usr/local/sbin/slipway" mount ;;
      *' docker') [ ! -e "$D/no-service" ] ;;
      *) [ ! -e "$PRETENDED/nginx/broken" ] && by_nginx start ;;
    esac
    ;;
  ss)
    seen=$PRETENDED/connections/$(printf %s "$*" | sed 's/.*:\([0-9]*\) .*/\1/')
    [ -e "$seen" ] || exit 0
    [ "$(cat "$seen")" != broken ] || exit 1
    left=$(cat "$seen")
    [ "$left" -le 0 ] || { echo "0 0 127.0.0.1:40000 127.0.0.1:1" && echo $((left - 1)) >"$seen"; }
    ;;
  sleep) exec /bin/sleep 0.02 ;;
  systemd-analyze) ! cat "$PRETENDED/units/wrong" 2>/dev/null ;;
  id) echo 0 ;;
esac
