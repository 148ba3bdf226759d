# Whether the images of a release are signed, where its host asks for it; before anything of it starts, since Terraform only
# makes the containers of such a host. What was verified is a note in the volume of Nginx, beside what the core keeps:
# REFERENCE KEY a line.
#
# Needs curl, jq and openssl. Reads $SIGNED, a file with a line NAME REFERENCE ENDPOINT a container, and $SIGNERS, one with
# the public keys.
# shellcheck shell=sh disable=SC2034,SC2154 # signature.sh and the core read and set variables

g_verify() {
  [ -s "$SIGNED" ] || return 0
  v_has_tools || return 1
  Q_WORK=$WORK/signatures V_KEYS=$WORK/signatures/keys
  mkdir -p "$Q_WORK" && v_take_keys <"$SIGNERS"
  d_recall signatures >"$Q_WORK/verified" || : >"$Q_WORK/verified"
  cp "$Q_WORK/verified" "$Q_WORK/noted"
  v_verify_all "$SIGNED" "$Q_WORK/verified"
  case $? in
    0) ;;
    1) return 1 ;;
    2)
      problem="$problem: docker login ${v_repository%%/*}"
      return 1
      ;;
    *) return 75 ;;
  esac
  [ "$(cat "$Q_WORK/verified")" = "$(cat "$Q_WORK/noted")" ] || d_note signatures <"$Q_WORK/verified"
}

# By the login that the deployer's docker has.
v_login() { Q_LOGIN=$(k_login "${1%%/*}") || Q_LOGIN=''; }
