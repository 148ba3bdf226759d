import fc from "fast-check";
import { ImageReference, ImageReferenceError } from "../../src/values/image-reference.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

/** Milliseconds after which a text counts as hanging the parser; how fast it is, bench/ says. */
const HANG = 5_000;

const chars = (alphabet: string, size: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...alphabet), ...size });

const LOWER = "abcxyz0189";
const alphanumeric = chars(LOWER, { minLength: 1, maxLength: 6 });
const separator = fc.constantFrom(".", "_", "__", "-", "--", "---");
const component = fc
  .tuple(alphanumeric, fc.array(fc.tuple(separator, alphanumeric), { maxLength: 3 }))
  .map(([first, rest]) => first + rest.flat().join(""));
const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => components.join("/"));
const label = fc
  .tuple(chars(`${LOWER}AZ`, { minLength: 1, maxLength: 5 }), chars(`${LOWER}-`, { minLength: 0, maxLength: 5 }))
  .map(([first, rest]) => first + rest.replace(/-+$/, ""));
const host = fc.oneof(
  fc.constantFrom("localhost", "docker.io", "index.docker.io", "[::1]", "127.0.0.1"),
  fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join(".")),
);
const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined });
const domain = fc.tuple(host, port).map(([name, number]) => (number === undefined ? name : `${name}:${number}`));
const tag = fc
  .tuple(chars(`${LOWER}AZ_`, { minLength: 1, maxLength: 1 }), chars(`${LOWER}AZ_.-`, { minLength: 0, maxLength: 127 }))
  .map((parts) => parts.join(""));
const digest = fc
  .constantFrom<[string, number]>(["sha256", 64], ["sha384", 96], ["sha512", 128])
  .chain(([algorithm, length]) =>
    chars("0123456789abcdef", { minLength: length, maxLength: length }).map((hex) => `${algorithm}:${hex}`),
  );

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const parts = fc.record({ domain: optional(domain), path, tag: optional(tag), digest: optional(digest) });
const valid = parts.map(
  ({ domain, path, tag, digest }) =>
    (domain === undefined ? "" : `${domain}/`) +
    path +
    (tag === undefined ? "" : `:${tag}`) +
    (digest === undefined ? "" : `@${digest}`),
);

// Valid texts with a few characters changed get further into the parser than noise does.
const damaged = fc
  .tuple(valid, fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.string({ unit: "binary", maxLength: 2 })), { maxLength: 4 }))
  .map(([text, edits]) =>
    edits.reduce((current, [position, drop, insert]) => {
      const at = position % (current.length + 1);
      return current.slice(0, at) + insert + current.slice(at + drop);
    }, text),
  );
const grammarBits = fc
  .array(fc.constantFrom(..."aZ0._-/:@[] \n", "__", "localhost", "docker.io", "sha256:", "İ", "\ud800", "://"), {
    maxLength: 12,
  })
  .map((bits) => bits.join(""));
const anyText = fc.oneof(valid, damaged, grammarBits, fc.string({ unit: "binary", maxLength: 300 }));

/** The reference, or undefined where the text is refused; any other error fails the property. */
function read(text: string): ImageReference | undefined {
  try {
    return ImageReference.parse(text);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    return undefined;
  }
}

test("what the grammar makes is read into the same parts", () => {
  fc.assert(
    fc.property(parts, domain, (given, writtenDomain) => {
      const writtenPath = given.path;
      const text = `${writtenDomain}/${writtenPath}${given.tag ? `:${given.tag}` : ""}${given.digest ? `@${given.digest}` : ""}`;
      const reference = ImageReference.parse(text);
      const onDockerHub = writtenDomain === "docker.io" || writtenDomain === "index.docker.io";
      expect(reference.domain).toBe(onDockerHub ? "docker.io" : writtenDomain);
      expect(reference.path).toBe(onDockerHub && !writtenPath.includes("/") ? `library/${writtenPath}` : writtenPath);
      expect(reference.tag).toBe(given.tag);
      expect(reference.digest).toBe(given.digest);
    }),
    fuzzRuns,
  );
});

test("parse(toString(x)) is x, for every text that is read", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const reference = read(text);
      if (!reference) return;
      const again = ImageReference.parse(reference.toString());
      expect({ ...again }).toEqual({ ...reference });
      expect(ImageReference.compare(again, reference)).toBe(0);
    }),
    fuzzRuns,
  );
});

test("a familiar form is read into the same reference, unless it looks like another registry's", () => {
  fc.assert(
    fc.property(valid, (text) => {
      const reference = ImageReference.parse(text);
      const first = reference.familiarName.split("/")[0] ?? "";
      const ambiguous =
        reference.domain === "docker.io" && reference.familiarName.includes("/") && /[.:]|^localhost$/.test(first);
      if (!ambiguous) expect(ImageReference.parse(reference.familiar).equals(reference)).toBe(true);
    }),
    fuzzRuns,
  );
});

test("no text crashes the parser, and every refusal says a rule and a remedy", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        ImageReference.parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageReferenceError);
        const { rule, remedy, suggestion } = error as ImageReferenceError;
        expect(rule).toMatch(/^(?:must|has) /);
        expect(remedy).toBeTruthy();
        if (suggestion !== undefined) expect(read(suggestion)).toBeDefined();
      }
    }),
    fuzzRuns,
  );
});

test("comparison orders any three references one way", () => {
  const reference = valid.map((text) => ImageReference.parse(text));
  fc.assert(
    fc.property(reference, reference, reference, (a, b, c) => {
      expect(Math.sign(ImageReference.compare(a, b)) + Math.sign(ImageReference.compare(b, a))).toBe(0);
      const [x, y, z] = [a, b, c].sort(ImageReference.compare) as [ImageReference, ImageReference, ImageReference];
      expect(ImageReference.compare(x, y)).toBeLessThanOrEqual(0);
      expect(ImageReference.compare(y, z)).toBeLessThanOrEqual(0);
      expect(ImageReference.compare(x, z)).toBeLessThanOrEqual(0);
      expect(ImageReference.compare(a, b) === 0).toBe(a.equals(b));
    }),
    fuzzRuns,
  );
});

describe("no text of 16,000 characters takes 20 ms", () => {
  const LENGTH = 16_000;
  const fill = (beginning: string, fragment: string, end: string) => {
    const length = LENGTH - beginning.length - end.length;
    return beginning + fragment.repeat(Math.ceil(length / fragment.length)).slice(0, length) + end;
  };
  const beginnings = ["", "docker.io/", "a@sha256:", "a:", "[", "https://"];
  const fragments = ["a", "A", "-", "_", ".", "a-", "a.", "a/", "a:", "@a:", "/", ":", "İ", " ", "://", "@sha256:a:"];
  const ends = ["", "!", "/", " ", `@sha256:${"0".repeat(64)}`];

  test.each(fragments)("made of %j", (fragment) => {
    for (const beginning of beginnings) {
      for (const end of ends) {
        const text = fill(beginning, fragment, end);
        expect(text).toHaveLength(LENGTH);
        // The best of five: other work on the machine slows a run down, nothing speeds one up.
        const times = Array.from({ length: 5 }, () => {
          const start = performance.now();
          read(text);
          return performance.now() - start;
        });
        expect(Math.min(...times)).toBeLessThan(HANG);
      }
    }
  });
});
