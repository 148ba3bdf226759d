/** A policy of a repository, as far as images with tags are its business. */
export interface LifecyclePolicy {
  readonly rules: readonly {
    readonly rulePriority: number;
    readonly selection: {
      readonly tagStatus: string;
      readonly tagPrefixList?: readonly string[];
      readonly countType: string;
      readonly countNumber: number;
    };
  }[];
}

/** An image of a repository, with its tags. */
export interface KeptImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly created: string;
}

/**
 * The digests that a policy lets go: by its rules in their order, the newest first, and what one rule has matched no other
 * looks at.
 */
export function expiredDigests({ rules }: LifecyclePolicy, images: readonly KeptImage[]): Set<string> {
  const left = [...images].sort((a, b) => (a.created < b.created ? 1 : -1));
  const expired = new Set<string>();
  for (const { selection } of [...rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const { tagStatus, tagPrefixList = [], countType, countNumber } = selection;
    if (tagStatus !== "tagged" || countType !== "imageCountMoreThan") continue;
    const matched = left.filter(({ tags }) =>
      tagPrefixList.some((prefix) => tags.some((tag) => tag.startsWith(prefix))),
    );
    for (const image of matched) left.splice(left.indexOf(image), 1);
    for (const { digest } of matched.slice(countNumber)) expired.add(digest);
  }
  return expired;
}
