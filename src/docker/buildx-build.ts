import { join } from "node:path";
import { DataDockerRegistryImage } from "@cdktf/provider-docker/lib/data-docker-registry-image";
import type { Construct } from "constructs";
import { stagedCopy } from "../terraform/staged-file.ts";
import { Step } from "../terraform/step.ts";
import { templateMap, templateText } from "../terraform/template-text.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import type { RemoteContext } from "../values/remote-context.ts";
import { shellWord } from "../values/shell-word.ts";
import { fields } from "./build-options.ts";
import type { DeclaredBuild } from "./declared-build.ts";
import { CONTENT_LABEL, DockerEngine } from "./docker-engine.ts";
import { remoteEnvironment } from "./image-context.ts";
import { buildSecretBlocks } from "./image-dockerfile.ts";

/** The part of a script by which a step shows what a command says as it comes. */
export const STREAMED = join(__dirname, "streamed.sh");

/**
 * A build by `docker buildx` that pushes what it builds, as a step of the apply; returns the digest, a reference. Why
 * for all that not every version of the provider honours: several platforms, caches, attestations, keys and builders
 * work alike on every engine then, and nothing that is declared is passed over in silence. The digest is read from the
 * registry and not from the build, of which the next machine has no trace.
 */
export function buildByBuildx(scope: Construct, declared: DeclaredBuild): string {
  const { repository, contentId, pushUri, fixedTags, mutableTags, options } = declared;
  const engine = DockerEngine.of(scope);
  engine.login(repository);
  const script = stagedCopy(scope, join(__dirname, "buildx-build.sh"));
  const platforms = options.platforms.join(",");
  const ready = [...repository.ready, ...declared.bases.flatMap((base) => base.repository.ready)];
  const step = new Step(scope, "Resource", {
    command: ["sh", script, ...buildWords(scope, declared).map(shellWord)].map(templateText).join(" "),
    triggers: {
      repository: repository.identity ?? pushUri,
      content: contentId,
      tags: [...fixedTags, ...mutableTags],
    },
    environment: {
      // What is attested is declared; a builder's own default would make every build of a content another digest.
      BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
      ...(declared.context === undefined ? {} : { SLIPWAY_CONTEXT: declared.context }),
      SLIPWAY_DOCKERFILE: declared.dockerfile,
      SLIPWAY_STREAMED: stagedCopy(scope, STREAMED),
      ...fetch(scope, declared.remote),
      SLIPWAY_PUSH: pushUri,
      SLIPWAY_CONTENT: contentId,
      SLIPWAY_LABEL: CONTENT_LABEL,
      SLIPWAY_FIXED: fixedTags.join(" "),
      SLIPWAY_MUTABLE_TAGS: mutableTags.join(" "),
      // On one's own machine a version is in the making, and a change of one byte is to be seen.
      ...(RegistryAddress.parse(repository.registry.address).isLoopback ? { SLIPWAY_MOVES: "1" } : {}),
      ...(platforms === "" ? {} : { SLIPWAY_PLATFORMS: platforms }),
      ...(options.builder === undefined ? {} : { SLIPWAY_BUILDER: options.builder }),
      ...(options.needs.length === 0 ? {} : { SLIPWAY_NEEDS: options.needs.join(", ") }),
      ...engine.environment,
    },
    dependsOn: ready,
    // A repository cannot be there twice under its name.
    createBeforeDestroy: false,
  });
  const dependsOn = [step, ...repository.ready];
  const name = `${pushUri}:${fixedTags[0]}`;
  return (
    repository.push?.({ scope, contentId, fixedTags, mutableTags, dependsOn }) ??
    new DataDockerRegistryImage(scope, "Pushed", { name, dependsOn }).sha256Digest
  );
}

function fetch(scope: Construct, remote: RemoteContext | undefined): Record<string, string> {
  if (remote === undefined) return {};
  const script = stagedCopy(scope, join(__dirname, "remote-context.sh"));
  return { SLIPWAY_FETCH: script, ...templateMap(remoteEnvironment(scope, remote)) };
}

/** What the build is told beside its tags, its context and its builder. */
function buildWords(scope: Construct, declared: DeclaredBuild): string[] {
  const { args, labels, target, options, noCache, secrets } = declared;
  const pairs = (option: string, map: Readonly<Record<string, string>>) =>
    Object.keys(map)
      .sort()
      .flatMap((name) => [option, `${name}=${map[name]}`]);
  return [
    ...(options.platforms.length === 0 ? [] : ["--platform", options.platforms.join(",")]),
    ...(target === undefined ? [] : ["--target", target]),
    ...pairs("--build-arg", args),
    ...pairs("--label", labels),
    ...buildSecretBlocks(scope, secrets).flatMap((secret) => ["--secret", fields(secret)]),
    ...(options.network === undefined ? [] : ["--network", options.network]),
    ...(noCache ? ["--no-cache"] : []),
    ...(options.buildx ?? []),
  ];
}
