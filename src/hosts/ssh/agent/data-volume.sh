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

need_data() {
  [ -n "$(volumes_of "$1")" ] || return 0
  problem="$VOLUMES cannot be made: is the disk full?"
  mkdir -p "$VOLUMES" && chmod 700 "$DATA" || return 75
}

# For a person, a line a volume.
report_data() {
  [ -d "$VOLUMES" ] || return 0
  print_volumes "the disk of the server"
}
