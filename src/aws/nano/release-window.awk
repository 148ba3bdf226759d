# Decides which of a host's tags go. Reads, and may read for any number of hosts one after the other:
#
#   host HOST LIVE KEEP   what the host's tags begin with, the version that is live, how many that were live are kept
#   REPOSITORY TAG        each tag that there is; those of others are passed over
#
# and prints the lines of the tags that go. A tag is HOST.VERSION.BEFORE.RELEASE, where BEFORE was live when the host was
# told VERSION: read from the newest down, the tags name what was live, the latest first. Everything stays from the oldest
# of the last KEEP on. Why not these alone: what was live for a while between two releases stands in no tag, but a rollback
# only ever goes down, so that it is no older than what the next tag names.

function decide(  i, v, count, oldest) {
  count = 1
  oldest = live
  split("", named)
  named[live] = 1
  for (v = live; v > 0 && count < keep; v--) {
    for (i = first[v]; i; i = following[i]) {
      if (before[i] < 1 || before[i] >= v || before[i] in named) continue
      named[before[i]] = 1
      count++
      if (before[i] < oldest) oldest = before[i]
    }
  }
  # fewer are known than are to be kept
  if (count < keep) return
  for (i = 1; i <= tags; i++) if (version[i] < oldest) print line[i]
}

$1 == "host" {
  if (known) decide()
  known = 1
  host = $2 "."
  live = $3 + 0
  keep = $4 + 0
  tags = 0
  split("", first)
  split("", following)
  next
}

index($2, host) == 1 && split(substr($2, length(host) + 1), part, ".") == 3 && part[1] ~ /^[0-9]+$/ && part[2] ~ /^[0-9]+$/ {
  tags++
  line[tags] = $0
  version[tags] = part[1] + 0
  before[tags] = part[2] + 0
  following[tags] = first[version[tags]]
  first[version[tags]] = tags
}

END { if (known) decide() }
