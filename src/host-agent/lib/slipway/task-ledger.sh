# Tasks of a release on this host, and which have run: that stands in a parameter of its own, so that an instance which
# replaces this one knows it. A line a task that has run, NAME SPEC; the oldest go when it is full.
# shellcheck shell=sh disable=SC2154 # the core sets variables

MOST_LEDGER=4000 # characters, of the 4096 that a parameter of the standard tier holds
LAST_LINES=40    # of a log that an apply prints: Run Command keeps 24000 characters

d_ledger() {
  ask_aws ssm AmazonSSM.GetParameter "$(jq -nc --arg name "$(of_manifest .taskLedger)" '{ Name: $name }')" || {
    problem="which tasks have run cannot be read: $problem"
    return 75
  }
  printf %s "$answer" | jq -r .Parameter.Value
}

d_record() {
  kept=$(awk -v most="$MOST_LEDGER" '{ line[NR] = $0 } END {
    for (first = NR; first > 0 && (size += length(line[first]) + 1) <= most; first--);
    while (++first <= NR) print line[first]
  }')
  ask_aws ssm AmazonSSM.PutParameter "$(jq -nc --arg name "$(of_manifest .taskLedger)" --arg value "$kept" \
    '{ Name: $name, Value: $value, Overwrite: true }')" || return 75
}

# What an earlier run left of it is gone by now.
d_task() {
  instance=slipway.task.$1 slot=''
  start_candidate "$1"
}

d_follow() { docker logs --follow "$1" 2>&1 | tail -n "$LAST_LINES" | cut -c 1-300; }
