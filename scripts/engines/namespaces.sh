#!/bin/sh
# The first process of an engine's own namespaces (network, mounts, processes); with it ends everything in them.
# ENGINE_FOLDER is the engine's folder on this machine, with its daemon.json; ENGINE_PATH the folders of its programs;
# ENGINE_ROOT a root file system that it runs in, or nothing; ENGINE_HOST the address by which slirp4netns leads to this
# machine's loopback; ENGINE_NAMESERVER its name server; ENGINE_PORTS the ports of that loopback which are here as well.
# A line on standard input says that the way out is there.
set -eu

# Nothing that listens below /run, this machine's own engine for one, is to be met here.
mount -t tmpfs -o mode=755 slipway-engine /run
configuration=$(readlink -m /etc/resolv.conf)
mkdir -p "${configuration%/*}"
[ -e "$configuration" ] || : >"$configuration"
echo "nameserver $ENGINE_NAMESERVER" >/run/slipway-resolv.conf
mount --bind /run/slipway-resolv.conf "$configuration"

ip link set lo up
read -r _
echo 1 >/proc/sys/net/ipv4/ip_forward
for port in $ENGINE_PORTS; do
  socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" "TCP:$ENGINE_HOST:$port" &
done

if [ -z "$ENGINE_ROOT" ]; then
  PATH=$ENGINE_PATH:$PATH dockerd --config-file "$ENGINE_FOLDER/daemon.json" &
else
  unshare --mount sh -eu -c '
    mount --bind "$ENGINE_ROOT" "$ENGINE_ROOT"
    cd "$ENGINE_ROOT"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs -o mode=755 slipway-engine run
    mkdir -p ".$ENGINE_FOLDER" .this-machine
    mount --bind "$ENGINE_FOLDER" ".$ENGINE_FOLDER"
    rm -f etc/resolv.conf
    echo "nameserver $ENGINE_NAMESERVER" >etc/resolv.conf
    pivot_root . .this-machine
    cd /
    umount -l /.this-machine
    exec dockerd --config-file "$ENGINE_FOLDER/daemon.json"' &
fi
engine=$!

# dockerd stops its containers before it ends; a signal ends the wait, not the engine.
trap 'kill -TERM "$engine"' TERM
status=0
wait "$engine" || status=$?
while kill -0 "$engine" 2>/dev/null; do
  status=0
  wait "$engine" || status=$?
done
exit "$status"
