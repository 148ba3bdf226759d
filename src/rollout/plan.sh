# What a release asks of each service, by what serves and by what the last release noted; a part of core.sh.
# shellcheck shell=sh disable=SC2034,SC2094,SC2154 # fields of a line are read by name; files are read, never written, while they are read

# Reads the line of service $1 from file $2 (else $SERVICES) into spec, port, kind, target, expect, host, timeout, patience,
# order.
r_line() {
  spec=''
  line=$(grep "^$1$R_TAB" "${2:-$SERVICES}") || return 1
  IFS=$R_TAB read -r _ spec port kind target expect host timeout patience order <<LINE
$line
LINE
}

# Says of each service what the release asks of it: "NAME WHY INSTANCE", where WHY is
#   new     another spec, or nothing served: a new container, which must become healthy
#   demand  another health check, or one that no release has noted yet: the container that runs must pass it; where it
#           does not run, new
#   lost    as it was, but it does not run, or is to be renewed: a new container, which the release does not wait for
#   same    nothing
r_plan() {
  d_serving >"$WORK/serving" || return
  d_recall services >"$WORK/noted" || : >"$WORK/noted"
  r_resume_halted
  while IFS=$R_TAB read -r name spec _ <&3; do
    read -r instance running <<SERVING
$(sed -n "s/^$name //p" "$WORK/serving")
SERVING
    state=''
    [ "$running" != "$spec" ] || state=$(d_state "$instance")
    if [ "$running" != "$spec" ]; then
      why=new
    elif [ "$(grep "^$name$R_TAB" "$WORK/noted")" != "$(grep "^$name$R_TAB" "$SERVICES")" ]; then
      if [ "$state" = running ]; then why=demand; else why=new; fi
    elif [ "$state" != running ] || r_is_renewed "$name"; then
      why=lost
    else
      why=same
    fi
    echo "$name $why ${instance:--}" >>"$WORK/plan"
  done 3<"$SERVICES"
  r_find_leaving
}

r_is_renewed() { case " ${RENEW:-} " in *" $1 "*) return 0 ;; *) return 1 ;; esac }

# Whether there is nothing to do: the release by its id, the containers by what they are, the tasks by the ledger, and the
# front by what it answers itself.
r_serves_already() { [ ! -s "$WORK/due" ] && ! grep -qv ' same ' "$WORK/plan" && d_serves "$release"; }
