import { lifecyclePolicy } from "../../src/aws/lifecycle-policy.ts";

test("keeps releases by number and forgets untagged images by age", () => {
  expect(JSON.parse(lifecyclePolicy({ keepReleases: 5, expireUntaggedAfterDays: 3 }))).toEqual({
    rules: [
      {
        rulePriority: 1,
        description: "what a host serves or may go back to stays",
        selection: {
          tagStatus: "tagged",
          tagPrefixList: ["release-"],
          countType: "imageCountMoreThan",
          countNumber: 9999,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: "untagged images go after 3 days",
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 3 },
        action: { type: "expire" },
      },
      {
        rulePriority: 3,
        description: "the newest 5 releases stay",
        selection: { tagStatus: "tagged", tagPrefixList: ["sha-"], countType: "imageCountMoreThan", countNumber: 5 },
        action: { type: "expire" },
      },
    ],
  });
});

test.each([
  [{ keepReleases: 0 }, /releases to keep must be a whole number from 1 to 10000, got 0/],
  [{ keepReleases: 1.5 }, /releases to keep/],
  [{ expireUntaggedAfterDays: -1 }, /days of untagged images must be a whole number/],
])("refuses %j", (intent, message) => expect(() => lifecyclePolicy(intent)).toThrow(message));
