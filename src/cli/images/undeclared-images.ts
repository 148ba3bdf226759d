import type { RegistryContent } from "../registry-content.ts";
import type { DeclaredImage } from "./declared-images.ts";
import { tagDigests } from "./tag-digests.ts";
import { byVersion } from "./tag-order.ts";

/** Something that a registry keeps, and no stack declares. */
export interface UndeclaredImage {
  readonly name: string;
  readonly digest: string;
  readonly tags: readonly string[];
}

/**
 * What the repositories of built images keep beside what is declared, by digest. What a host holds by a tag is listed,
 * too: it is no longer declared, and may be what a rollback serves.
 *
 * @param images whose repositories are looked into
 * @param declared by every stack: two may keep their images in one repository
 */
export async function undeclaredImages(
  content: RegistryContent,
  images: readonly DeclaredImage[],
  declared: readonly DeclaredImage[],
): Promise<UndeclaredImage[]> {
  const repositories = new Map(images.filter(({ kind }) => kind !== "pulled").map(({ name, place }) => [name, place]));
  const found = await Promise.all(
    [...repositories].map(async ([name, place]) => {
      const own = declared.filter((image) => image.name === name);
      const meant = new Set(own.flatMap(({ tags, wanted }) => [...tags, wanted]));
      const byDigest = new Map<string, string[]>();
      for (const [tag, digest] of await tagDigests(content, place, await content.tags(place)))
        byDigest.set(digest, [...(byDigest.get(digest) ?? []), tag]);
      return [...byDigest]
        .filter(([digest, tags]) => ![digest, ...tags].some((each) => meant.has(each)))
        .map(([digest, tags]) => ({ name, digest, tags: tags.sort(byVersion) }));
    }),
  );
  return found.flat().sort((a, b) => (a.name === b.name ? byTag(a, b) : a.name < b.name ? -1 : 1));
}

function byTag({ tags: [a = ""] }: UndeclaredImage, { tags: [b = ""] }: UndeclaredImage): number {
  return byVersion(a, b);
}
