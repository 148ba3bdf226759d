# Certificates, one a name, with what their names are served by. A name is served by HTTP only until it has had one.
#   tls/FILE.pem       private key, the name's certificate, those that signed it: Nginx reads it, nobody else
#   tls/FILE.had       it had one
#   tls/FILE.from      where it is from: another source is another certificate
#   tls/FILE.renewal   seconds since 1970: when a third of its life is left
#   acme/              dehydrated's: its account, and www, in which Nginx answers the ACME server
#   acme/paused/FILE   seconds since 1970: before that nobody asks the ACME server again
# FILE is the name, with _ for a wildcard's star.
# shellcheck shell=sh disable=SC2015,SC2016,SC2034,SC2154 # the core sets $WORK; the callers set $manifest

TLS=$STATE/tls
ACME=$STATE/acme
ACME_TRIES=3
ACME_PAUSE=3600
ACME_LONGEST_PAUSE=604800 # whatever a server says: a week is Let's Encrypt's longest limit
ACME_LONGEST=300 # a release waits no longer for certificates; the timer goes on
ASKED_MINUTES=60 # how often a secret is looked at for another certificate

# of_tls FILE 'jq filter'
of_tls() { jq -r --arg file "$1" ".tls[] | select(.file == \$file) | $2" "$manifest"; }

# The files of the manifest's names that have .$1; all without it.
tls_files() { of_manifest ".tls // [] | .[] | select(.${1:-name}) | .file"; }

# What Nginx is to be told of the name: a certificate's digest is part of it, so that another one is another text.
tls_text() {
  if [ -s "$TLS/$1.pem" ]; then
    of_tls "$1" .secured
    echo "# certificate $(sha256sum <"$TLS/$1.pem" | cut -c 1-16)"
  elif [ -e "$TLS/$1.had" ] || ! knows_certificates; then
    of_tls "$1" .lost
  else
    of_tls "$1" .before
  fi
}

# Puts the texts of all names into the folder $1.
put_tls_texts() {
  make_tls_folders
  for file in $(tls_files); do
    tls_text "$file" >"$1/tls-$file.conf"
    [ ! -s "$TLS/$file.pem" ] || : >"$TLS/$file.had"
    [ -s "$TLS/$file.pem" ] || [ ! -e "$TLS/$file.had" ] ||
      say "$(of_tls "$file" .name): its certificate $TLS/$file.pem is lost: it is answered 503 until there is another"
  done
}

# Whether what Nginx was told last is what the files say now.
tls_is_settled() {
  for file in $(tls_files); do
    tls_text "$file" | cmp -s - "$LIVE/tls-$file.conf" || return 1
  done
}

# Nginx's workers look below www.
make_tls_folders() {
  mkdir -p "$TLS" "$ACME/paused" "$ACME/www/.well-known/acme-challenge"
  chmod 711 "$STATE" "$ACME" "$ACME/www" "$ACME/www/.well-known" "$ACME/www/.well-known/acme-challenge"
}

# Whether the PEM in $1 is a key and a certificate for the name $2 that fit and are good today; $problem says what is wrong.
tls_fits() {
  asked=$2
  case $2 in '*.'*) asked=any.${2#??} ;; esac
  problem="openssl reads no certificate in it"
  openssl x509 -in "$1" -noout 2>/dev/null || return 1
  problem="openssl reads no private key in it"
  key=$(openssl pkey -in "$1" -pubout 2>/dev/null) || return 1
  problem="the first certificate in it is not the private key's"
  [ "$(openssl x509 -in "$1" -noout -pubkey)" = "$key" ] || return 1
  problem="it is not for $2, but for: $(openssl x509 -in "$1" -noout -ext subjectAltName 2>/dev/null | sed -n 's/^ *\(DNS\|IP\)/\1/p')"
  openssl x509 -in "$1" -noout -checkhost "$asked" | grep -q 'does match' || return 1
  problem="it ended on $(openssl x509 -in "$1" -noout -enddate | cut -d = -f 2)"
  openssl x509 -in "$1" -noout -checkend 0 >/dev/null || return 1
  problem="it begins on $(openssl x509 -in "$1" -noout -startdate | cut -d = -f 2)"
  [ "$(tls_time start)" -le "$(date +%s)" ] || return 1
  problem=''
}

# When the certificate in $candidate starts or ends.
tls_time() { date -d "$(openssl x509 -in "$candidate" -noout "-$1date" | cut -d = -f 2)" +%s; }

