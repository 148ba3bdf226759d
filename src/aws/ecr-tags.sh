# How a step puts tags on an image that is in ECR already. Read by the steps' scripts after aws-cli.sh.
# shellcheck shell=sh disable=SC2154 # aws-cli.sh sets $answer, $problem and $problem_kind

# ask_ecr URI VERB OPTION…: asks the registry of the repository URI, in its own region.
ask_ecr() {
  registry=${1%%/*} repository=${1#*/} verb=$2
  shift 2
  stack_region=$SLIPWAY_REGION
  SLIPWAY_REGION=${registry#*.dkr.ecr.}
  SLIPWAY_REGION=${SLIPWAY_REGION%%.*}
  asked=0
  ask ecr "$verb" --registry-id "${registry%%.*}" --repository-name "$repository" "$@" || asked=1
  SLIPWAY_REGION=$stack_region
  return "$asked"
}

# put_tags URI DIGEST TAG…: puts the tags on the image with its manifest as it is, byte for byte; otherwise $problem says
# why not. A tag that stands for this very image already is as good.
put_tags() {
  uri=$1 image=$2
  shift 2
  [ $# -gt 0 ] || return 0
  ask_ecr "$uri" batch-get-image --image-ids "imageDigest=$image" --output json \
    --accepted-media-types application/vnd.oci.image.index.v1+json application/vnd.oci.image.manifest.v1+json \
    application/vnd.docker.distribution.manifest.list.v2+json application/vnd.docker.distribution.manifest.v2+json \
    --query 'images[0].{imageManifest:imageManifest,imageManifestMediaType:imageManifestMediaType}' || {
    problem="cannot read $uri@$image: $problem"
    return 1
  }
  [ "$answer" != null ] || {
    problem="$uri@$image is not there any more: apply again"
    return 1
  }
  manifest=$(mktemp) || fail "cannot write a temporary file"
  trap 'rm -f "$manifest"' EXIT
  printf '%s\n' "$answer" >"$manifest"
  for tag; do
    ask_ecr "$uri" put-image --image-tag "$tag" --image-digest "$image" --cli-input-json "file://$manifest" \
      --query 'image.imageId.imageDigest' || [ "$problem_kind" = ImageAlreadyExistsException ] || {
      problem="cannot put the tag $tag on $uri@$image: $problem"
      rm -f "$manifest"
      return 1
    }
  done
  rm -f "$manifest"
}
