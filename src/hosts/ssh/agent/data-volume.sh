# What services keep lies on the server's own disk, which outlives releases, and the declaration too: nothing deletes it.
#   /var/lib/slipway-data/volumes/NAME   what services keep
# shellcheck shell=sh disable=SC2034,SC2154 # the callers set $manifest and read $VOLUMES, $DATA_TOOLS

DATA=$ROOT/var/lib/slipway-data
VOLUMES=$DATA/volumes
DATA_TOOLS=''

has_data_volume() { return 1; }
take_data_volume() { return 0; }
settle_data() { return 0; }
mount_data_volume() { return 0; }

# Its certificates are where they are for good.
knows_certificates() { return 0; }
save_certificates() { return 0; }

# The names of the volumes that the service $1 mounts; without it, all services.
volumes_of() {
  jq -r --arg name "${1:-}" '.services[] | select($name == "" or .name == $name) | .mounts // {} | .[] | .volume // empty' "$manifest"
}

need_data() {
  [ -n "$(volumes_of "$1")" ] || return 0
  problem="$VOLUMES cannot be made: is the disk full?"
  mkdir -p "$VOLUMES" && chmod 700 "$DATA" || return 75
}

# For a person, a line a volume.
report_data() {
  [ -d "$VOLUMES" ] || return 0
  declared=$(volumes_of 2>/dev/null)
  for folder in "$VOLUMES"/*/; do
    [ -d "$folder" ] || continue
    kept=$(basename "$folder") told=false
    ! printf '%s\n' "$declared" | grep -qx "$kept" || told=true
    jq -nc --arg name "$kept" --arg size "$(du -sxh "$folder" | cut -f 1)" --argjson declared "$told" '{ name: $name, size: $size, declared: $declared }'
  done | jq -s --arg disk "$(df -h "$DATA" | awk 'NR == 2 { print $5, $4, $2 }')" '
    ($disk | split(" ")) as [$used, $free, $size] |
    { dataVolume: { id: "the disk of the server", problem: null, used: $used, free: $free, size: $size, volumes: . } }'
}
