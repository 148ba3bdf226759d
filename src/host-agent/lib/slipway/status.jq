# The status for people.
def cell: . + " " * ([20 - length, 0] | max);
(if .serving then
  "serving version=\(.serving.version) release=\(.serving.release) since=\(.serving.since)",
  (if .serving.labelled then empty else "  the label live is elsewhere: the role may not label, or AWS did not answer" end)
else "serving nothing" end),
(.services // [] | .[] | "  \(.name | cell) \(
  if .healthy then "healthy" else "NOT HEALTHY\(if .problem then " (\(.problem))" else "" end)" end), \(
  if .port then "port \(.container // "" | sub(".*-"; ""))" else "no port" end), \(.image | sub(".*@sha256:(?<digest>.{12}).*"; "\(.digest)")), \(
  if .since then "\(.state) since \(.since), restarted \(.restarts) times" else "its container \(.container // "") is gone" end)\(
  if .memory then ", \(.memory)" else "" end)"),
(.schedules // [] | .[] | "  \(.name | cell) schedule, next \(.next // "never: systemctl status slipway-schedule-\(.name).timer"), \(
  if .last then "last at \(.last.at), \(.last.seconds) s, \(if .last.problem == "" then "done" else "FAILED: \(.last.problem)" end)" else "has not run yet" end)"),
(.certificates // [] | .[] | "  \(.name | cell) certificate \(.said)"),
(.maintenance[] | "  \(.site | cell) in maintenance since \(.since)"),
"agent \(.agent[:12])",
.notes[],
"MemAvailable: \(.memory.availableMiB) MiB  SwapTotal: \(.memory.swapMiB) MiB  SwapFree: \(.memory.swapFreeMiB) MiB",
"disk \(.disk.usedPercent)% full, \(.disk.freeMiB) MiB free",
(.dataVolume // empty | if .problem then "data volume \(.id) is NOT MOUNTED: \(.problem)" else
  "data volume \(.id) \(.used) full, \(.free) free of \(.size)",
  (.volumes[] | "  \(.name | cell) volume \(.size), \(if .declared then "declared" else "no longer declared, kept" end)") end),
(.failures[] | "failed version=\(.version) release=\(.release) at=\(.at): \(.reason)"),
(.held // empty | "held version=\(.version) since=\(.since): newer, left alone because an older one was chosen"),
(if .healthy then empty else "next: journalctl -t slipway -n 50; sudo slipway converge" end)
