# Who is let in to the sites with basic auth: a file a site, a line NAME:HASH a user, on the memory file system. Nginx
# answers 403 where the file is not there, and a file's name changes with what is declared of it, so that a release that
# fails leaves the passwords of what serves.
# shellcheck shell=sh disable=SC2015 # "or" is about either of both

HTPASSWD=$ROOT/run/slipway-htpasswd # below no folder that Nginx's workers may not enter

# Makes the files of $manifest's sites that are not there. Ends with 1 or 75 at the first that cannot be made.
take_passwords() {
  for file in $(of_manifest '.basicAuth // [] | .[].file'); do
    [ ! -e "$HTPASSWD/$file" ] || continue
    mkdir -p "$HTPASSWD" && chgrp www-data "$HTPASSWD" && chmod 750 "$HTPASSWD"
    write_passwords "$file" && continue
    outcome=$?
    rm -f "$HTPASSWD/$file.new"
    return "$outcome"
  done
}

write_passwords() {
  jq -r --arg file "$1" '.basicAuth[] | select(.file == $file) | .name as $site | .users | to_entries[] |
    [$site, .key, .value.from, .value.id, .value.key // "-"] | @tsv' "$manifest" >"$RUN/users"
  : >"$HTPASSWD/$1.new"
  while IFS='	' read -r site user from id key; do
    fetch_secret "$from" "$id" "$key" && hash_password || {
      outcome=$(final_or_later) problem="the password of $user at $site: $problem"
      return "$outcome"
    }
    printf '%s:%s\n' "$user" "$hash" >>"$HTPASSWD/$1.new"
  done <"$RUN/users"
  chgrp www-data "$HTPASSWD/$1.new" && chmod 640 "$HTPASSWD/$1.new" && mv "$HTPASSWD/$1.new" "$HTPASSWD/$1"
}

# Sets $hash to that of $secret. Why apr1: every Nginx computes it by itself, in a twentieth of the time that SHA-512 takes
# of a worker at each request.
hash_password() {
  secret=${secret%"$NEWLINE"}
  problem_kind=ValidationException
  case $secret in '' | *"$NEWLINE"*)
    problem="it is not one line"
    secret=''
    return 1
    ;;
  esac
  problem="openssl makes no hash of it"
  hash=$(printf '%s\n' "$secret" | openssl passwd -apr1 -stdin 2>/dev/null)
  secret=''
  [ -n "$hash" ]
}

# Removes the files that nothing names any more.
forget_passwords() {
  for each in "$HTPASSWD"/*; do
    [ ! -e "$each" ] || grep -qsF "/${each##*/};" "$LIVE"/*.conf || rm -f "$each"
  done
}
