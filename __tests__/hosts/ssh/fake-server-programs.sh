#!/bin/sh
# Stands in for what a server that is told by ssh has beside what every host has, and for the deployer's own ssh. Files
# below $PRETENDED:
#
#   ssh/key                   the host key that the server shows; ssh/refuses what it says instead of letting in
#   ssh/drops                 a text: the connection breaks at the first command that has it
#   packages/NAME             a package that is installed; packages/apt-fails
#   machine                   what uname says
#   ufw                       what ufw says
#   creds                     systemd-creds is there
#   calls                     each call, a line
name=${0##*/}
printf '%s %s\n' "$name" "$(printf %s "$*" | tr '\n' ' ')" >>"$PRETENDED/calls"
case $name in
  ssh)
    for word in "$@"; do case $word in UserKnownHostsFile=*) known=${word#*=} ;; esac; done
    [ ! -e "$PRETENDED/ssh/refuses" ] || { cat "$PRETENDED/ssh/refuses" >&2 && exit 255; }
    shown=$(cat "$PRETENDED/ssh/key")
    [ "$(cut -d ' ' -f 2- "$known")" = "$shown" ] || {
      echo "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
The fingerprint for the ED25519 key sent by the remote host is
SHA256:$(printf %s "${shown#* }" | base64 -d | openssl dgst -sha256 -binary | base64 | tr -d =).
Host key verification failed." >&2
      exit 255
    }
    for command in "$@"; do :; done
    drops=$(cat "$PRETENDED/ssh/drops" 2>/dev/null)
    case $command in *"${drops:-nothing at all}"*)
      rm "$PRETENDED/ssh/drops"
      exit 255
      ;;
    esac
    cd "$SLIPWAY_ROOT/home" || exit 1
    exec sh -c "$(printf '%s\n' "$command" | sed "s|/usr/bin/install -o root -g root|/usr/bin/install|; s|/usr/local/sbin/|$SLIPWAY_ROOT/usr/local/sbin/|g")"
    ;;
  sudo)
    [ ! -e "$PRETENDED/sudo-refuses" ] || { echo "sudo: a password is required" >&2 && exit 1; }
    shift
    exec "$@"
    ;;
  uname) cat "$PRETENDED/machine" 2>/dev/null || echo x86_64 ;;
  dpkg-query)
    for word in "$@"; do :; done
    [ -e "$PRETENDED/packages/$word" ] && echo installed
    ;;
  apt-get)
    [ "$1" != update ] || exit 0
    [ ! -e "$PRETENDED/packages/apt-fails" ] || { echo "E: Unable to locate package" >&2 && exit 100; }
    for word in "$@"; do case $word in -* | install | *=*) ;; *) : >"$PRETENDED/packages/$word" ;; esac; done
    ;;
  ufw) cat "$PRETENDED/ufw" 2>/dev/null || echo "Status: inactive" ;;
  nft) ;;
  systemd-creds)
    [ -e "$PRETENDED/creds" ] || exit 1
    case $1 in
      encrypt) rev "$3" >"$4" ;;
      decrypt) rev "$3" ;;
    esac
    ;;
esac
