# Sites that somebody switched off: a file each, at which Nginx looks at every request. No release and no reboot
# switches one on again.
# shellcheck shell=sh

MAINTENANCE=$STATE/maintenance
IN_TEXTS=/var/lib/slipway/maintenance # as Nginx's texts say it

# switch_site SITE on|off
switch_site() {
  case $#:${1:-}:${2:-} in
    2:*[!a-z0-9.*_-]*:*) usage ;;
    2:?*:on | 2:?*:off) ;;
    *) usage ;;
  esac
  site=$(printf %s "$1" | sed 's/^_/*/') file=$MAINTENANCE/$(printf %s "$1" | sed 's/^[*]/_/')
  if [ "$2" = off ]; then
    [ -e "$file" ] || { say "$site: was not in maintenance" && return; }
    rm -f "$file"
    say "$site: is served again"
  else
    sites_that_switch | grep -qxF "${file##*/}" || {
      say "$site: no site of this host that can be switched off; there are: $(one_line "$(sites_that_switch | sed 's/^_/*/')")"
      exit 1
    }
    mkdir -p "$MAINTENANCE" && chmod 711 "$STATE" "$MAINTENANCE"
    [ -e "$file" ] || : >"$file"
    say "$site: answers 503 until: slipway maintenance $site off"
  fi
}

# The files of the sites that the live texts have, a line each.
sites_that_switch() { sed -n "s|.*(-f $IN_TEXTS/\([^)]*\)).*|\1|p" "$LIVE"/*.conf | sort -u; }

# What is switched off, "SITE SINCE" a line.
sites_off() {
  for file in "$MAINTENANCE"/*; do
    [ ! -e "$file" ] || printf '%s %s\n' "$(printf %s "${file##*/}" | sed 's/^_/*/')" "$(changed_at "$file")"
  done
}

# So that nobody takes it for the release's fault.
remind_of_maintenance() {
  sites_off | while read -r site since; do say "$site: in maintenance since $since: slipway maintenance $site off"; done
}
