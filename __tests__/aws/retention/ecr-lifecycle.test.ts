import { expired, type LifecycleRule, type StoredImage } from "./ecr-lifecycle.ts";

type Selection = LifecycleRule["selection"];
const image = (digest: string, pushed: number, ...tags: string[]): StoredImage => ({ digest, pushed, tags });
const count = (tagPrefixList: string[], countNumber: number): Selection => ({
  ...{ tagStatus: "tagged", tagPrefixList, countType: "imageCountMoreThan", countNumber },
});
const patterns = (tagPatternList: string[], countNumber: number): Selection => ({
  ...{ tagStatus: "tagged", tagPatternList, countType: "imageCountMoreThan", countNumber },
});
const untagged = (countNumber: number): Selection => ({
  ...{ tagStatus: "untagged", countType: "sinceImagePushed", countNumber },
});
const every = (countNumber: number): Selection => ({
  ...{ tagStatus: "any", countType: "imageCountMoreThan", countNumber },
});

// AWS's own examples: user guide, lifecycle_policy_examples, and the evaluation rules of LifecyclePolicies
test.each<[string, Selection[], StoredImage[], string[]]>([
  ["keeps the youngest by push", [count(["v"], 1)], [image("a", 1, "v1"), image("b", 2, "v2")], ["a"]],
  ["counts what matches alone", [count(["v"], 1)], [image("a", 1, "v1"), image("b", 2, "x")], []],
  [
    "asks for each prefix, of one tag or several",
    [count(["a", "b"], 1)],
    [...[image("1", 1, "a1", "b1"), image("2", 2, "a2"), image("3", 3, "a3", "b3")]],
    ["1"],
  ],
  [
    "matches a pattern whole",
    [patterns(["v*.0"], 1)],
    [...[image("1", 1, "v1.0"), image("2", 2, "v1x0"), image("3", 3, "v1.0.1"), image("4", 4, "v2.0")]],
    ["1"],
  ],
  [
    "lets an age pass that is reached, not one that is over it",
    [untagged(5)],
    [...[image("a", 5), image("b", 4), image("c", 1, "v1")]],
    ["b"],
  ],
  [
    "does not expire by a later rule what an earlier one matched",
    [count(["alpha"], 1), count(["beta"], 1)],
    [...[image("A", 1, "beta-1", "alpha-1"), image("B", 2, "beta-2"), image("C", 3, "beta-3")]],
    ["B"],
  ],
  [
    "counts in a later rule what an earlier one matched",
    [count(["alpha"], 9), count(["beta"], 1)],
    [...[image("A", 1, "beta-1"), image("B", 2, "beta-2", "alpha-2")]],
    ["A"],
  ],
  [
    "expires by an earlier rule what a later one would keep",
    [count(["alpha"], 1), count(["beta"], 1)],
    [...[image("A", 1, "alpha-1", "beta-1"), image("B", 2, "alpha-2")]],
    ["A"],
  ],
  [
    "counts what an earlier rule expires",
    [count(["alpha"], 1), every(2)],
    [...[image("A", 1, "alpha-1"), image("B", 2, "alpha-2"), image("C", 3, "beta-1")]],
    ["A"],
  ],
  [
    "keeps what a list names that stays",
    [untagged(5)],
    [{ ...image("list", 1, "v1"), members: ["a"] }, ...[image("a", 1), image("b", 1)]],
    ["b"],
  ],
  [
    "lets go of what a list names that goes",
    [count(["v"], 1), untagged(5)],
    [{ ...image("list", 1, "v1"), members: ["a"] }, ...[image("a", 1), image("next", 2, "v2")]],
    ["list", "a"],
  ],
])("%s", (_, selections, images, gone) => {
  const rules = selections.map((selection, place) => ({ rulePriority: place + 1, selection }));
  expect(expired(rules, images, 10)).toEqual(new Set(gone));
  // the order in which they are written is nothing
  expect(expired([...rules].reverse(), [...images].reverse(), 10)).toEqual(new Set(gone));
});
