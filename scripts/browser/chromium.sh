#!/bin/sh
# Starts Chromium in its root file system, CHROMIUM_ROOT, in namespaces of its own: it sees no process and no file of this
# machine but CHROMIUM_PAGES, read-only at /mnt, and no network at all. What it is told by file descriptors 3 and 4 it inherits.
set -eu
# shellcheck disable=SC2016 # the shell inside expands it
exec unshare --mount --net --pid --fork --kill-child --propagation private sh -eu -c '
  mount --bind "$CHROMIUM_ROOT" "$CHROMIUM_ROOT"
  cd "$CHROMIUM_ROOT"
  mount -t proc proc proc
  mount --rbind /dev dev
  mount -t tmpfs slipway-chromium dev/shm
  for folder in tmp run root; do mount -t tmpfs slipway-chromium "$folder"; done
  mount --bind "$CHROMIUM_PAGES" mnt
  mount -o remount,bind,ro mnt
  exec chroot . /usr/bin/chromium "$@"' sh "$@"