# place_certificate FILE FROM: takes what is in $candidate, where it fits.
place_certificate() {
  tls_fits "$candidate" "$(of_tls "$1" .name)" || return 1
  ends=$(tls_time end)
  echo $((ends - (ends - $(tls_time start)) / 3)) | keep "$TLS/$1.renewal"
  echo "$2" | keep "$TLS/$1.from"
  cmp -s "$candidate" "$TLS/$1.pem" || {
    cp "$candidate" "$TLS/$1.pem.new" && chmod 600 "$TLS/$1.pem.new" && sync "$TLS/$1.pem.new" && mv "$TLS/$1.pem.new" "$TLS/$1.pem"
    say "$(of_tls "$1" .name): has a new certificate, until $(date -u -d "@$ends" +%Y-%m-%dT%H:%M:%SZ)"
  }
}

# Whether a release has to look at the certificates that are secrets: a new one has, others where one is missing.
needs_certificates() {
  [ "$1" != deploy ] || return 0
  for file in $(tls_files certificate); do [ -s "$TLS/$file.pem" ] || return 0; done
  return 1
}

# Takes the certificates that are secrets. Ends with 1 or 75 at the first that does not fit or cannot be had.
take_certificates() {
  [ -n "$(tls_files certificate)" ] || return 0
  make_tls_folders
  candidate=$RUN/certificate.pem
  for file in $(tls_files certificate); do
    take_certificate "$file" && continue
    outcome=$? problem="the certificate of $(of_tls "$file" .name): $problem"
    rm -f "$candidate"
    return "$outcome"
  done
  rm -f "$candidate"
  : >"$RUN/certificates-asked"
}

take_certificate() {
  eval "set -- $1 $(of_tls "$1" '.certificate | [.from, .id, .key // "-"] | @sh')"
  fetch_secret "$2" "$3" "$4" || return "$(final_or_later)"
  printf '%s\n' "$secret" >"$candidate"
  secret=''
  place_certificate "$1" "$2 $3 $4"
}

# Certificates that are due, while what serves serves: what changes is put before Nginx by a restore.
care_for_certificates() {
  version=$(serving version) release=$(serving release) manifest=$STATE/releases/$release.json
  [ -n "$release" ] && [ -n "$(tls_files)" ] || return 0
  make_tls_folders
  [ -n "$(find "$RUN/certificates-asked" -mmin "-$ASKED_MINUTES" 2>/dev/null)" ] || take_certificates || {
    say "$problem"
    : >"$RUN/certificates-asked"
  }
  begun=$(date +%s)
  for file in $(tls_files acme); do
    is_due "$file" && ! is_paused "$file" && [ $(($(date +%s) - begun)) -lt "$ACME_LONGEST" ] || continue
    obtain_certificate "$file" && continue
    until=$(($(date +%s) + $(acme_pause)))
    rm -rf "$RUN/acme" # which may hold a secret
    echo "$until" | keep "$ACME/paused/$file"
    say "$(of_tls "$file" .name): no new certificate: $problem; tried again after $(date -u -d "@$until" '+%F %H:%M') UTC, or once $ACME/paused/$file is removed"
  done
  save_certificates
  tls_is_settled && return
  say "certificates changed"
  begin_work
  release_it restore
}

is_due() {
  [ -s "$TLS/$1.pem" ] || knows_certificates || return 1 # it may be on the data volume
  [ -s "$TLS/$1.pem" ] && [ "$(of_tls "$1" .acme.directory)" = "$(cat "$TLS/$1.from")" ] &&
    [ "$(date +%s)" -lt "$(cat "$TLS/$1.renewal" 2>/dev/null || echo 0)" ] && return 1
  return 0
}

is_paused() { [ "$(date +%s)" -lt "$(cat "$ACME/paused/$1" 2>/dev/null || echo 0)" ]; }

# Asks the ACME server by dehydrated, which answers a nonce that the server no longer takes with an error: then again.
obtain_certificate() {
  need_dehydrated && write_acme_configuration "$1" || return 1
  name=$(of_tls "$1" .name)
  candidate=$RUN/certificate.pem
  tries=1
  until dehydrated --config "$RUN/acme/config" --cron --force --accept-terms --domain "$name" >"$RUN/acme/said" 2>&1 9>&-; do
    problem=$(acme_problem)
    rm -f "$ACME/lock"
    grep -q badNonce "$RUN/acme/said" && [ "$tries" -lt "$ACME_TRIES" ] || return 1
    tries=$((tries + 1))
  done
  cat "$ACME/certs/$name/privkey.pem" "$ACME/certs/$name/fullchain.pem" >"$candidate"
  place_certificate "$1" "$(of_tls "$1" .acme.directory)"
  outcome=$?
  # the key is in one place
  rm -rf "$candidate" "$ACME/certs/$name" "$RUN/acme"
  rm -f "$ACME/paused/$1"
  return "$outcome"
}

