import fc from "fast-check";
import { ecrRepositoryName } from "../../src/aws/ecr-repository-name.ts";

test.each(["cats", "team/netflix-movie-catalog", "a.b_c-d/e1", "1a", "x".repeat(256)])("takes %s", (name) => {
  expect(ecrRepositoryName(name)).toBe(name);
});

test.each([
  ["Cats", 'use "cats"'],
  ["a__b", 'use "a_b"'],
  ["-cats", 'use "cats"'],
  ["team//cats", "must be lower-case letters"],
  ["cats:1", 'use "cats-1"'],
  ["a", "must have 2 to 256 characters"],
  ["x".repeat(257), "must have 2 to 256 characters"],
  ["", "must have 2 to 256 characters"],
])("refuses %j", (name, message) => expect(() => ecrRepositoryName(name)).toThrow(message));

test("what it proposes it takes", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "B", "1", ".", "-", "_", "/", ":", " "), minLength: 2, maxLength: 12 }),
      (name) => {
        try {
          ecrRepositoryName(name);
        } catch (error) {
          const meant = /use "(.*)"$/.exec((error as Error).message)?.[1];
          if (meant && meant.length >= 2) expect(ecrRepositoryName(meant)).toBe(meant);
        }
      },
    ),
  );
});
