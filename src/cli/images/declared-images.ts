import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { containersOf } from "../../review/declared-lists.ts";
import { type ModelImage, readModel } from "../../review/model.ts";
import { DESCRIPTION_FILE } from "../../terraform/stack-description.ts";
import { ImageReference } from "../../values/image-reference.ts";
import { nearest } from "../../values/nearest-word.cjs";
import type { Place } from "../registry-session.ts";
import { stackNames, unknownStack } from "../stack-names.ts";

/** An image that a stack declares. */
export interface DeclaredImage {
  readonly stack: string;
  /** The construct's path. */
  readonly path: string;
  readonly kind: "built" | "pulled" | "promoted";
  readonly place: Place;
  /** The repository's name as Docker shows it. */
  readonly name: string;
  readonly version?: string;
  readonly contentId?: string;
  /** Every tag that the declaration gives it. */
  readonly tags: readonly string[];
  /** What the declaration means in the registry: the content's own tag, or a digest, or, where nothing pins it, a tag. */
  readonly wanted: string;
  readonly platforms: readonly string[];
  /** The TCP ports that its Dockerfile exposes, where synth knows them. */
  readonly exposedPorts?: readonly number[];
  /** The stage of its Dockerfile, where it is not the last. */
  readonly target?: string;
  /** Paths of the services, tasks and schedules that run it, below their hosts'. */
  readonly users: readonly string[];
}

/** What was typed names no image that is declared, or several; the message says which there are. */
export class UnknownImageError extends Error {
  readonly exitStatus = 2;
}

/** The images of every stack of an app, or of one, as its last synth described them. */
export class DeclaredImages {
  /** @param output the app's output folder @throws for a stack that there is not */
  static read(output: string, stack?: string): DeclaredImages {
    const names = stackNames(output);
    if (stack !== undefined) {
      const problem = unknownStack(stack, names);
      if (problem !== undefined) throw new UnknownImageError(problem);
    }
    const read = stack === undefined ? names : [stack];
    const images = read.flatMap((name) => imagesOf(join(output, "stacks", name)));
    return new DeclaredImages(
      images.filter((image) => typeof image !== "string"),
      names,
      images.filter((image) => typeof image === "string"),
    );
  }

  constructor(
    readonly all: readonly DeclaredImage[],
    private readonly stacks: readonly string[],
    /** Paths of those whose repository Terraform alone knows. */
    readonly unknown: readonly string[] = [],
  ) {}

  /** Those of a repository. */
  in({ domain, path }: Place): DeclaredImage[] {
    return this.all.filter(({ place }) => place.domain === domain && place.path === path);
  }

  /** The one that a person means: by its construct's path or id, its repository's name or the last part of that, with a tag or without. */
  find(typed: string): DeclaredImage {
    const found = this.all.filter((image) => wordsFor(image).includes(typed));
    // Two constructs of one image are one image here.
    const [only] = found;
    if (only && found.every(({ name, wanted }) => name === only.name && wanted === only.wanted)) return only;
    if (only)
      throw new UnknownImageError(
        `image ${typed} may be each of ${found.map(({ path }) => path).join(", ")}: name it by its path`,
      );
    throw unknownOf(
      "image",
      typed,
      this.all.flatMap(wordsFor),
      this.all.map(({ path }) => path),
    );
  }

  /** The images that a person means by one's name or by a stack's. */
  several(typed: string): DeclaredImage[] {
    if (!this.stacks.includes(typed)) return [this.find(typed)];
    return this.all.filter(({ stack }) => stack === typed);
  }

  /** The repository that a person means, by its name or its last part, or by an image of it. */
  repository(typed: string): Place {
    const found = this.all.filter((image) => repositoryWords(image).includes(typed) || wordsFor(image).includes(typed));
    const [only] = found;
    if (only && found.every(({ name }) => name === only.name)) return only.place;
    if (only)
      throw new UnknownImageError(`repository ${typed} may be each of ${names(found).join(", ")}: name it whole`);
    throw unknownOf("repository", typed, this.all.flatMap(repositoryWords), names(this.all));
  }
}

/** A path in place of an image whose repository Terraform alone knows. */
function imagesOf(folder: string): (DeclaredImage | string)[] {
  const file = join(folder, DESCRIPTION_FILE);
  if (!existsSync(file)) return [];
  const { stack, images, hosts } = readModel(JSON.parse(readFileSync(file, "utf8")));
  const uses = hosts.flatMap((host) =>
    containersOf(host.release).map(({ name, image }) => ({ image, path: `${host.path}/${name}` })),
  );
  return images.map((image) => {
    const users = uses.filter((use) => use.image === image.path).map(({ path }) => path);
    return image.repository.includes("${") ? image.path : declaredImage(stack, image, users);
  });
}

function declaredImage(stack: string, image: ModelImage, users: readonly string[]): DeclaredImage {
  const { path, repository, version, contentId, promotedFrom, declared, reference, tags = [], platforms } = image;
  const { domain, path: at, familiarName: name } = ImageReference.parse(repository);
  const [, digest] = /@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
  const tag = declared === undefined ? undefined : ImageReference.parse(declared).tag;
  const kind = promotedFrom !== undefined ? "promoted" : contentId !== undefined ? "built" : "pulled";
  const wanted = kind === "built" ? `sha-${contentId}` : (digest ?? tag ?? "latest");
  const named = version ?? tag;
  const own = tags.length > 0 || named === undefined ? tags : [named];
  const { exposedPorts, target } = image;
  return {
    ...{ stack, path, kind, place: { domain, path: at }, name, wanted, platforms, users, tags: own },
    ...(version === undefined ? {} : { version }),
    ...(contentId === undefined ? {} : { contentId }),
    ...(exposedPorts === undefined ? {} : { exposedPorts }),
    ...(target === undefined ? {} : { target }),
  };
}

function repositoryWords({ name, place }: DeclaredImage): string[] {
  return [...new Set([name, `${place.domain}/${place.path}`, place.path, place.path.split("/").at(-1) as string])];
}

function wordsFor(image: DeclaredImage): string[] {
  const repositories = repositoryWords(image);
  const tagged = image.tags.flatMap((tag) => repositories.map((name) => `${name}:${tag}`));
  return [image.path, image.path.split("/").at(-1) as string, ...repositories, ...tagged];
}

function names(images: readonly DeclaredImage[]): string[] {
  return [...new Set(images.map(({ name }) => name))];
}

function unknownOf(what: string, typed: string, words: readonly string[], list: readonly string[]): UnknownImageError {
  const meant = nearest(typed, words);
  const there = list.length === 0 ? "no stack here declares one" : `there are ${list.join(", ")}`;
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  return new UnknownImageError(`${what} must be one that a stack declares, got ${typed}: ${there}${hint}`);
}
