# The login that the deployer's docker has for a registry, in its configuration or in a credential helper. Read where
# Terraform runs, by what asks a registry itself; needs jq.
# shellcheck shell=sh

# k_login ADDRESS: prints NAME:PASSWORD; not 0 where there is none.
k_login() {
  k_file=${DOCKER_CONFIG:-$HOME/.docker}/config.json
  [ -r "$k_file" ] || return
  case $1 in
    docker.io) set -- https://index.docker.io/v1/ registry-1.docker.io docker.io ;;
    *) set -- "$1" "https://$1" ;;
  esac
  for k_server; do
    k_helper=$(jq -r --arg server "$k_server" '.credHelpers[$server]? // .credsStore // empty' "$k_file")
    [ -z "$k_helper" ] || k_said=$(printf %s "$k_server" | "docker-credential-$k_helper" get 2>/dev/null) || k_said=''
    [ -z "$k_helper" ] || k_said=$(printf %s "$k_said" | jq -r 'select(.Username != "<token>") | "\(.Username):\(.Secret)"')
    [ -n "${k_said:-}" ] || k_said=$(jq -r --arg server "$k_server" '.auths[$server]?.auth // empty | @base64d' "$k_file")
    [ -z "$k_said" ] || break
  done
  printf %s "$k_said"
  [ -n "$k_said" ]
}
