#!/bin/sh
# Signs an image by its digest, in its registry, as cosign does. Looks first: where this key has signed it, nothing is done;
# signatures by other keys stay. What has arrived is read back and verified.
#
# Runs where Terraform runs; needs sh, curl, jq, openssl, and the aws command for a key of KMS.
#
#   SLIPWAY_REGISTRY_REQUEST, SLIPWAY_SIGNATURE, SLIPWAY_DOCKER_LOGIN   files that it reads
#   SLIPWAY_IMAGE      the image, REPOSITORY@sha256:…
#   SLIPWAY_ENDPOINT   scheme, host and port of the registry
#   SLIPWAY_KEY        the file of the private key, PEM; not where there is
#   SLIPWAY_KMS_KEY    the ARN of a key of KMS
#   SLIPWAY_PASSWORD   the name of the variable with the password of the private key, where it has one
#   SLIPWAY_AWS_CLI    what becomes the stack's deployer, where AWS has the registry, too, and what it needs
#   SLIPWAY_LOGIN      NAME:PASSWORD for the registry, where Terraform has it
# shellcheck disable=SC2034,SC2154 # the files that are read set and read variables
set -u

repository=${SLIPWAY_IMAGE%@*}
say() { printf '%s: %s\n' "$repository" "$*"; }
fail() {
  say "$*"
  exit 1
}
# shellcheck source=signing/registry-request.sh
. "$SLIPWAY_REGISTRY_REQUEST"
# shellcheck source=signing/signature.sh
. "$SLIPWAY_SIGNATURE"
# shellcheck source=docker-login.sh
. "$SLIPWAY_DOCKER_LOGIN"

v_has_tools || fail "$problem and apply again"
Q_WORK=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX") || exit 1
trap 'rm -rf "$Q_WORK"' EXIT
Q_LOGIN=${SLIPWAY_LOGIN:-$(k_login "${repository%%/*}")} V_KEYS=$Q_WORK/keys

key=${SLIPWAY_KEY:-}
# shellcheck disable=SC2088 # a tilde is the declared one
case $key in '~/'*) key=$HOME/${key#??} ;; esac

# by the name of a variable: every user of a machine can read the words of a command
by_key() {
  verb=$1
  shift
  openssl "$verb" ${SLIPWAY_PASSWORD:+-passin "env:$SLIPWAY_PASSWORD"} "$@"
}

check_key() {
  [ -r "$key" ] || fail "the private key $key cannot be read: put it there, outside of git, e.g. by openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $key"
  case $(sed -n '/-----BEGIN/p' "$key") in
    *SIGSTORE* | *COSIGN*)
      fail "$key is encrypted as cosign does it, which openssl cannot read: take a PKCS #8 key, and give cosign the same by cosign import-key-pair"
      ;;
    *ENCRYPTED*)
      [ -n "${SLIPWAY_PASSWORD:-}" ] || fail "$key has a password: name the variable that holds it by passwordVariable"
      eval "[ -n \"\${$SLIPWAY_PASSWORD:-}\" ]" || fail "the variable $SLIPWAY_PASSWORD is not set: export it where Terraform runs"
      ;;
  esac
  by_key pkey -in "$key" -pubout -out "$Q_WORK/public" 2>/dev/null </dev/null ||
    fail "$key is no private key that openssl reads${SLIPWAY_PASSWORD:+, or $SLIPWAY_PASSWORD is not its password}"
}

aws_asked() {
  region=$(printf %s "$SLIPWAY_KMS_KEY" | cut -d : -f 4)
  said=$(AWS_PAGER='' aws --region "$region" --output text kms "$@" --key-id "$SLIPWAY_KMS_KEY" 2>"$Q_WORK/aws.err") ||
    fail "KMS does not let $SLIPWAY_KMS_KEY be used, in $region: $(grep -v '^ *$' "$Q_WORK/aws.err" | tail -n 1)"
}

check_kms_key() {
  command -v aws >/dev/null 2>&1 || fail "the aws command is missing: install the AWS CLI, https://aws.amazon.com/cli, and apply again"
  # shellcheck source=/dev/null
  [ -z "${SLIPWAY_AWS_CLI:-}" ] || { . "$SLIPWAY_AWS_CLI" && become_deployer; }
  aws_asked get-public-key --query '[KeySpec,PublicKey]'
  # shellcheck disable=SC2086 # two words without any white space
  set -- $said
  [ "$1" = ECC_NIST_P256 ] || fail "the key $SLIPWAY_KMS_KEY is a key of $1: take one of ECC_NIST_P256 that signs and verifies"
  { echo '-----BEGIN PUBLIC KEY-----' && printf '%s\n' "$2" | fold -w 64 && echo '-----END PUBLIC KEY-----'; } >"$Q_WORK/public"
}

