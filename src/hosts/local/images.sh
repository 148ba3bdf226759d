# The images that a host on a Docker engine no longer needs: those that none of its last $I_KEEP releases had and no
# container uses. Only what this stack built is removed, by the names that its push gave it. What the host has had is a
# note in the volume of Nginx, beside what the core keeps:
#
#   RELEASE IMAGE   an image of one of the last releases that were live, the newest last
#   - IMAGE         one that containers of this host had, and none of those releases
#
# IMAGE is the id that the engine says of a container. Nothing here fails a release: what cannot be removed is said, and
# tried again by the next one.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # templates look like the shell's variables; the core and the driver read and set variables

I_KEEP=${SLIPWAY_KEEP:-3} # as many as a release keeps where nothing is declared
I_FACTS='{{println (index .Config.Labels "dev.slipway.stack")}}{{println (index .Config.Labels "dev.slipway.content")}}
{{- range .RepoTags}}{{println .}}{{end}}{{range .RepoDigests}}{{println .}}{{end}}'

# The image of the container $1, which is about to be removed: nothing else would tell of it.
i_remember() {
  image=$(l_inspect '{{.Image}}' "$1") && l_inside "$image" 2>/dev/null <<'END'
mkdir -p "$1/notes" && echo "- $2" >>"$1/notes/images"
END
}

# Prints the ids of this host's containers, those among them that Terraform is about to remove.
i_containers() {
  docker ps --all --filter label=dev.slipway.construct --format '{{.ID}} {{.Label "dev.slipway.construct"}}' |
    awk 'index(substr($0, index($0, " ") + 1), ENVIRON["SLIPWAY_HOST"] "/") == 1 { print $1 }'
}

# The lines of a note in the order of releases: older ones than the last become images alone, and each is said once.
i_books() {
  awk -v keep="$I_KEEP" '
    NF == 2 { line[++lines] = $0 }
    NF == 2 && $1 != "-" && !($1 in number) { number[$1] = ++releases }
    END {
      for (i = 1; i <= lines; i++) {
        split(line[i], word, " ")
        if (word[1] != "-" && number[word[1]] > releases - keep) needed[word[2]] = 1
      }
      for (i = 1; i <= lines; i++) {
        split(line[i], word, " ")
        if (word[1] == "-" || number[word[1]] <= releases - keep) {
          if (word[2] in needed) continue
          line[i] = "- " word[2]
        }
        if (!(line[i] in said)) print line[i]
        said[line[i]] = 1
      }
    }'
}

d_accept() {
  d_recall images >"$WORK/noted-images" || : >"$WORK/noted-images"
  # shellcheck disable=SC2046 # one word a container
  {
    grep -v "^$SLIPWAY_RELEASE " "$WORK/noted-images"
    l_inspect '{{.Image}}' $(i_containers) | sed 's/^/- /'
    l_inspect '{{.Image}}' $(cut -d ' ' -f 2 "$CONTAINERS") | sed "s/^/$SLIPWAY_RELEASE /"
  } | i_books >"$WORK/images"
  [ "$(cat "$WORK/images")" = "$(cat "$WORK/noted-images")" ] || i_note "$WORK/images"
}

i_note() { d_note images <"$1" || say "which images its releases have had is not noted: $problem"; }

# Removes what the last releases did not have. What a container uses, running or not, is left for a later release: the
# engine would take away its names all the same.
i_prune() {
  grep '^- ' "$WORK/images" >"$WORK/former" || return 0
  stack=$(l_inspect '{{index .Config.Labels "dev.slipway.stack"}}' "$NGINX") || return 0
  # shellcheck disable=SC2046 # one word a container
  l_inspect '{{.Image}}' $(docker ps --all --quiet) | sort -u >"$WORK/used"
  grep -q . "$WORK/used" || return 0 # Nginx's is among them, wherever the engine has answered
  : >"$WORK/removed"
  while read -r _ image <&3; do
    grep -qxF "$image" "$WORK/used" || ! i_remove "$image" || echo "- $image" >>"$WORK/removed"
  done 3<"$WORK/former"
  [ -s "$WORK/removed" ] || return 0
  grep -vxFf "$WORK/removed" "$WORK/images" >"$WORK/left"
  i_note "$WORK/left"
}

# 0 where nothing of the image $1 is there any more that this host may remove.
i_remove() {
  said=$(docker image inspect --format "$I_FACTS" "$1" 2>&1) || {
    i_is_gone "$1"
    return
  }
  names=$(printf '%s\n' "$said" | i_names "$1")
  for name in $names; do
    said=$(docker image rm "$name" 2>&1) || i_is_gone "$name" || return
  done
  [ -z "$names" ] || say "removed the image $(printf '%s\n' "$names" | head -n 1), which none of the last $I_KEEP releases had"
}

# Engines say both "No such image" and "no such image"; a name may have gone with the one before it.
i_is_gone() {
  case $said in *"o such image"*) return 0 ;; esac
  say "the image $1 stays: $(printf '%s\n' "$said" | tail -n 1)"
  return 1
}

# By which names the image $1 with these facts is removed, tags first; nothing where another built it. A repository is the
# stack's where it has the content's tag. Without any tag it is one too, from which the image was pulled by digest. The
# rest is somebody else's, and keeps what it names.
i_names() {
  awk -v id="$1" -v stack="$stack" '
    NR == 1 { ours = stack != "" && $0 == stack; next }
    NR == 2 { content = $0; ours = ours && content ~ /^[0-9a-f]+$/; next }
    $0 == "" { next }
    {
      name[++names] = $0
      repository[names] = $0
      if (sub(/@.*/, "", repository[names]) == 0) {
        sub(/:[^:\/]*$/, "", repository[names])
        tagged[repository[names]] = 1
        if ($0 == repository[names] ":sha-" content) built[repository[names]] = 1
      }
    }
    END {
      if (!ours) exit
      if (names == 0) print id
      for (i = 1; i <= names; i++)
        if (repository[i] in built || !(repository[i] in tagged)) print name[i]
    }'
}
