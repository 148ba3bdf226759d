import type { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { RegistryImage as DockerRegistryImage } from "@cdktf/provider-docker/lib/registry-image";
import { Tag as DockerTag } from "@cdktf/provider-docker/lib/tag";
import type { Construct } from "constructs";
import { dependencies } from "../terraform/template-text.ts";
import { DockerEngine } from "./docker-engine.ts";
import type { IRepository } from "./registry.ts";

/** A built image and the tags that it gets in its repository. */
export interface ProviderPush {
  readonly repository: IRepository;
  readonly build: DockerImage;
  readonly contentId: string;
  /** Host, port and path that pushes go to. */
  readonly pushUri: string;
  /** The content's own tag first; the build is named by it already. */
  readonly tags: readonly string[];
}

/** The Docker provider's own push of every tag; returns the digest of the first, a reference. */
export function pushByProvider(
  scope: Construct,
  { repository, build, contentId, pushUri, tags }: ProviderPush,
): string {
  DockerEngine.of(scope).login(repository);
  const triggers = { content: contentId };
  const push = new DockerRegistryImage(scope, "Push", {
    name: build.name,
    keepRemotely: true,
    triggers,
    dependsOn: dependencies([build, ...repository.ready]),
  });
  for (const tag of tags.slice(1)) {
    const target = `${pushUri}:${tag}`;
    const alias = new DockerTag(scope, `Tag-${tag}`, {
      sourceImage: build.name,
      targetImage: target,
      dependsOn: dependencies([build]),
    });
    new DockerRegistryImage(scope, `Push-${tag}`, {
      name: target,
      keepRemotely: true,
      triggers,
      dependsOn: dependencies([alias, push]),
    });
  }
  return push.sha256Digest;
}
