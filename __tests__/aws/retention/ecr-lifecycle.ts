/** An image as ECR's evaluation of a lifecycle policy sees it. */
export interface StoredImage {
  readonly digest: string;
  /** In days. */
  readonly pushed: number;
  readonly tags: readonly string[] | ReadonlySet<string>;
  /** The digests of what it lists, where it is a manifest list. @default - it is none */
  readonly members?: readonly string[];
}

/** A rule of a policy, as in its JSON. */
export interface LifecycleRule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countNumber: number;
  };
}

/**
 * The digests that a policy expires, as AWS documents its evaluation: an image goes by one rule or by none; what matches a
 * rule's tags is out of reach of each rule behind it, and counts there all the same; a list of prefixes or patterns
 * matches where each of them is met by some tag; the youngest by push are kept; what a manifest list names stays as long
 * as the list does.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function expired(rules: readonly LifecycleRule[], images: readonly StoredImage[], now: number): Set<string> {
  const youngest = [...images].sort((a, b) => b.pushed - a.pushed);
  const gone = new Set<string>();
  const decided = new Set<string>();
  for (const { selection } of [...rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const matching = youngest.filter(({ tags }) => matches(selection, [...tags]));
    const { countType, countNumber } = selection;
    const marked =
      countType === "imageCountMoreThan"
        ? matching.slice(countNumber)
        : matching.filter(({ pushed }) => now - pushed > countNumber);
    for (const { digest } of marked) if (!decided.has(digest)) gone.add(digest);
    for (const { digest } of matching) decided.add(digest);
  }
  for (const { digest, members = [] } of images) {
    if (!gone.has(digest)) for (const member of members) gone.delete(member);
  }
  return gone;
}

function matches({ tagStatus, tagPrefixList, tagPatternList }: LifecycleRule["selection"], tags: readonly string[]) {
  if (tagStatus === "any") return true;
  if (tagStatus === "untagged") return tags.length === 0;
  const met = tagPatternList
    ? tagPatternList.map(pattern)
    : (tagPrefixList ?? []).map((prefix) => (tag: string) => tag.startsWith(prefix));
  return met.length > 0 && met.every((test) => tags.some(test));
}

function pattern(text: string): (tag: string) => boolean {
  const regex = new RegExp(`^${text.split("*").map(escapeText).join(".*")}$`);
  return (tag) => regex.test(tag);
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
