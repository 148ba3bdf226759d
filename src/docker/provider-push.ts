import type { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { RegistryImage as DockerRegistryImage } from "@cdktf/provider-docker/lib/registry-image";
import { Tag as DockerTag } from "@cdktf/provider-docker/lib/tag";
import type { Construct } from "constructs";
import type { Platform } from "../values/platform.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { DockerEngine } from "./docker-engine.ts";
import type { IRepository } from "./registry.ts";
import { checkVersionTag } from "./version-tag.ts";

/** A built image and the tags that it gets in its repository. */
export interface ProviderPush {
  readonly repository: IRepository;
  readonly build: DockerImage;
  readonly contentId: string;
  /** Host, port and path that pushes go to. */
  readonly pushUri: string;
  /** The content's own tag first, by which the build is named already, and the version's. */
  readonly fixedTags: readonly string[];
  /** Tags that stood for another release until now. */
  readonly mutableTags: readonly string[];
  readonly platform?: Platform;
}

/** The Docker provider's own push of every tag; returns the digest of the first, a reference. */
export function pushByProvider(
  scope: Construct,
  { repository, build, contentId, pushUri, fixedTags, mutableTags, platform }: ProviderPush,
): string {
  DockerEngine.of(scope).login(repository);
  const [, version] = fixedTags;
  const check =
    version === undefined
      ? []
      : [
          checkVersionTag(scope, {
            name: `${pushUri}:${version}`,
            contentId,
            // On one's own machine a version is in the making, and a change of one byte is to be seen.
            moves: RegistryAddress.parse(repository.registry.address).isLoopback,
            platform,
            dependsOn: repository.ready,
          }),
        ];
  const triggers = { content: contentId };
  const push = new DockerRegistryImage(scope, "Push", {
    name: build.name,
    keepRemotely: true,
    triggers,
    dependsOn: [build, ...repository.ready, ...check],
  });
  for (const tag of [...fixedTags.slice(1), ...mutableTags]) {
    const target = `${pushUri}:${tag}`;
    const alias = new DockerTag(scope, `Tag-${tag}`, {
      sourceImage: build.name,
      targetImage: target,
      // The check pulls what the tag stands for, which then has its name on the engine.
      dependsOn: [build, ...check],
    });
    new DockerRegistryImage(scope, `Push-${tag}`, {
      name: target,
      keepRemotely: true,
      triggers,
      dependsOn: [alias, push],
    });
  }
  return push.sha256Digest;
}
