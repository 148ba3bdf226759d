import { InvalidValueError } from "../values/invalid-value-error.ts";

const MOST_FILTERS = 5;
const MOST_WILDCARDS = 2;
const FILTER = /^[A-Za-z0-9._*-]{1,128}$/;

/**
 * Returns `filters` if ECR takes them as exceptions from immutable tags.
 *
 * @throws InvalidValueError
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html
 */
export function checkMutableTags(filters: readonly string[]): readonly string[] {
  if (filters.length > MOST_FILTERS) {
    throw new InvalidValueError({
      subject: "mutable tags",
      rule: `must be ${MOST_FILTERS} at most`,
      got: filters.length,
    });
  }
  for (const got of filters) {
    const wildcards = got.split("*").length - 1;
    if (FILTER.test(got) && wildcards <= MOST_WILDCARDS && !/^\*+$/.test(got)) continue;
    const rule = `must be a tag, with ${MOST_WILDCARDS} wildcards at most`;
    throw new InvalidValueError({ subject: "mutable tag", rule, got, remedy: 'write it like "latest" or "1.*"' });
  }
  return filters;
}

/** Whether one of `filters` lets `tag` move. */
export function isMutable(filters: readonly string[], tag: string): boolean {
  return filters.some((filter) => new RegExp(`^${filter.replace(/[.]/g, "\\.").replace(/\*/g, ".*")}$`).test(tag));
}
