# Shows what a command says as it comes. Read by the scripts of steps that build or push.
# shellcheck shell=sh

newline='
'

# streamed WORD…: runs a command whose lines are seen as they come, and leaves all of them in $said. Why: an apply shows
# what a step says while it works, and a build or a push of minutes says how far it is.
streamed() {
  {
    said=$(
      {
        "$@" 2>&1
        printf '\n%s' "$?"
      } | {
        while IFS= read -r line; do
          printf '%s\n' "$line"
          [ -z "$line" ] || printf '%s\n' "$line" >&3
        done
        printf '%s' "$line"
      }
    )
  } 3>&1
  status=${said##*"$newline"}
  said=${said%"$newline"*}
  return "$status"
}
