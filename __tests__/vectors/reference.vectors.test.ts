import { ImageReference, ImageReferenceError } from "../../src/values/image-reference.ts";
import { readReference } from "../../src/values/reference-grammar.ts";
import { compare, referenceCases } from "./reference-cases.ts";

/** Upstream's answers: an error code, or `[domain, path, tag, digest]` and, normalised, the familiar name and text. */
interface Answers {
  parse: string | string[];
  normalized: string | string[];
  dockerRef: string | { string: string };
  canonical: string | { string: string };
}
type OracleCase = { input: string; withSha384And512?: Partial<Answers> } & Answers;

/** What the Docker command line answers: with sha384 and sha512 registered. */
const answersTo = (given: OracleCase): Answers => ({ ...given, ...given.withSha384And512 });

function parsed<T>(text: string, answer: (reference: ImageReference) => T): T | string {
  try {
    return answer(ImageReference.parse(text));
  } catch (error) {
    if (error instanceof ImageReferenceError) return error.code;
    throw error;
  }
}

const normalised = (text: string) =>
  parsed(text, ({ domain, path, tag = "", digest = "", familiarName, familiar }) => [
    domain,
    path,
    tag,
    digest,
    familiarName,
    familiar,
  ]);

function strict(text: string): string | string[] {
  const answer = readReference(text);
  return typeof answer === "string" ? answer : [answer.domain, answer.path, answer.tag ?? "", answer.digest ?? ""];
}

describe.each(["oracle.json", "edges.json"])("%s", (file) => {
  const cases = () => referenceCases<OracleCase>(file);

  test("ImageReference.parse answers as ParseNormalizedNamed", () => {
    compare(`${file}, normalised`, cases(), (given) => [normalised(given.input), answersTo(given).normalized]);
  });

  test("the grammar answers as Parse", () => {
    compare(`${file}, as it stands`, cases(), (given) => [strict(given.input), answersTo(given).parse]);
  });

  test("pullName answers as ParseDockerRef, which drops the tag of a pinned reference", () => {
    compare(`${file}, pull names`, cases(), (given) => {
      const got = parsed(given.input, (reference) => {
        const dropsTag = reference.tag !== undefined && reference.digest !== undefined;
        return { string: dropsTag ? `${reference.name}@${reference.digest}` : reference.pullName };
      });
      return [got, answersTo(given).dockerRef];
    });
  });

  test("toString is canonical where ParseNamed accepts the text", () => {
    compare(`${file}, canonical`, cases(), (given) => {
      const got = parsed(given.input, (reference) =>
        reference.toString() === given.input ? { string: given.input } : "NAME_NOT_CANONICAL",
      );
      return [got, answersTo(given).canonical];
    });
  });
});

test("what a refusal suggests is a reference", () => {
  let suggestions = 0;
  for (const { input } of referenceCases<OracleCase>("oracle.json")) {
    try {
      ImageReference.parse(input);
    } catch (error) {
      if (!(error instanceof ImageReferenceError)) throw error;
      expect(error.remedy).toBeTruthy();
      if (error.suggestion === undefined) continue;
      suggestions += 1;
      expect(ImageReference.parse(error.suggestion)).toBeInstanceOf(ImageReference);
    }
  }
  expect(suggestions).toBeGreaterThan(0);
});

describe("upstream's own tables", () => {
  test("parse.json", () => {
    interface Row {
      input: string;
      error?: string | null;
      repository?: string;
      domain?: string;
      tag?: string;
      digest?: string;
    }
    const oracle = new Map(referenceCases<OracleCase>("oracle.json").map((given) => [given.input, given]));
    compare("parse.json", referenceCases<Row>("parse.json"), ({ input, error, ...want }) => {
      const registered = oracle.get(input)?.withSha384And512?.parse;
      if (registered !== undefined) return [strict(input), registered];
      const answer = readReference(input);
      if (typeof answer === "string") return [answer, error];
      const { domain, path, tag = "", digest = "" } = answer;
      return [
        [domain === "" ? path : `${domain}/${path}`, domain, tag, digest],
        [want.repository, want.domain, want.tag, want.digest],
      ];
    });
  });

  test("normalized-names.json", () => {
    interface Row {
      input: string;
      familiarName: string;
      fullName: string;
      domain: string;
      path: string;
    }
    compare("normalized-names.json", referenceCases<Row>("normalized-names.json"), (row) => {
      const { input, ...want } = row;
      const got = parsed(input, ({ familiarName, name, domain, path }) => ({
        familiarName,
        fullName: name,
        domain,
        path,
      }));
      return [got, want];
    });
  });

  test("normalized-split.json", () => {
    compare(
      "normalized-split.json",
      referenceCases<{ input: string; domain: string; path: string }>("normalized-split.json"),
      (row) => {
        return [parsed(row.input, ({ domain, path }) => [domain, path]), [row.domain, row.path]];
      },
    );
  });

  test("normalized-validity.json", () => {
    const answers = new Map(referenceCases<OracleCase>("oracle.json").map((given) => [given.input, answersTo(given)]));
    compare(
      "normalized-validity.json",
      referenceCases<{ input: string; valid: boolean }>("normalized-validity.json"),
      (row) => {
        const registered = answers.get(row.input)?.normalized;
        const valid = registered === undefined ? row.valid : typeof registered !== "string";
        return [typeof normalised(row.input) !== "string", valid];
      },
    );
  });

  test("docker-ref.json", () => {
    compare("docker-ref.json", referenceCases<{ input: string; expected: string }>("docker-ref.json"), (row) => {
      const got = parsed(row.input, (reference) =>
        reference.tag && reference.digest ? `${reference.name}@${reference.digest}` : reference.pullName,
      );
      return [got, row.expected];
    });
  });

  test("any-reference.json, but for the bare digests and ids, which name no image", () => {
    interface Row {
      input: string;
      string: string;
      isDigestOnly: boolean;
    }
    const named = referenceCases<Row>("any-reference.json").filter((row) => !row.isDigestOnly);
    compare("any-reference.json", named, (row) => [parsed(row.input, String), row.string]);
  });

  test("parse-named.json", () => {
    interface Row {
      input: string;
      err?: string;
      domain?: string;
      path?: string;
    }
    compare("parse-named.json", referenceCases<Row>("parse-named.json"), (row) => {
      const got = parsed(row.input, (reference) =>
        reference.toString() === row.input ? [reference.domain, reference.path] : "NAME_NOT_CANONICAL",
      );
      return [got, row.err ?? [row.domain, row.path]];
    });
  });

  test("serialization.json", () => {
    interface Row {
      input?: string;
      error?: string;
      name?: string;
      tag?: string;
      digest?: string;
    }
    compare(
      "serialization.json",
      referenceCases<Row>("serialization.json"),
      ({ input = "", error, name, tag, digest }) => {
        if (error) return [strict(input), error];
        const got = parsed(input, (reference) => [reference.name, reference.tag, reference.digest, reference.toJSON()]);
        return [got, [name, tag, digest, input]];
      },
    );
  });
});