# Leaves the signature of $Q_WORK/payload in $Q_WORK/signature.
sign() {
  if [ -n "${SLIPWAY_KMS_KEY:-}" ]; then
    openssl dgst -sha256 -binary -out "$Q_WORK/hash" "$Q_WORK/payload"
    aws_asked sign --message "fileb://$Q_WORK/hash" --message-type DIGEST --signing-algorithm ECDSA_SHA_256 --query Signature
    printf %s "$said" | openssl base64 -d -A >"$Q_WORK/signature"
  else
    by_key dgst -sha256 -sign "$key" -out "$Q_WORK/signature" "$Q_WORK/payload" 2>/dev/null </dev/null ||
      fail "openssl cannot sign by $key"
  fi
}

# Where a tag stays where it is, the answer is about the tag; what is there is by another key, or nothing would be pushed.
is_kept() { [ "$1" = "${v_tag:-}" ] && [ -s "$Q_WORK/signed" ] && grep -qi immutable "$Q_WORK/body"; }

refused() {
  ! is_kept "$1" || fail "$v_hash is signed by another key, and the tags of ${repository#*/} do not move: sign by that key, or build a new version for this one; it said: $(q_words)"
  case $q_status in
    401 | 403)
      fail "${repository%%/*} lets nobody push the signature by this login: docker login ${repository%%/*}; it said: $(q_words)"
      ;;
    000) fail "${repository%%/*} does not answer from here: $(q_words)" ;;
    *) fail "${repository%%/*} takes no signature beside the image, $1: keep signed images in a registry that takes OCI artifacts; it said: $(q_words)" ;;
  esac
}

# Pushes the file $1 as a blob.
push_blob() {
  blob=sha256:$(v_digest "$1")
  q_ask POST blobs/uploads/ --data-binary ''
  [ "$q_status" = 202 ] || refused "no upload begins"
  place=$(tr -d '\r' <"$Q_WORK/headers" | sed -n 's/^[Ll]ocation: *//p' | tail -n 1)
  case $place in
    /*) place=$SLIPWAY_ENDPOINT$place ;;
    "$SLIPWAY_ENDPOINT"/*) ;;
    *) fail "${repository%%/*} wants the signature put to $place, which is another place: nothing was sent there" ;;
  esac
  case $place in *\?*) place="$place&digest=$blob" ;; *) place="$place?digest=$blob" ;; esac
  q_ask PUT "$place" --header 'Content-Type: application/octet-stream' --data-binary "@$1"
  [ "$q_status" = 201 ] || refused "$blob"
}

if [ -n "${SLIPWAY_KMS_KEY:-}" ]; then check_kms_key; else check_key; fi
openssl pkey -pubin -in "$Q_WORK/public" -noout -text 2>/dev/null | grep -qE 'prime256v1|P-256' ||
  fail "${SLIPWAY_KMS_KEY:-$key} is no key of the curve P-256: make one by openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
v_take_keys <"$Q_WORK/public"

v_verify "$SLIPWAY_IMAGE" "$SLIPWAY_ENDPOINT"
case $? in
  0)
    say "$v_hash is signed already"
    exit 0
    ;;
  1) ;;
  *) fail "$problem" ;;
esac
# what others have signed stays
[ -e "$Q_WORK/signatures" ] || echo '{}' >"$Q_WORK/signatures"

v_plain_payload "$repository" "$v_hash" >"$Q_WORK/payload"
sign
payload=sha256:$(v_digest "$Q_WORK/payload")
jq -c --arg payload "$payload" --arg type "$V_PAYLOAD" --arg name "$V_NAME" \
  --argjson size "$(wc -c <"$Q_WORK/payload")" --arg signature "$(openssl base64 -A <"$Q_WORK/signature")" \
  '(.layers // []) + [{ mediaType: $type, size: $size, digest: $payload, annotations: { ($name): $signature } }]' \
  "$Q_WORK/signatures" >"$Q_WORK/layers"
jq -cj '{ architecture: "", created: "0001-01-01T00:00:00Z", os: "", rootfs: { type: "layers", diff_ids: map(.digest) }, config: {} }' \
  "$Q_WORK/layers" >"$Q_WORK/config"
jq -cj --arg type "$V_MANIFEST" --arg config "sha256:$(v_digest "$Q_WORK/config")" --argjson size "$(wc -c <"$Q_WORK/config")" \
  '{ schemaVersion: 2, mediaType: $type, config: { mediaType: "application/vnd.oci.image.config.v1+json", size: $size, digest: $config }, layers: . }' \
  "$Q_WORK/layers" >"$Q_WORK/manifest"

q_at "$SLIPWAY_ENDPOINT" "${repository#*/}" pull,push
push_blob "$Q_WORK/payload"
push_blob "$Q_WORK/config"
q_ask PUT "manifests/$v_tag" --header "Content-Type: $V_MANIFEST" --data-binary "@$Q_WORK/manifest"
case $q_status in 2*) ;; *) refused "$v_tag" ;; esac
v_verify "$SLIPWAY_IMAGE" "$SLIPWAY_ENDPOINT" || fail "the signature was pushed, and $problem: apply again"
say "signed $v_hash"
