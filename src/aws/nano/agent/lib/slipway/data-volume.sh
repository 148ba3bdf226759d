# The data volume: an EBS volume that outlives the instance, mounted by systemd before Docker starts.
#   /var/lib/slipway-data/volumes/NAME   what services keep
#   /var/lib/slipway-data/tls, acme      copies of the host's certificates and of its accounts at ACME servers, from which
#                                        the host that replaces it goes on
# A disk with anything on it is never formatted. What the host remembers of it:
#   $STATE/data-volume    its id, which releases name
#   $STATE/formatting     the volume that was blank when it began to be formatted
#   $STATE/brought        certificates that were on the volume are on the host
# shellcheck shell=sh disable=SC2034,SC2154 # the callers set $manifest, $complete is status'

DATA=$ROOT/var/lib/slipway-data
VOLUMES=$DATA/volumes
DATA_LABEL=slipway-data
DATA_UNIT=slipway-data.service
DATA_TOOLS="blkid blockdev cmp dd dumpe2fs e2fsck findmnt mkfs.ext4 mount mountpoint resize2fs"
DATA_WAIT=60 # seconds for the disk of a new instance, which is there before its volume
DATA_WAIT_AGAIN=10 # of one that has served: EC2 starts it with its volumes, and Docker waits meanwhile
DISK_NAMES=$ROOT/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_
MIB=1048576

# By the user data one is declared; which one, releases say.
has_data_volume() {
  [ ! -s "$STATE/data-volume" ] || DATA_VOLUME=$(cat "$STATE/data-volume")
  [ -n "${DATA_VOLUME:-}" ]
}

# Takes the volume that the release names.
take_data_volume() {
  named=$(of_manifest '.dataVolume // empty')
  [ -n "$named" ] && [ "$named" != "$(cat "$STATE/data-volume" 2>/dev/null)" ] || return 0
  echo "$named" | keep "$STATE/data-volume"
  systemctl enable "$DATA_UNIT" 2>/dev/null
  settle_data
}

data_is_mounted() { mountpoint -q "$DATA" 2>/dev/null; }

# What systemd starts at each boot, and the agent where it was in vain. Ends with 75 when the disk is not there, 1 when it
# is not ours or cannot be mounted.
mount_data_volume() {
  mkdir -p "$RUN"
  has_data_volume && ! data_is_mounted || exit 0
  await_disk && know_disk && put_disk
  outcome=$?
  [ "$outcome" = 0 ] || {
    rmdir "$DATA" 2>/dev/null # nothing is to be kept there by mistake
    echo "$problem" | keep "$RUN/data-problem"
    say "$problem"
    exit "$outcome"
  }
  rm -f "$RUN/data-problem" "$STATE/formatting"
  say "the data volume $DATA_VOLUME ($disk) is mounted at $DATA"
}

await_disk() {
  waited=0 most=$DATA_WAIT
  [ ! -e "$STATE/serving.json" ] || most=$DATA_WAIT_AGAIN
  until find_disk; do
    problem="the data volume $DATA_VOLUME is not attached: aws ec2 describe-volumes --volume-ids $DATA_VOLUME; the next apply attaches it"
    [ "$waited" -lt "$most" ] || return 75
    [ "$waited" != 0 ] || say "waiting for the data volume $DATA_VOLUME, $most s at most"
    waited=$((waited + 1))
    sleep 1
  done
}

# Sets $disk. Where disks are NVMe each has the name of its volume, and no other name counts; on Xen it is the one that
# EC2 was told, or the one with our label.
find_disk() {
  disk=$(readlink -f "$DISK_NAMES$(printf %s "$DATA_VOLUME" | tr -d -)")
  [ ! -b "$disk" ] || return 0
  for disk in "$DISK_NAMES"*; do [ ! -e "$disk" ] || return 1; done
  disk=$ROOT/dev/xvdf
  [ ! -b "$disk" ] || return 0
  disk=$(blkid -L "$DATA_LABEL") && [ -b "$disk" ]
}

# Whether $disk has our file system, in order; one that is blank gets it.
know_disk() {
  found=$(blkid -p -o export "$disk" 2>/dev/null)
  case $? in
    0) is_ours && mend_disk ;;
    2) { is_blank || was_formatting || is_foreign "bytes of an unknown kind"; } && format_disk ;;
    *) is_foreign "content of more than one kind" ;;
  esac
}

is_ours() {
  printf '%s\n' "$found" | grep -qx "LABEL=$DATA_LABEL" ||
    is_foreign "$(printf '%s\n' "$found" | grep -E '^(TYPE|PTTYPE|LABEL)=' | paste -s -d ' ' -)"
}

