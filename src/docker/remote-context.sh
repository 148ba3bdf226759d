# Fetches a build context that is kept elsewhere and holds it against what it is pinned to, into a folder that goes when
# the script that reads this one ends. Why not the builder's own way: it looks at no checksum of an archive, engines
# before 23 know no folder of a repository, and a builder elsewhere has neither the deployer's keys nor helpers.
#
# Runs where Terraform runs; needs sh and, for git, git, for an archive curl and tar.
#
#   SLIPWAY_REMOTE_GIT       the commit, for a repository of git
#   SLIPWAY_REMOTE_SHA256    the digits of the checksum, for an archive
#   SLIPWAY_REMOTE_URL       where it is
#   SLIPWAY_REMOTE_HOST      the host of that, which alone is shown the token
#   SLIPWAY_REMOTE_FOLDER    the folder of it that is built, if not all
#   SLIPWAY_TOKEN_VARIABLE   the name of the variable that holds a token, if one opens it
#   SLIPWAY_TOKEN_FILE       the file that holds it, if not a variable does
# shellcheck shell=sh

# Sets $context to the fetched folder.
fetch_context() {
  fetched=$(mktemp -d) || fail "cannot make a temporary folder"
  trap 'rm -rf "$fetched"' EXIT
  trap 'exit 1' HUP INT TERM
  # One content, whoever fetches it.
  umask 022
  context=$fetched/context
  mkdir "$context"
  read_token
  if [ -n "${SLIPWAY_REMOTE_GIT:-}" ]; then fetch_repository; else fetch_archive; fi
  # The build needs none of it.
  unset token SLIPWAY_TOKEN GIT_ASKPASS
  [ -z "${SLIPWAY_REMOTE_FOLDER:-}" ] || [ -d "$context/$SLIPWAY_REMOTE_FOLDER" ] ||
    fail "$SLIPWAY_REMOTE_URL has no folder $SLIPWAY_REMOTE_FOLDER, at its top are: $(top_of "$context")"
  context=$context${SLIPWAY_REMOTE_FOLDER:+/$SLIPWAY_REMOTE_FOLDER}
}

top_of() {
  # shellcheck disable=SC2012 # for people
  ls -A "$1" | head -n 20 | paste -s -d ' ' -
}

read_token() {
  token=''
  if [ -n "${SLIPWAY_TOKEN_VARIABLE:-}" ]; then
    eval "token=\${$SLIPWAY_TOKEN_VARIABLE:-}"
    [ -n "$token" ] || fail "the variable $SLIPWAY_TOKEN_VARIABLE is to hold the token for $SLIPWAY_REMOTE_HOST and is not set: export it and apply again"
  elif [ -n "${SLIPWAY_TOKEN_FILE:-}" ]; then
    token=$(cat "$SLIPWAY_TOKEN_FILE") || fail "cannot read $SLIPWAY_TOKEN_FILE, which is to hold the token for $SLIPWAY_REMOTE_HOST"
  fi
}

