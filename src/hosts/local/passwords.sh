# Who is let in to the sites with basic auth: a file a site in Nginx's volume, a line NAME:HASH a user. Its name changes
# with what is declared of it, so that a file which is there is right, and a release that fails leaves the old one.
#
#   /etc/nginx/slipway/htpasswd/FILE
#
# Needs openssl. Reads $PASSWORDS, a file with a line FILE SITE USER KIND ID a user, tabs between.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # programs for Nginx's container stand in quotes; the core reads $problem

# Hashes the passwords of files that are not there, before anything moves. By apr1, which every Nginx computes by itself.
p_hash() {
  [ -s "$PASSWORDS" ] || return 0
  mkdir -p "$WORK/htpasswd"
  problem="basic auth needs openssl, which is not there: install it"
  command -v openssl >/dev/null || return 1
  l_inside >"$WORK/htpasswd.there" 2>/dev/null <<'END' || :
for each in "$1"/htpasswd/*; do echo "${each##*/}"; done
END
  while IFS=$R_TAB read -r file_of site user kind id <&3; do
    ! grep -qxF "$file_of" "$WORK/htpasswd.there" || continue
    s_check "$kind" "$id" || {
      problem="the password of $user at $site: $problem"
      return 1
    }
    # the last newline is the editor's
    secret=$(s_print "$kind" "$id")
    problem="the password of $user at $site is not one line"
    case $secret in '' | *"
"*) return 1 ;; esac
    problem="openssl makes no hash of the password of $user at $site"
    hash=$(printf '%s\n' "$secret" | openssl passwd -apr1 -stdin 2>/dev/null) && [ -n "$hash" ] || return 1
    secret=''
    printf '%s:%s\n' "$user" "$hash" >>"$WORK/htpasswd/$file_of"
  done 3<"$PASSWORDS"
  problem=''
}

# Nginx's workers read them, so their group may: which one that is, the container knows.
p_place() {
  [ -d "$WORK/htpasswd" ] || return 0
  {
    cat <<'END'
umask 077 && mkdir -p "$1/htpasswd" && cd "$1/htpasswd" || exit 1
for each in /proc/[0-9]*; do
  ! grep -qs "^nginx: worker" "$each/cmdline" || group=$(sed -n "s/^Gid:[^0-9]*\([0-9]*\).*/\1/p" "$each/status")
done
chgrp "$group" . && chmod 750 . || exit 1
END
    for each in "$WORK/htpasswd"/*; do
      [ -e "$each" ] || continue
      l_writing "${each##*/}.new" <"$each"
      echo "chgrp \"\$group\" ${each##*/}.new && chmod 640 ${each##*/}.new && mv ${each##*/}.new ${each##*/} || exit 1"
    done
  } >"$WORK/htpasswd.place"
  problem="Nginx's container takes no files: docker logs $NGINX"
  l_inside <"$WORK/htpasswd.place" || return 75
  problem=''
}
