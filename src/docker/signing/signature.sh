# What cosign signs an image by: an artifact beside it, at the tag sha256-HEX.sig, whose layers are payloads that name the
# repository and the digest, each with a signature by ECDSA over P-256. Stands after registry-request.sh; needs openssl, too.
# One rule for all who ask: the deployer's machine, a host, and the lockfile.
#
#   V_KEYS  a folder of this run's own, which v_take_keys fills
#
# shellcheck shell=sh disable=SC2034,SC2154 # callers read $problem

V_MANIFEST=application/vnd.oci.image.manifest.v1+json
V_PAYLOAD=application/vnd.dev.cosign.simplesigning.v1+json
V_NAME=dev.cosignproject.cosign/signature

# Whether the programs are there that all this takes.
v_has_tools() {
  for v_tool in curl jq openssl; do
    problem="the $v_tool command is missing, which signatures are verified by: install $v_tool"
    command -v "$v_tool" >/dev/null 2>&1 || return 1
  done
  problem=''
}

# Takes the public keys on standard input, PEM one after another, each as KEYS/DIGEST.
v_take_keys() {
  rm -rf "$V_KEYS" && mkdir -p "$V_KEYS" || return
  awk -v folder="$V_KEYS" '/-----BEGIN/ { file = folder "/" ++keys ".pem" } file { print >file } /-----END/ { close(file); file = "" }'
  for v_key in "$V_KEYS"/*.pem; do mv "$v_key" "$V_KEYS/$(v_digest "$v_key")"; done
}

v_digest() { openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1; }

# The repository $1 as a payload names it: cosign has another word for Docker Hub.
v_identity() { case $1 in docker.io/*) printf 'index.%s' "$1" ;; *) printf %s "$1" ;; esac; }

# The payload that says nothing beside what must be said, as cosign writes it.
v_plain_payload() {
  printf '{"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},"type":"cosign container image signature"},"optional":null}' \
    "$(v_identity "$1")" "$2"
}

# v_verify REFERENCE ENDPOINT: 0 where one of the keys has signed it, which $v_signer is then; 1 where none has, 2 where the
# registry lets nobody look by this login, 75 where it cannot be told now. What is there stays in $Q_WORK/signatures.
v_verify() {
  v_repository=${1%@*} v_hash=${1##*@} v_signer=''
  rm -f "$Q_WORK/signatures"
  q_at "$2" "${v_repository#*/}" pull
  v_tag=sha256-${v_hash#sha256:}.sig
  q_ask GET "manifests/$v_tag" --header "Accept: $V_MANIFEST"
  case $q_status in
    200) ;;
    404)
      problem="$1 is not signed: $v_repository has no $v_tag"
      return 1
      ;;
    401 | 403)
      problem="the signature of $1 cannot be read: ${v_repository%%/*} refuses the login, or there is none: $(q_words)"
      return 2
      ;;
    *)
      problem="the signature of $1 cannot be read now: $(q_words)"
      return 75
      ;;
  esac
  cp "$Q_WORK/body" "$Q_WORK/signatures"
  jq -r --arg type "$V_PAYLOAD" --arg name "$V_NAME" '.layers[]? | select(.mediaType == $type) |
    [.digest, .annotations[$name] // "-"] | @tsv' "$Q_WORK/signatures" >"$Q_WORK/signed" 2>/dev/null
  problem="$1 is not signed: $v_tag holds no signature of cosign's"
  while IFS='	' read -r v_payload v_signature <&3; do
    v_verify_one "$1"
    case $? in
      0)
        problem=''
        return
        ;;
      75) return 75 ;;
    esac
  done 3<"$Q_WORK/signed"
  return 1
}

# Whether $v_signature of $v_payload, a digest, is by one of the keys and for the image $1.
v_verify_one() {
  v_plain_payload "$v_repository" "$v_hash" >"$Q_WORK/payload"
  # what is as we would have written it need not be asked for
  [ "sha256:$(v_digest "$Q_WORK/payload")" = "$v_payload" ] || v_fetch_payload "$1" || return
  printf %s "$v_signature" | openssl base64 -d -A >"$Q_WORK/signature" 2>/dev/null
  v_signer=''
  for v_key in "$V_KEYS"/*; do
    openssl dgst -sha256 -verify "$v_key" -signature "$Q_WORK/signature" "$Q_WORK/payload" >/dev/null 2>&1 || continue
    v_signer=${v_key##*/}
    break
  done
  [ -n "$v_signer" ] || {
    problem="$1 is signed by none of the required keys, or its signature is damaged"
    return 1
  }
  v_said=$(jq -r '.critical | select(.type == "cosign container image signature") | "\(.image."docker-manifest-digest") \(.identity."docker-reference" | sub("(@.*|:[^/:]*)$"; ""))"' \
    "$Q_WORK/payload" 2>/dev/null)
  case $v_said in
    "$v_hash $(v_identity "$v_repository")" | "$v_hash $v_repository") return ;;
    "$v_hash "*) problem="$1 has the signature of an image of another repository, ${v_said#* }" ;;
    *) problem="$1 has the signature of another image, ${v_said:-which its payload does not name}" ;;
  esac
  return 1
}

v_fetch_payload() {
  q_ask GET "blobs/$v_payload"
  cp "$Q_WORK/body" "$Q_WORK/payload"
  [ "sha256:$(v_digest "$Q_WORK/payload")" != "$v_payload" ] || return 0
  problem="$1 has a signature whose payload is not $v_payload: $(q_words)"
  case $q_status in 200 | 404) return 1 ;; *) return 75 ;; esac
}

# v_verify_all LINES KNOWN: each line of the file LINES is NAME REFERENCE ENDPOINT; the file KNOWN has what was verified
# before, REFERENCE KEY a line, and has what LINES names afterwards. The host's v_login REFERENCE sets $Q_LOGIN, to
# the login that the pull has. Why known: a signature costs a release one request an image, and none where nothing is new.
v_verify_all() {
  : >"$2.now"
  while read -r v_name v_reference v_endpoint <&4; do
    v_is_known "$v_reference" "$2.now" && continue
    if v_is_known "$v_reference" "$2"; then
      v_signer=$v_known
    else
      v_login "$v_reference" && v_verify "$v_reference" "$v_endpoint"
      v_outcome=$?
      [ "$v_outcome" = 0 ] || {
        problem="$v_name: $problem"
        rm -f "$2.now"
        return "$v_outcome"
      }
    fi
    echo "$v_reference $v_signer" >>"$2.now"
  done 4<"$1"
  mv "$2.now" "$2"
}

# Whether the image $1 was verified by a key that still counts, by the file $2; that is $v_known then.
v_is_known() {
  for v_key in "$V_KEYS"/*; do
    v_known=${v_key##*/}
    ! grep -qsxF "$1 $v_known" "$2" || return 0
  done
  return 1
}
