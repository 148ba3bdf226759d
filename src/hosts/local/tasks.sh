# Tasks on a Docker engine. Terraform has made the container of each and not started it; which have run stands in the
# volume of Nginx, beside what the core keeps, and goes with it.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # Nginx's variables look like the shell's; the core reads and sets variables

d_ledger() {
  problem="Nginx's container does not answer: docker logs $NGINX"
  l_inside <<'END' || return 75
[ ! -e "$1/notes/tasks" ] || cat "$1/notes/tasks"
END
  problem=''
}

d_record() { d_note tasks; }

# What an apply that was killed left running, be it of an earlier content of the task.
l_stop_tasks() {
  while IFS=$R_TAB read -r name _ <&3; do
    docker ps --filter "label=dev.slipway.construct=$SLIPWAY_HOST/$name/Container" --format '{{.Names}}' >"$WORK/running"
    while read -r each <&4; do
      say "$name: stopping $each, an earlier run was cut off"
      d_halt "$each" || return
    done 4<"$WORK/running"
  done 3<"$TASKS"
}

# One that an earlier release left is run once more as it is: Terraform, which made it, would not find another.
d_task() {
  instance=$(sed -n "s/^$1 //p" "$CONTAINERS")
  l_inspect '{{.State.FinishedAt}}' "$instance" >"$WORK/ended-$1"
  problem=$(docker start "$instance" 2>&1 >/dev/null) || return 1
}

# Of the run that this release began.
d_follow() {
  ended=$(cat "$WORK/ended-$(sed -n "s/ $1\$//p" "$CONTAINERS")")
  case $ended in 0001-*) set -- "$1" ;; *) set -- --since "$ended" "$1" ;; esac
  docker logs --follow "$@" 2>&1
}
