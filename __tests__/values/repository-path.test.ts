import fc from "fast-check";
import { ImageReference } from "../../src/values/image-reference.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { RepositoryPath } from "../../src/values/repository-path.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each([
  ["app", ["app"]],
  ["team/netflix-movie-catalog", ["team", "netflix-movie-catalog"]],
  ["a/b_c/d__e/f.g/h---i/0", ["a", "b_c", "d__e", "f.g", "h---i", "0"]],
  ["a".repeat(255), ["a".repeat(255)]],
])("%s is read", (text, components) => {
  const path = RepositoryPath.parse(text);
  expect(path.toString()).toBe(text);
  expect(path.components).toEqual(components);
  expect(path.equals(RepositoryPath.parse(text))).toBe(true);
  expect(path.equals(RepositoryPath.parse("other"))).toBe(false);
});

const NAMES = "must have names of lower-case letters, digits, dots, dashes and underscores";
const EDGES = "must have names that begin and end with a letter or a digit";
const SEPARATORS = "must have one dot, one or two underscores or any number of dashes between letters and digits";
const SLASHES = "must have a name before, between and after its slashes";

test.each([
  ["", "must not be empty", 'write it like "team/app"'],
  ["Team/App", "must be lower case", 'use "team/app"'],
  ["Team/App+", NAMES, 'replace "T"'],
  ["https://ghcr.io/team/app", "must not be a URL", 'write it like "team/app"'],
  ["app:1.4.2", "must not have a tag or a port", "the version belongs to the image, the port to the registry"],
  ["localhost:5000/app", "must not have a tag or a port", "the version belongs to the image, the port to the registry"],
  ["app@sha256:0123", "must not have a digest", "pin the image, not its repository"],
  ["/app", SLASHES, 'write it like "team/app"'],
  ["app/", SLASHES, 'write it like "team/app"'],
  ["team//app", SLASHES, 'write it like "team/app"'],
  ["team app", NAMES, 'replace " " (U+0020)'],
  ["café", NAMES, 'replace "é" (U+00E9)'],
  ["${name}", NAMES, 'replace "$"'],
  ["-app", EDGES, '"-app" does not'],
  ["team/app.", EDGES, '"app." does not'],
  ["a..b", SEPARATORS, '"a..b" has others'],
  ["a___b", SEPARATORS, '"a___b" has others'],
  ["a-_b", SEPARATORS, '"a-_b" has others'],
  ["a".repeat(256), "must have at most 255 characters", "it has 256"],
])("%j is refused: %s, %s", (text, rule, remedy) => {
  expect(refusal(() => RepositoryPath.parse(text))).toMatchObject({
    subject: "repository path",
    got: text,
    rule,
    remedy,
  });
});

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => RepositoryPath.parse(value as string));
});

test("a text is a path exactly where a reference on another registry has it as its path", () => {
  const texts = fc.oneof(
    fc.array(fc.constantFrom(..."aB0._-/:@+ ", "__", "--"), { maxLength: 12 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
  );
  const outcome = (task: () => string | undefined) => {
    try {
      return task();
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      return undefined;
    }
  };
  fc.assert(
    fc.property(texts, (text) => {
      const asReference = outcome(() => {
        const { path, tag, digest } = ImageReference.parse(`registry.example.com/${text}`);
        return tag === undefined && digest === undefined ? path : undefined;
      });
      expect(outcome(() => RepositoryPath.parse(text).toString())).toBe(asReference);
    }),
    fuzzRuns,
  );
});
