# What the agent puts onto its host beside itself: Nginx's and Docker's configuration, and their units' drop-ins. They
# come with the agent, so that a change of them needs no new instance.
# shellcheck shell=sh

HOST_FILES=$AGENT/host

# Puts what differs into place and tells those whom it concerns; once an agent, and again after a power cut.
set_up() {
  [ "$(cat "$STATE/set-up" 2>/dev/null)" != "$AGENT_SHA" ] || return 0
  put_changed_files || {
    problem="the host's files cannot be written: is the disk full?"
    return 75
  }
  put_first_generation
  ! grep -q /systemd/ "$RUN/put" || systemctl daemon-reload
  docker=start nginx=start
  ! grep -q /docker/ "$RUN/put" || docker=restart
  ! grep -q /nginx.conf "$RUN/put" || nginx=reload-or-restart
  systemctl enable docker nginx 2>/dev/null
  # without the lock's descriptor, which a daemon would hold for ever
  systemctl "$docker" docker 9>&- || {
    problem="the Docker Engine does not start: systemctl status docker"
    return 75
  }
  { nginx -t -q -c "$ROOT/etc/nginx/nginx.conf" && systemctl "$nginx" nginx; } 9>&- || {
    problem="nginx does not start: systemctl status nginx; nginx -t"
    return 75
  }
  rm -f "$RUN/put"
  echo "$AGENT_SHA" | keep "$STATE/set-up"
}

# Leaves the paths of what it has put in $RUN/put.
put_changed_files() {
  find "$HOST_FILES" -type f -printf '%P\n' >"$RUN/host-files"
  while read -r file; do
    cmp -s "$HOST_FILES/$file" "$ROOT/$file" && continue
    install -D -m 644 "$HOST_FILES/$file" "$ROOT/$file.new" && mv "$ROOT/$file.new" "$ROOT/$file" || return 1
    echo "/$file"
  done <"$RUN/host-files" >>"$RUN/put"
}

# What Nginx serves before the first release: nothing. Neither it nor Docker starts before the link is there.
put_first_generation() {
  [ -e "$LIVE" ] || {
    mkdir -p "$GENERATIONS/0" && cp "$AGENT"/first/* "$GENERATIONS/0/"
    chmod 711 "$STATE" "$GENERATIONS" "$GENERATIONS/0"
    chmod 644 "$GENERATIONS"/0/*
    ln -sfn "$GENERATIONS/0" "$LIVE"
  }
  [ -e "$ROOT/etc/nginx/slipway" ] || ln -s "$LIVE" "$ROOT/etc/nginx/slipway"
}
