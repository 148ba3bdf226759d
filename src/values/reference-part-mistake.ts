import { Digest } from "./digest.ts";
import { nameCharacter } from "./invalid-value-error.ts";
import { referenceGrammar, splitDomain } from "./reference-grammar.ts";
import { type Diagnosis, diagnosePath } from "./repository-path.ts";

const LONGEST_TAG = 128;

/** Takes a refused reference apart at its slash, colon and "@" and names the first part that its own grammar refuses. */
export function diagnosePart(text: string): Diagnosis {
  const foreign = /[^\x21-\x7e]/u.exec(text)?.[0];
  if (foreign) return { rule: "must be plain ASCII", remedy: `replace ${nameCharacter(foreign)}` };

  const { domain, remainder } = splitDomain(text);
  const at = remainder.indexOf("@");
  const named = at < 0 ? remainder : remainder.slice(0, at);
  const colon = named.indexOf(":");
  const path = colon < 0 ? named : named.slice(0, colon);
  return (
    diagnoseDomain(domain) ??
    diagnosePath(path) ??
    (colon < 0 ? undefined : diagnoseTag(named.slice(colon + 1))) ??
    diagnoseDigest(remainder.slice(at + 1))
  );
}

/** What is wrong with the part after "@". */
export function diagnoseDigest(digest: string): Diagnosis {
  const problem = Digest.problemWith(digest);
  return { rule: `has a digest that ${problem?.rule ?? "stands in the wrong place"}`, remedy: problem?.remedy };
}

function diagnoseDomain(domain: string): Diagnosis | undefined {
  if (referenceGrammar.domain.test(domain)) return undefined;
  if (domain.includes("@")) return { rule: 'must have its "@" at the end, before a digest' };
  if (domain.startsWith("[")) {
    return { rule: "must have a plain IPv6 address between brackets", remedy: 'write it like "[::1]:5000"' };
  }
  const [host = "", port] = domain.split(":", 2);
  if (domain.split(":").length > 2) {
    return { rule: "must have one colon at most before its first slash", remedy: "an IPv6 address stands in brackets" };
  }
  if (host.includes("_")) {
    return { rule: "must not have an underscore in its registry's address", remedy: "name the registry with a dash" };
  }
  if (port !== undefined && !/^\d+$/.test(port)) {
    return { rule: "must have a port of digits before its first slash", remedy: "a tag stands after the last slash" };
  }
  return {
    rule: "must begin with a registry's address of letters, digits, dots and inner dashes",
    remedy: 'write it like "registry.example.com:5000/app"',
  };
}

function diagnoseTag(tag: string): Diagnosis | undefined {
  if (referenceGrammar.tag.test(tag)) return undefined;
  if (tag === "") return { rule: "must have a tag after its last colon" };
  if (tag.includes("/")) return { rule: "must have its tag at the end, after the last slash" };
  if (tag.includes(":")) return { rule: "must have one tag only" };
  if (/^[.-]/.test(tag)) return { rule: "must have a tag that begins with a letter, a digit or an underscore" };
  const strange = /[^\w.-]/u.exec(tag)?.[0];
  if (strange) {
    const rule = "must have a tag of letters, digits, underscores, dots and dashes";
    return { rule, remedy: `replace ${nameCharacter(strange)}` };
  }
  return { rule: `must have a tag of at most ${LONGEST_TAG} characters`, remedy: `it has ${tag.length}` };
}
