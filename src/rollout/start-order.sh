# In which order the new containers start, where services depend on others; a part of core.sh. What waits for another
# service stands in $WORK/blocked, as the plan has it.
# shellcheck shell=sh disable=SC2154 # the core sets variables

# Begins what file $1 has lines of, and lets neighbours find it who need it.
r_launch() {
  known=$(cat "$WORK/introduced")
  r_start "$1" || return
  [ "$(cat "$WORK/introduced")" = "$known" ] || r_introduce
}

# Begins what file $1 has lines of, as the plan has them.
r_start() {
  # shellcheck disable=SC2094 # r_block compares the name of the file that is read here, and writes to another
  while read -r name why serving <&3; do
    if [ "$why" = same ] || r_is_missing "$name"; then continue; fi
    if r_is_deferred; then
      echo "$name $why $serving" >>"$WORK/deferred"
    elif r_is_blocked; then
      r_block "$1" || return
    else
      r_begin || return
    fi
  done 3<"$1"
}

# Whether $name waits with its new container for one that it depends on, which is $needed then: until that is healthy, where
# the release changes it. A restore requires nothing, so that one which it gave up is not waited for.
r_is_blocked() {
  [ "$why" != demand ] && [ -s "${DEPENDS:-/dev/null}" ] || return 1
  for needed in $(sed -n "s/^$name$R_TAB//p" "$DEPENDS" | tr , ' '); do
    grep -q "^$needed same " "$WORK/plan" || grep -q "^$needed " "$WORK/healthy" && continue
    [ "$mode" = restore ] && r_is_missing "$needed" || return 0
  done
  return 1
}

# Lets $name wait, unless what it depends on has been given up.
r_block() {
  if r_is_missing "$needed"; then
    r_cannot_depend
  else
    [ "$1" = "$WORK/freed" ] || say "$name: starts when $needed is healthy"
    echo "$name $why $serving" >>"$WORK/blocked"
  fi
}

r_cannot_depend() {
  problem="depends on $needed, which is not healthy"
  r_cannot_start 1
}

# Begins what need not wait any more, and what depends on that alone.
r_unblock() {
  while [ -s "$WORK/blocked" ]; do
    mv "$WORK/blocked" "$WORK/freed"
    : >"$WORK/blocked"
    r_launch "$WORK/freed" || return
    [ "$(cat "$WORK/freed")" != "$(cat "$WORK/blocked")" ] || return 0
  done
}

# When everything has been begun that can be, nothing goes live without what still waits.
r_refuse_blocked() {
  while read -r name why serving <&3; do
    ! r_is_blocked || r_cannot_depend || return
  done 3<"$WORK/blocked"
}
