# Asks a registry by the distribution API, with a login where it wants one. Read by what signs an
# image and by what verifies one, where Terraform runs and on a host; needs curl, jq, base64.
#
#   Q_WORK    a folder of this run's own
#   Q_LOGIN   NAME:PASSWORD, empty where there is no login
#
# What a login is sent by never stands in a command's words, which every user of a machine can read.
# shellcheck shell=sh disable=SC2034,SC2154 # callers read $q_status and set the rest

q_known='' # lines "PLACE AUTHORIZATION" of what registries took
Q_LINE='
'

# q_at ENDPOINT PATH MAY: which repository is asked, and whether to "pull" or to "pull,push".
q_at() {
  q_endpoint=${1%/} q_path=$2 q_may=$3
  q_certificates=/etc/docker/certs.d/${q_endpoint#*://}
}

# q_ask METHOD PLACE OPTION...: asks PLACE, below the repository or a whole URL of this registry, with curl's options. Sets
# $q_status, 000 where nothing answered; the body is in $Q_WORK/body, the headers in $Q_WORK/headers.
q_ask() {
  q_method=$1
  case $2 in "$q_endpoint"/*) q_url=$2 ;; *) q_url=$q_endpoint/v2/$q_path/$2 ;; esac
  shift 2
  q_authorization=$(q_recall "$q_endpoint/$q_path $q_may" || q_recall "$q_endpoint")
  q_send --request "$q_method" "$@" "$q_url"
  [ "$q_status" = 401 ] && q_authorize || return 0
  q_send --request "$q_method" "$@" "$q_url"
}

q_recall() {
  case $q_known in *"$Q_LINE$1 "*) ;; *) return 1 ;; esac
  q_found=${q_known##*"$Q_LINE$1 "}
  printf '%s\n' "${q_found%%"$Q_LINE"*}"
}

# What leads elsewhere is followed, as to where layers are kept, and curl takes no login there.
q_send() {
  set -- --silent --show-error --location --connect-timeout 10 --max-time 120 --retry 2 --retry-delay 1 \
    --dump-header "$Q_WORK/headers" --output "$Q_WORK/body" --write-out '%{http_code}' "$@"
  case $q_endpoint in https://*) set -- --proto-redir =https "$@" ;; esac
  [ ! -e "$q_certificates/ca.crt" ] || set -- --cacert "$q_certificates/ca.crt" "$@"
  : >"$Q_WORK/body"
  q_status=$({ [ -z "$q_authorization" ] || printf 'header = "Authorization: %s"\n' "$q_authorization"; } |
    curl -q --config - "$@" 2>"$Q_WORK/curl.err") || q_status=000
}

# Answers the challenge of the last answer; not 0 where there is no login to answer it by.
q_authorize() {
  q_challenge=$(tr -d '\r' <"$Q_WORK/headers" | grep -i '^www-authenticate:' | tail -n 1)
  q_basic=$(q_basic_login)
  case $q_challenge in
    *[Bb]asic\ *)
      [ -n "$q_basic" ] || return
      q_authorization=$q_basic q_place=$q_endpoint
      ;;
    *[Bb]earer\ *)
      q_realm=$(q_field realm)
      # a login goes nowhere in the clear where the registry itself is not asked so
      case $q_realm:$q_endpoint in https://* | http://*:http://*) ;; *) return 1 ;; esac
      q_authorization=$q_basic
      q_send --get --data-urlencode "service=$(q_field service)" \
        --data-urlencode "scope=repository:$q_path:$q_may" "$q_realm"
      q_token=$(jq -r '.token // .access_token // empty' "$Q_WORK/body" 2>/dev/null)
      if [ "$q_status" != 200 ] || [ -z "$q_token" ]; then
        q_status=401
        return 1
      fi
      q_authorization="Bearer $q_token" q_place="$q_endpoint/$q_path $q_may"
      ;;
    *) return 1 ;;
  esac
  q_note "$q_place $q_authorization"
}

q_note() { q_known="$q_known$Q_LINE$1$Q_LINE"; }

q_basic_login() { [ -z "$Q_LOGIN" ] || printf 'Basic %s' "$(printf %s "$Q_LOGIN" | base64 | tr -d '\n')"; }

# q_log_in ENDPOINT: sends the login there from the first request on, which saves the one that asks for it: for a registry
# that takes nothing else.
q_log_in() { [ -z "$Q_LOGIN" ] || q_note "${1%/} $(q_basic_login)"; }

q_field() { printf '%s\n' "$q_challenge" | sed -n "s/.*[ ,]$1=\"\([^\"]*\)\".*/\1/p"; }

# What the registry says of the last answer, in one line.
q_words() {
  if [ "$q_status" = 000 ]; then
    tail -n 1 "$Q_WORK/curl.err" | cut -c 1-200
  else
    printf '%s %s' "$q_status" "$(jq -r '.errors[0]? | "\(.code): \(.message)"' "$Q_WORK/body" 2>/dev/null | tr '\n' ' ' | cut -c 1-200)"
  fi
}
