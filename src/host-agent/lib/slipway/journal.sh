# What a person reads: each line goes to standard output and to the journal.
# shellcheck shell=sh

say() {
  printf 'slipway: %s\n' "$*"
  # systemd keeps what its units print, and so it says to what they start, Run Command among it, whose output goes elsewhere
  [ "$(stat -Lc %d:%i "/proc/$$/fd/1")" = "${JOURNAL_STREAM:-}" ] || logger -t slipway -- "$*" 2>/dev/null || :
}

one_line() { printf %s "$1" | tr -s '\n' ' ' | cut -c 1-600; }

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

changed_at() { date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ; }

short() { printf %.12s "$1"; }
