# What a person reads: each line goes to standard output and to the journal.
# shellcheck shell=sh

say() {
  printf 'slipway: %s\n' "$*"
  # systemd already sends standard output of its units to the journal
  [ -n "${JOURNAL_STREAM:-}" ] || logger -t slipway -- "$*" 2>/dev/null || :
}

one_line() { printf %s "$1" | tr -s '\n' ' ' | cut -c 1-600; }

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

short() { printf %.12s "$1"; }
