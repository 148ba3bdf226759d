# What containers see at paths that are not of their image. A volume is a folder of the data volume that the engine knows
# as a volume of its own, so that it copies there what the image has at that path when nothing is there yet. A file lies
# in a folder of its container's, which goes with that.
# shellcheck shell=sh disable=SC2016,SC2154 # jq's variables stand in quotes; data-volume.sh sets $VOLUMES

FILES=$STATE/files

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
