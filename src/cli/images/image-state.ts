import { CONTENT_LABEL } from "../../values/engine-label.ts";
import type { DeclaredImage } from "./declared-images.ts";
import type { EngineImage } from "./image-engine.ts";
import type { ImageRun } from "./image-runs.ts";
import type { RegistryImage } from "./registry-image.ts";
import { short } from "./table.ts";

/** Everything that is known of where an image is. */
export interface Known {
  readonly registry?: RegistryImage;
  /** The digest there, where that alone was asked for. */
  readonly registryDigest?: string;
  /** Why the registry could not be asked. */
  readonly problem?: string;
  readonly images: readonly EngineImage[];
  readonly runs: readonly ImageRun[];
}

/** A declared image and where it is; `--json` prints it as it stands. */
export interface ImageState {
  readonly name: string;
  readonly path: string;
  readonly stack: string;
  readonly kind: DeclaredImage["kind"];
  readonly version?: string;
  readonly contentId?: string;
  readonly tags: readonly string[];
  /** In the registry, else as this engine has it. */
  readonly digest?: string;
  readonly id?: string;
  /** Bytes: compressed, as the registry has them, else as this engine does. */
  readonly size?: number;
  readonly created?: string;
  readonly platforms: readonly string[];
  readonly registry: "there" | "missing" | "unknown";
  readonly engine: boolean;
  /** The services that run it, by their paths. */
  readonly runs: readonly string[];
  /** What has other content than the registry, a sentence each. */
  readonly differences: readonly string[];
  readonly problem?: string;
}

/** What is known of a declared image, in one. */
export function imageState(
  image: DeclaredImage,
  { registry, registryDigest, problem, images, runs }: Known,
): ImageState {
  const inRegistry = registry?.manifest.digest ?? registryDigest;
  const here = images.find((each) => isOf(each, image, inRegistry));
  const hereDigest = here === undefined ? undefined : digestIn(here.digests, image);
  const digest = inRegistry ?? (image.wanted.startsWith("sha256:") ? image.wanted : hereDigest);
  const own = runs.filter(({ path }) => image.users.includes(path));
  const same = digest === undefined ? [] : runs.filter((run) => digestIn(namesOf(run), image) === digest);
  const differences = [
    ...(inRegistry !== undefined && hereDigest !== undefined && hereDigest !== inRegistry
      ? [`this engine has ${short(hereDigest)}, the registry ${short(inRegistry)}`]
      : []),
    ...own.flatMap((run) => {
      const runs = digestIn(namesOf(run), image);
      return inRegistry === undefined || runs === undefined || same.includes(run)
        ? []
        : [`${run.path} runs ${short(runs)}, the registry has ${short(inRegistry)}`];
    }),
  ];
  const { side } = registry ?? {};
  return {
    ...{ name: image.name, path: image.path, stack: image.stack, kind: image.kind, tags: image.tags },
    ...given({ version: image.version, contentId: image.contentId, digest, problem }),
    ...given({ id: side?.configDigest ?? here?.id, size: side?.size ?? here?.size }),
    ...given({ created: side?.configuration.created ?? here?.created }),
    platforms: registry?.platforms ?? image.platforms,
    registry: inRegistry !== undefined ? "there" : problem === undefined ? "missing" : "unknown",
    engine: here !== undefined,
    runs: [...new Set(same.map(({ path }) => path))].sort(),
    differences,
  };
}

function isOf(engineImage: EngineImage, image: DeclaredImage, inRegistry: string | undefined): boolean {
  const { tags, digests, labels } = engineImage;
  const digest = inRegistry ?? image.wanted;
  return (
    (image.contentId !== undefined && labels[CONTENT_LABEL] === image.contentId) ||
    digests.includes(`${image.name}@${digest}`) ||
    tags.includes(`${image.name}:${image.wanted}`)
  );
}

/** The digest that one of these names has in the image's own repository. */
function digestIn(names: readonly string[], { name, place }: DeclaredImage): string | undefined {
  const own = [name, `${place.domain}/${place.path}`].map((each) => `${each}@`);
  const found = names.find((each) => own.some((start) => each.startsWith(start)));
  return found?.split("@").at(-1);
}

function namesOf({ image, names }: ImageRun): string[] {
  return [image, ...names];
}

function given<T extends object>(facts: T): Partial<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<T>;
}