fetch_repository() {
  command -v git >/dev/null 2>&1 || fail "the git command is missing, which fetches $SLIPWAY_REMOTE_URL: install git and apply again"
  # A hook of git's may have started all this.
  unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
  export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}"
  set --
  if [ -n "$token" ]; then
    # Not by an option, which every user of the machine can read; and for this host alone, whatever the submodules are.
    # shellcheck disable=SC2016 # for the script that git runs
    printf '#!/bin/sh\ncase $1 in\n  Username*"://$SLIPWAY_REMOTE_HOST'"'"'"*) echo x-access-token ;;\n  Password*"@$SLIPWAY_REMOTE_HOST'"'"'"*) printf "%%s\\n" "$SLIPWAY_TOKEN" ;;\n  *) exit 1 ;;\nesac\n' >"$fetched/askpass"
    chmod 700 "$fetched/askpass"
    export GIT_ASKPASS="$fetched/askpass" SLIPWAY_TOKEN="$token" SLIPWAY_REMOTE_HOST
    set -- -c credential.helper=
  fi
  commit=$SLIPWAY_REMOTE_GIT
  format=''
  [ ${#commit} -eq 40 ] || format=--object-format=sha256
  run_git init --quiet $format "$context"
  run_git -C "$context" remote add origin "$SLIPWAY_REMOTE_URL"
  if ! said=$(git "$@" -C "$context" fetch --quiet --depth 1 origin "$commit" 2>&1); then
    case $said in
      # A server that gives no single commit.
      *"not our ref"* | *"unadvertised object"* | *"shallow"*)
        run_git "$@" -C "$context" fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'
        ;;
      *) refuse_git ;;
    esac
  fi
  run_git "$@" -c core.autocrlf=false -c advice.detachedHead=false -C "$context" checkout --quiet "$commit"
  [ "$(git -C "$context" rev-parse HEAD)" = "$commit" ] ||
    fail "$commit of $SLIPWAY_REMOTE_URL is no commit: a tag of its own has another number, git rev-parse TAG^{commit} prints the commit's"
  [ ! -f "$context/.gitmodules" ] ||
    run_git "$@" -C "$context" submodule --quiet update --init --recursive --depth 1
  # Nothing of it is content, and it holds when it was fetched.
  find "$context" -name .git -prune -exec rm -rf {} +
}

run_git() { said=$(git "$@" 2>&1) || refuse_git; }

refuse_git() {
  words=$(printf '%s\n' "$said" | grep -v '^ *$' | tail -n 1)
  case $said in
    *"could not read Username"* | *"could not read Password"* | *"uthentication failed"* | *"Permission denied"* | *"error: 403"*)
      fail "$SLIPWAY_REMOTE_URL lets nobody in without a login: name a token's variable by token, or let git's credential helper or ssh's agent have one; git said: $words"
      ;;
    *"not our ref"* | *"find remote ref"* | *"reference is not a tree"* | *"unable to read tree"* | *"did not match any"*)
      fail "$SLIPWAY_REMOTE_URL has no commit $SLIPWAY_REMOTE_GIT: git ls-remote $SLIPWAY_REMOTE_URL prints what it has; git said: $words"
      ;;
    *) fail "cannot fetch $SLIPWAY_REMOTE_URL: git said: $words" ;;
  esac
}

fetch_archive() {
  for program in curl tar; do
    command -v $program >/dev/null 2>&1 || fail "the $program command is missing, which fetches $SLIPWAY_REMOTE_URL: install it and apply again"
  done
  case $SLIPWAY_REMOTE_URL in https:*) set -- --proto-redir '=https' ;; *) set -- ;; esac
  # By a file of options that only this user reads: every user of the machine can read a command's words.
  (umask 077 && : >"$fetched/options")
  [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\n' "$token" >"$fetched/options"
  said=$(curl --config "$fetched/options" --fail --silent --show-error --location --retry 3 "$@" \
    --output "$fetched/archive" --url "$SLIPWAY_REMOTE_URL" 2>&1) ||
    fail "cannot fetch $SLIPWAY_REMOTE_URL: $(printf '%s\n' "$said" | tail -n 1)"
  found=$( (sha256sum "$fetched/archive" 2>/dev/null || shasum -a 256 "$fetched/archive" 2>/dev/null) | cut -d ' ' -f 1)
  [ "$found" = "$SLIPWAY_REMOTE_SHA256" ] ||
    fail "$SLIPWAY_REMOTE_URL has the checksum sha256:${found:-unknown}, not sha256:$SLIPWAY_REMOTE_SHA256: what is there is another archive than the one that was declared; look it over, then declare its checksum"
  said=$(tar --no-same-owner --no-same-permissions -xf "$fetched/archive" -C "$context" 2>&1) ||
    fail "$SLIPWAY_REMOTE_URL is no archive that tar reads: $(printf '%s\n' "$said" | tail -n 1)"
}