# The server's own words where there are any, else dehydrated's.
acme_problem() {
  detail=$(sed -n 's/.*"detail"[]:][[:space:]]*"\(\([^"\\]\|\\.\)*\)".*/\1/p' "$RUN/acme/said" | tail -n 1 | sed 's/\\"/"/g')
  [ -n "$detail" ] || detail=$(grep -m 1 ERROR "$RUN/acme/said" || grep . "$RUN/acme/said" | tail -n 1)
  one_line "$detail" | cut -c 1-300
}

# Seconds until the server is asked again: as it says itself where it limits how often (429), an hour at least.
acme_pause() {
  said=$(sed -n 's/^[Rr]etry-[Aa]fter:[[:space:]]*\([0-9]\{1,9\}\)[[:space:]]*$/\1/p' "$RUN/acme/said" 2>/dev/null | tail -n 1)
  [ "${said:-0}" -gt "$ACME_PAUSE" ] || said=$ACME_PAUSE
  [ "$said" -le "$ACME_LONGEST_PAUSE" ] || said=$ACME_LONGEST_PAUSE
  echo "$said"
}

write_acme_configuration() {
  rm -rf "$RUN/acme"
  mkdir -p "$RUN/acme"
  rm -f "$ACME/lock" # of a run that was killed
  {
    of_tls "$1" '.acme | "CA=\(.directory | @sh)", "CONTACT_EMAIL=\(.email | @sh)"'
    printf '%s\n' "BASEDIR='$ACME'" "WELLKNOWN='$ACME/www/.well-known/acme-challenge'" "DOMAINS_TXT='$RUN/acme/none'" \
      KEY_ALGO=prime256v1 KEYSIZE=2048
    challenge_configuration "$(of_tls "$1" '.acme.zone // empty')"
  } >"$RUN/acme/config"
  of_tls "$1" '.acme.ca // empty' >"$RUN/acme/ca.pem"
  [ ! -s "$RUN/acme/ca.pem" ] || echo "CURL_OPTS='--cacert $RUN/acme/ca.pem'" >>"$RUN/acme/config"
  [ -n "$(of_tls "$1" '.acme.account // empty')" ] || return 0
  eval "set -- $1 $(of_tls "$1" '.acme.account.hmacKey | [.from, .id, .key // "-"] | @sh')"
  fetch_secret "$2" "$3" "$4" || {
    problem="the key of the external account: $problem"
    return 1
  }
  case $secret in *[!A-Za-z0-9_=-]* | '')
    problem="the key of the external account is no base64url"
    return 1
    ;;
  esac
  {
    of_tls "$1" '"EAB_KID=\(.acme.account.keyId | @sh)"'
    echo "EAB_HMAC_KEY='$secret'"
  } >>"$RUN/acme/config"
  secret=''
}

# By HTTP, or by records of the zone $1 where the name leads to other hosts, too. A program under /run starts nowhere.
challenge_configuration() {
  [ -n "$1" ] || {
    echo CHALLENGETYPE=http-01
    return
  }
  printf '#!/bin/sh\nexec sh "%s" "%s" "$@"\n' "$PARTS/dns-challenge.sh" "$1" >"$ACME/hook"
  chmod 700 "$ACME/hook"
  printf '%s\n' CHALLENGETYPE=dns-01 "HOOK='$ACME/hook'"
}

# Only hosts with such certificates have it, and a host that is older than its first one needs no new instance.
need_dehydrated() {
  command -v dehydrated >/dev/null && return
  say "installing dehydrated, which asks the ACME server"
  # by the lists that there are, since a first boot has just read them; by new ones where those name what is gone
  (umask 022 && { install_dehydrated || { apt-get -q update && install_dehydrated; }; }) >"$RUN/apt.out" 2>&1 9>&- &&
    command -v dehydrated >/dev/null && return
  problem="dehydrated cannot be installed: $(tail -n 1 "$RUN/apt.out")"
  return 1
}

install_dehydrated() { DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install dehydrated; }

report_certificates() {
  [ -z "$(serving release)" ] || for file in $(tls_files); do
    candidate=$TLS/$file.pem
    if [ -s "$candidate" ]; then
      told="until $(date -u -d "@$(tls_time end)" +%Y-%m-%d), renewed from $(date -u -d "@$(cat "$TLS/$file.renewal")" +%Y-%m-%d)"
    elif [ -e "$TLS/$file.had" ]; then
      told="LOST: it is answered 503"
      echo "$file" >>"$WORK/unhealthy"
    else
      told="none yet"
    fi
    ! is_paused "$file" || told="$told; the ACME server is asked again at $(date -u -d "@$(cat "$ACME/paused/$file")" '+%F %H:%M') UTC"
    jq -n --arg name "$(of_tls "$file" .name)" --arg said "$told" '{ name: $name, said: $said }'
  done | jq -s '{ certificates: . }'
}
