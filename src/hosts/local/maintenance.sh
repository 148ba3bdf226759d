# Sites that somebody switched off: a file each in Nginx's volume, at which Nginx looks at every request. No release
# switches one on again. A wildcard's star is written "_".
# shellcheck shell=sh disable=SC2016 # for the shell in Nginx's container

# Prints "SITE SINCE", a line each.
m_sites_off() {
  l_inside <<'END'
for each in "$1"/maintenance/*; do
  [ ! -e "$each" ] || echo "${each##*/} $(date -u -r "$each" +%Y-%m-%dT%H:%M:%SZ)"
done
END
}

# So that nobody takes it for the release's fault.
m_remind() { m_sites_off | while read -r site since; do say "$site: in maintenance since $since: slipway maintenance $site off"; done; }

# m_switch SITE on|off
m_switch() {
  l_inside "$1" "$2" <<'END'
switched=$1/maintenance/$2
if [ "$3" = off ]; then
  if [ -e "$switched" ]; then rm "$switched" && echo "$2: is served again"; else echo "$2: was not in maintenance"; fi
else
  sites=$(sed -n "s|.*(-f $1/maintenance/\([^)]*\)).*|\1|p" "$1"/live/*.conf)
  printf '%s\n' "$sites" | grep -qxF "$2" || {
    echo "$2: no site of this host that can be switched off; there are:" $sites
    exit 1
  }
  mkdir -p "$1/maintenance" && chmod 755 "$1/maintenance"
  [ -e "$switched" ] || : >"$switched"
  echo "$2: answers 503 until: slipway maintenance $2 off"
fi
END
}
