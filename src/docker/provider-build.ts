import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import type { Construct } from "constructs";
import { templateMap } from "../terraform/template-text.ts";
import type { DeclaredBuild } from "./declared-build.ts";
import { DockerEngine } from "./docker-engine.ts";
import { buildSecretBlocks } from "./image-dockerfile.ts";
import { pushByProvider } from "./provider-push.ts";
import type { PulledImage } from "./pulled-image.ts";

/** The Docker provider's own build, and the push of what it leaves on the engine; returns the digest, a reference. */
export function buildByProvider(scope: Construct, declared: DeclaredBuild): string {
  const { repository, contentId, pushUri, fixedTags, mutableTags, options } = declared;
  const name = `${pushUri}:${fixedTags[0]}`;
  const [platform] = options.platforms;
  const labels = templateMap(declared.labels);
  const build = new DockerImage(scope, "Resource", {
    name,
    dependsOn: declared.bases.map((base, index) => basePull(scope, index, base)),
    keepLocally: true,
    platform: platform?.toString(),
    buildAttribute: {
      context: declared.context as string,
      dockerfile: declared.dockerfile,
      buildArgs: templateMap(declared.args),
      target: declared.target,
      label: labels,
      labels,
      platform: platform?.toString(),
      networkMode: options.network,
      noCache: declared.noCache,
      secrets: buildSecretBlocks(scope, declared.secrets),
    },
  });
  const push = { contentId, fixedTags, mutableTags, platform };
  const dependsOn = [build, ...repository.ready];
  return (
    repository.push?.({ ...push, scope, builtName: name, dependsOn }) ??
    pushByProvider(scope, { ...push, repository, build, pushUri })
  );
}

/**
 * A pull of a base image before the build. Why apart: the engine's builder gets no login for a private FROM, but finds
 * what is there already.
 */
function basePull(scope: Construct, index: number, base: PulledImage): DockerImage {
  DockerEngine.of(scope).login(base.repository);
  return new DockerImage(scope, `Base-${index + 1}`, {
    name: base.reference,
    keepLocally: true,
    platform: base.platform?.toString(),
  });
}
