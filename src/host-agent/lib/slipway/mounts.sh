# What containers see at paths that are not of their image. A volume is a folder of the data volume that the engine knows
# as a volume of its own, so that it copies there what the image has at that path when nothing is there yet. A file lies
# in a folder of its container's, which goes with that.
# shellcheck shell=sh disable=SC2016,SC2154 # jq's variables stand in quotes; data-volume.sh sets $VOLUMES and $DATA

FILES=$STATE/files

# The names of the volumes that the service $1 mounts; without it, all services.
volumes_of() {
  jq -r --arg name "${1:-}" '.services[] | select($name == "" or .name == $name) | .mounts // {} | .[] | .volume // empty' "$manifest"
}

# What is kept on the disk that is called $1, a line a volume.
print_volumes() {
  declared=$(volumes_of 2>/dev/null)
  for folder in "$VOLUMES"/*/; do
    [ -d "$folder" ] || continue
    kept=$(basename "$folder") told=false
    ! printf '%s\n' "$declared" | grep -qx "$kept" || told=true
    jq -nc --arg name "$kept" --arg size "$(du -sxh "$folder" | cut -f 1)" --argjson declared "$told" '{ name: $name, size: $size, declared: $declared }'
  done | jq -s --arg id "$1" --arg disk "$(df -h "$DATA" | awk 'NR == 2 { print $5, $4, $2 }')" '
    ($disk | split(" ")) as [$used, $free, $size] |
    { dataVolume: { id: $id, problem: null, used: $used, free: $free, size: $size, volumes: . } }'
}

# Makes what the mounts of service $1 need for its container $2.
place_mounts() {
  rm -rf "${FILES:?}/$2"
  volumes_of "$1" | while read -r volume; do mkdir -p "$VOLUMES/$volume"; done
  numbers=$(of_service "$1" '[.mounts // {} | .[] | select(.kind == "file")] | to_entries[].key')
  for number in $numbers; do
    mkdir -p "$FILES/$2"
    problem="its file cannot be written: is the disk full?"
    jq -j --arg name "$1" --argjson number "$number" \
      '.services[] | select(.name == $name) | [.mounts[] | select(.kind == "file")][$number].content' \
      "$manifest" >"$FILES/$2/$number" || return 75
    chmod 444 "$FILES/$2/$number"
  done
}

# Prints them as words of "docker run", quoted for the shell.
mount_words() {
  jq -r --arg name "$1" --arg volumes "$VOLUMES" --arg files "$FILES/$2" '
    def readonly: if .readOnly then ",readonly" else "" end;
    .services[] | select(.name == $name) | [
      (.mounts // {} | to_entries[] | .key as $at | .value |
        if .kind == "volume" then "type=volume,source=slipway-\(.volume),target=\($at),volume-driver=local,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=\($volumes)/\(.volume)\(readonly)"
        elif .kind == "host" then "type=bind,source=\(.source),target=\($at)\(readonly)"
        elif .kind == "tmpfs" then "type=tmpfs,target=\($at)" + (if .sizeMiB then ",tmpfs-size=\(.sizeMiB)m" else "" end)
        else empty end),
      (.mounts // {} | to_entries | map(select(.value.kind == "file")) | to_entries[] | "type=bind,source=\($files)/\(.key),target=\(.value.key),readonly")
    ] | map("--mount", .) | @sh' "$manifest"
}
