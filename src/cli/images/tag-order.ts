import { SemanticVersion } from "../../values/semantic-version.ts";

const CONTENT_TAG = /^sha-[0-9a-f]{64}$/;

/** Versions first, the highest of them at the top, then names such as `latest`, then tags of contents. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  if (left && right) return right.compare(left) || (a < b ? -1 : 1);
  if (left || right) return left ? -1 : 1;
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** The version that a tag is; nothing of one that is none. A `v` in front is how some write it. */
function versionOf(tag: string): SemanticVersion | undefined {
  try {
    return SemanticVersion.parse(tag.replace(/^v(?=\d)/, ""));
  } catch {
    return undefined;
  }
}

function rank(tag: string): number {
  return CONTENT_TAG.test(tag) ? 2 : /^\d/.test(tag) ? 0 : 1;
}

/** Tags for people: what has a content's 64 digits by the first of them. */
export function tagText(tag: string): string {
  return CONTENT_TAG.test(tag) ? tag.slice(0, "sha-".length + 12) : tag;
}

/** Whether a tag stands for one image for good: a version, or a content. */
export function isFixed(tag: string): boolean {
  return CONTENT_TAG.test(tag) || versionOf(tag) !== undefined;
}
