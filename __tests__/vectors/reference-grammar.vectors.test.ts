import { Digest } from "../../src/values/digest.ts";
import { ImageReference } from "../../src/values/image-reference.ts";
import { LONGEST_PATH, readReference, referenceGrammar } from "../../src/values/reference-grammar.ts";
import { compare, referenceCases } from "./reference-cases.ts";

function accepts(task: () => unknown): boolean {
  try {
    task();
    return true;
  } catch {
    return false;
  }
}

const REFERENCE = ImageReference.parse("python");

test.each([
  ["regexp-domain.json", "domain"],
  ["regexp-identifier.json", "identifier"],
] as const)("%s: what a whole text matches", (file, part) => {
  compare(file, referenceCases<{ input: string; match: boolean }>(file), (row) => [
    referenceGrammar[part].test(row.input),
    row.match,
  ]);
});

test("regexp-name.json: domain and path", () => {
  compare(
    "regexp-name.json",
    referenceCases<{ input: string; match: boolean; subs?: string[] }>("regexp-name.json"),
    (row) => {
      const match = referenceGrammar.name.exec(row.input);
      const parts = match && row.subs ? [match[1] ?? "", match[2]] : undefined;
      return [
        [match !== null, parts],
        [row.match, row.subs],
      ];
    },
  );
});

test("regexp-reference.json: name, tag and digest", () => {
  compare(
    "regexp-reference.json",
    referenceCases<{ input: string; match: boolean; subs?: string[] }>("regexp-reference.json"),
    (row) => {
      const [whole, domain, path, tag = "", digest = ""] = referenceGrammar.reference.exec(row.input) ?? [];
      const name = domain === undefined ? path : `${domain}/${path}`;
      return [whole === undefined ? false : [name, tag, digest], row.match ? row.subs : false];
    },
  );
});

test("domain-and-path.json", () => {
  compare(
    "domain-and-path.json",
    referenceCases<{ input: string; domain: string; path: string }>("domain-and-path.json"),
    (row) => {
      return [readReference(row.input), { domain: row.domain, path: row.path }];
    },
  );
});

test("with-name-failure.json: a name has neither tag nor digest", () => {
  compare(
    "with-name-failure.json",
    referenceCases<{ input: string; error: string }>("with-name-failure.json"),
    (row) => {
      const path = referenceGrammar.name.exec(row.input)?.[2];
      if (path === undefined) return ["INVALID_FORMAT", row.error];
      return [path.length > LONGEST_PATH ? "NAME_TOO_LONG" : "accepted", row.error];
    },
  );
});

test("components.json: tags, digests, names, references", () => {
  const isValid = {
    tag: (text: string) => accepts(() => REFERENCE.withTag(text)),
    digest: (text: string) => accepts(() => REFERENCE.withDigest(text)),
    name: (text: string) => referenceGrammar.name.test(text),
    reference: (text: string) => accepts(() => ImageReference.parse(text)),
  };
  type Row = { kind: keyof typeof isValid; value: string; valid: boolean };
  compare("components.json", referenceCases<Row>("components.json"), (row) => [
    isValid[row.kind](row.value),
    row.valid,
  ]);
});

// Upstream's WithDigest looks at the shape alone and makes references that its own parser refuses; ours never does.
test("with-tag.json and with-digest.json", () => {
  type Row = { combined: string; name: string; tag?: string; digest?: string };
  const rows = [...referenceCases<Row>("with-tag.json"), ...referenceCases<Row>("with-digest.json")];
  compare("with-tag.json, with-digest.json", rows, ({ combined, name, tag, digest }) => {
    const base = ImageReference.parse(name);
    const tagged = tag === undefined ? base : base.withTag(tag);
    if (digest === undefined) return [tagged.familiar, combined];
    const problem = Digest.problemWith(digest)?.code;
    if (problem === undefined) return [tagged.withDigest(digest).familiar, combined];
    const refusal = {
      shape: referenceGrammar.digest.test(digest),
      accepts: accepts(() => tagged.withDigest(digest)),
      problem,
    };
    return [refusal, { shape: true, accepts: false, problem: readReference(combined) }];
  });
});
