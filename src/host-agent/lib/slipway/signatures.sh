# Whether the images of a release are signed, where its manifest asks for it. What was verified stands in
# $STATE/signatures, REFERENCE KEY a line, so that what was verified before starts again without a registry.
# shellcheck shell=sh disable=SC2034,SC2154 # signature.sh reads and sets variables

MOST_VERIFIED=500 # lines that are kept

# verify_images [NAME]: all of $manifest's images, or that of NAME, as it demands; 1 refused for good, 75 not now.
verify_images() {
  [ "$(of_manifest '.signatures != null')" = true ] || return 0
  v_has_tools || return 1
  Q_WORK=$RUN/signatures V_KEYS=$RUN/signatures/keys
  rm -rf "$Q_WORK" && mkdir -p "$Q_WORK" || return 75
  of_manifest '.signatures.keys[]' | v_take_keys
  jq -r --arg name "${1:-}" '.signatures.endpoints as $endpoints | (.services + (.tasks // []) + (.schedules // []))[] |
    select($name == "" or .name == $name) | "\(.name) \(.image) \($endpoints[.image | split("/")[0]])"' "$manifest" >"$Q_WORK/lines"
  cp "$STATE/signatures" "$Q_WORK/verified" 2>/dev/null
  v_verify_all "$Q_WORK/lines" "$Q_WORK/verified"
  case $? in
    0) note_verified && set -- 0 ;;
    1) set -- 1 ;;
    2) if is_in_ecr "$v_reference"; then set -- 75; else set -- 1; fi ;; # there a right takes a while to arrive
    *) set -- 75 ;;
  esac
  rm -rf "$Q_WORK" "$WORK/login"
  return "$1"
}

# By the login that the pull has; one is enough for all images of an account.
v_login() {
  Q_LOGIN=''
  if is_in_ecr "$1"; then
    ! q_recall "$v_endpoint" >/dev/null || return 0
    Q_LOGIN=$(printf %s "${1%%/*}" | HOME=$RUN AWS_ECR_DISABLE_CACHE=true AWS_SDK_LOAD_CONFIG=0 \
      docker-credential-ecr-login get 2>/dev/null | jq -r '"\(.Username):\(.Secret)"')
    q_log_in "$v_endpoint"
  elif [ -n "$(login_of "$1")" ]; then
    write_login "$1" || return "$(final_or_later)"
    Q_LOGIN=$(jq -r '.auths[].auth | @base64d' "$WORK/login/config.json")
  fi
}

# The newest last; what many others have come after is verified again.
note_verified() {
  cat "$STATE/signatures" "$Q_WORK/verified" 2>/dev/null | awk '!seen[$0]++' | tail -n "$MOST_VERIFIED" >"$Q_WORK/noted"
  keep "$STATE/signatures" <"$Q_WORK/noted"
}
