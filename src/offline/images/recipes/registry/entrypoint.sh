#!/bin/sh
# A configuration file or a verb of the registry may be given instead of a command, as with the published image.
set -e
case "$1" in
  *.yml | *.yaml) set -- registry serve "$@" ;;
  serve | garbage-collect | help | -*) set -- registry "$@" ;;
esac
exec "$@"
