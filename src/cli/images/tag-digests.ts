import type { RegistryContent } from "../registry-content.ts";
import type { Place } from "../registry-session.ts";

const AT_ONCE = 8;

/** What tags stand for, asked some at a time; a tag that went meanwhile is left out. */
export async function tagDigests(
  content: RegistryContent,
  place: Place,
  tags: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const left = [...tags];
  const ask = async () => {
    for (let tag = left.shift(); tag !== undefined; tag = left.shift()) {
      const digest = await content.digestOf(place, tag);
      if (digest !== undefined) found.set(tag, digest);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return new Map(tags.flatMap((tag) => (found.has(tag) ? [[tag, found.get(tag) as string]] : [])));
}
