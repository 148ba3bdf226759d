#!/bin/sh
# As with the published image, a first start makes the database and the users that the environment names, by a server that
# nobody else reaches.
set -eu

ask() {
  influx -host 127.0.0.1 ${asker:+-username "$asker" -password "$INFLUXDB_ADMIN_PASSWORD"} -execute "$1"
}

# make_user NAME PASSWORD RIGHT
make_user() {
  [ -n "$1" ] || return 0
  ask "CREATE USER \"$1\" WITH PASSWORD '$2'"
  [ -z "${INFLUXDB_DB:-}" ] || ask "GRANT $3 ON \"$INFLUXDB_DB\" TO \"$1\""
}

first_start() {
  INFLUXDB_HTTP_BIND_ADDRESS=127.0.0.1:8086 influxd &
  server=$! asker='' tries=0
  first="CREATE USER \"${INFLUXDB_ADMIN_USER:-admin}\" WITH PASSWORD '$INFLUXDB_ADMIN_PASSWORD' WITH ALL PRIVILEGES"
  until ask "$first" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || exit 1
    sleep 0.1
  done
  asker=${INFLUXDB_ADMIN_USER:-admin}
  [ -z "${INFLUXDB_DB:-}" ] || ask "CREATE DATABASE \"$INFLUXDB_DB\""
  make_user "${INFLUXDB_USER:-}" "${INFLUXDB_USER_PASSWORD:-}" ALL
  make_user "${INFLUXDB_WRITE_USER:-}" "${INFLUXDB_WRITE_USER_PASSWORD:-}" WRITE
  make_user "${INFLUXDB_READ_USER:-}" "${INFLUXDB_READ_USER_PASSWORD:-}" READ
  kill -TERM "$server"
  wait "$server"
}

if [ "${1:-}" = influxd ] && [ -n "${INFLUXDB_ADMIN_PASSWORD:-}" ] && [ ! -e /var/lib/influxdb/meta ]; then first_start; fi
exec "$@"