# One that grew meanwhile is looked at as a whole, as resize2fs asks for.
mend_disk() {
  whole=''
  ! has_grown || whole=-f
  # shellcheck disable=SC2086 # a word or none
  e2fsck -p $whole "$disk" >"$RUN/e2fsck" 2>&1
  [ $? -lt 4 ] || {
    problem="the file system on the data volume $DATA_VOLUME is damaged: take a snapshot, then run e2fsck -y $disk: $(tail -n 1 "$RUN/e2fsck")"
    return 1
  }
  [ -z "$whole" ] || grow_disk
}

is_foreign() {
  problem="the data volume $DATA_VOLUME holds what is not of this host ($1), and is left as it is: mount another, or clear it yourself: wipefs --all $disk"
  return 1
}

# By what blkid does not know of the disk, and by its first and last MiB, which nothing else leaves alone.
is_blank() {
  for at in 0 $(($(blockdev --getsize64 "$disk") / MIB - 1)); do
    [ "$(dd "if=$disk" bs=$MIB count=1 "skip=$at" 2>/dev/null | tr -d '\0' | wc -c)" = 0 ] || return 1
  done
}

# Power may go while a blank disk is formatted.
was_formatting() { [ "$(cat "$STATE/formatting" 2>/dev/null)" = "$DATA_VOLUME" ]; }

format_disk() {
  say "the data volume $DATA_VOLUME is blank: formatting it"
  echo "$DATA_VOLUME" | keep "$STATE/formatting"
  sync "$STATE/formatting"
  mkfs.ext4 -q -L "$DATA_LABEL" -m 0 "$disk" </dev/null >"$RUN/mkfs" 2>&1 && return
  problem="the data volume $DATA_VOLUME cannot be formatted: $(tail -n 1 "$RUN/mkfs")"
  return 1
}

put_disk() {
  mkdir -p "$DATA"
  mount -o noatime "$disk" "$DATA" 2>"$RUN/mount" || {
    problem="the data volume $DATA_VOLUME cannot be mounted: $(tail -n 1 "$RUN/mount")"
    return 1
  }
  chmod 700 "$DATA"
  mkdir -p "$VOLUMES"
}

has_grown() {
  has=$(dumpe2fs -h "$disk" 2>/dev/null | awk -F: '/^Block count/ { n = $2 } /^Block size/ { printf "%.0f", n * $2 }')
  [ "$(blockdev --getsize64 "$disk")" -gt "${has:-0}" ]
}

grow_disk() {
  resize2fs "$disk" >/dev/null 2>"$RUN/resize2fs" || say "the data volume $DATA_VOLUME does not grow: $(tail -n 1 "$RUN/resize2fs")"
}

# Part of each run: what was in vain is tried again, and nothing else of the run depends on it.
settle_data() {
  has_data_volume && [ -s "$STATE/data-volume" ] || return 0
  data_is_mounted || systemctl restart "$DATA_UNIT" 2>/dev/null 9>&-
  data_is_mounted || return 0
  disk=$(findmnt -nro SOURCE "$DATA") # which grows while it is in use
  ! has_grown || grow_disk
  carry_files "$DATA/tls" "$TLS" lacking
  carry_files "$DATA/acme" "$ACME/accounts" lacking
  : >"$STATE/brought"
  save_certificates
}

# Whether a certificate that is not here is nowhere.
knows_certificates() { ! has_data_volume || [ -e "$STATE/brought" ]; }

save_certificates() {
  has_data_volume && data_is_mounted || return 0
  carry_files "$TLS" "$DATA/tls" differing
  carry_files "$ACME/accounts" "$DATA/acme" differing
}

# carry_files FROM TO lacking|differing: copies the files that TO has not, or has otherwise.
carry_files() {
  [ -d "$1" ] || return 0
  find "$1" -type f ! -name '*.new' -printf '%P\n' | while read -r file; do
    if [ "$3" = lacking ]; then [ -e "$2/$file" ]; else cmp -s "$1/$file" "$2/$file"; fi && continue
    mkdir -p "$(dirname "$2/$file")"
    { cp -p "$1/$file" "$2/$file.new" && sync "$2/$file.new" && mv "$2/$file.new" "$2/$file"; } || say "$2/$file cannot be written"
  done
}

# Whether what the service $1 keeps is there. Never an empty folder in the place of a volume: it is waited for.
need_data() {
  [ -n "$(volumes_of "$1")" ] && ! data_is_mounted || return 0
  problem="its data is not there: $(cat "$RUN/data-problem" 2>/dev/null || echo "nothing is mounted at $DATA: systemctl status $DATA_UNIT")"
  return 75
}

# For a person, a line a volume.
report_data() {
  has_data_volume || return 0
  data_is_mounted || {
    jq -n --arg id "$DATA_VOLUME" --arg problem "$(cat "$RUN/data-problem" 2>/dev/null || echo "systemctl status $DATA_UNIT")" \
      '{ dataVolume: { id: $id, problem: $problem } }'
    complete=1
    return
  }
  print_volumes "$DATA_VOLUME"
}
