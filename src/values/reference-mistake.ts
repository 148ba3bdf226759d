import { quoteForMessage } from "./invalid-value-error.ts";
import { type ImageReferenceErrorCode, LONGEST_PATH, lowerCase, readNormalisedReference } from "./reference-grammar.ts";
import { diagnoseDigest, diagnosePart } from "./reference-part-mistake.ts";
import type { Diagnosis } from "./repository-path.ts";

/** A mistake that people make, how it is seen, and the text without it, where that can be told. */
interface Mistake {
  readonly seen: RegExp;
  readonly rule: string;
  readonly mend?: (text: string) => string;
  readonly remedy?: string;
}

const SHAPE = 'a reference looks like "registry.example.com:5000/team/app:1.4.2"';

// Anchored, or one step long: an explanation must not take longer than the parse that failed.
const MISTAKES: readonly Mistake[] = [
  { seen: /^$/, rule: "must not be empty", remedy: 'name an image, e.g. "python:3.12-slim"' },
  { seen: /^\s|\s$/, rule: "must not begin or end with white space", mend: (text) => text.trim() },
  {
    seen: /^docker\s+(?:image\s+)?pull\s/,
    rule: "must be the image alone, without a command",
    mend: (text) => text.replace(/^docker\s+(?:image\s+)?pull\s+/, ""),
  },
  {
    seen: /^(?:https?:\/\/)?hub\.docker\.com\/[_r]\//,
    rule: "must not be the address of Docker Hub's web page",
    mend: (text) => text.replace(/^(?:https?:\/\/)?hub\.docker\.com\/[_r]\//, ""),
  },
  {
    seen: /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//,
    rule: "must not have a scheme",
    mend: (text) => text.replace(/^[^/]*\/\//, ""),
  },
  { seen: /[$<>{}]|%\{/, rule: "must not hold a placeholder", remedy: "fill in the variable first" },
  { seen: /\s/, rule: "must not hold white space", remedy: "give one reference, without options or arguments" },
  { seen: /\\/, rule: "must separate its parts with forward slashes", mend: (text) => text.replaceAll("\\", "/") },
  { seen: /^-/, rule: "must not begin with a dash", remedy: "it looks like an option of the command line" },
  {
    seen: /^[^@]*@[^:@]+:[0-9a-fA-F]+:[^:@/]+$/,
    rule: "must have its tag before its digest",
    mend: (text) => text.replace(/^([^@]*)@([^:@]+:[0-9a-fA-F]+):([^:@/]+)$/, "$1:$3@$2"),
  },
  {
    seen: /^[^@]*:sha(?:256|384|512):[0-9a-fA-F]+$/,
    rule: 'must have "@" before its digest',
    mend: (text) => text.replace(/:(sha\d+:[0-9a-fA-F]+)$/, "@$1"),
  },
  {
    seen: /^[^@]*@[0-9a-f]{64}$/,
    rule: "must name the algorithm of its digest",
    mend: (text) => text.replace("@", "@sha256:"),
  },
  {
    seen: /^[^@]*@[a-z0-9]*[A-Z][a-zA-Z0-9]*:[0-9a-fA-F]+$/,
    rule: "must name the algorithm of its digest in lower case",
    mend: (text) => text.replace(/@[^:]*/, (algorithm) => algorithm.toLowerCase()),
  },
  {
    seen: /^[^@]*@sha(?:256|384|512)[=_-][0-9a-f]+$/,
    rule: "must have a colon after the algorithm of its digest",
    mend: (text) => text.replace(/@(sha\d+)[=_-]/, "@$1:"),
  },
  { seen: /^[^@]*@\w[\w.-]{0,127}$/, rule: 'must have ":" before its tag', mend: (text) => text.replace("@", ":") },
  { seen: /^[^@]*@[^@]*@/, rule: 'must have one "@" at most', remedy: "only a digest follows it" },
  { seen: /^\//, rule: "must not begin with a slash", mend: (text) => text.replace(/^\/+/, "") },
  { seen: /\/\//, rule: "must not have an empty part between slashes", mend: (text) => text.replace(/\/{2,}/g, "/") },
  { seen: /\/$/, rule: "must not end with a slash", mend: (text) => text.slice(0, -1) },
  { seen: /:$/, rule: "must have a tag after its last colon", mend: (text) => text.slice(0, -1) },
  { seen: /@$/, rule: 'must have a digest after "@"', mend: (text) => text.slice(0, -1) },
];

// More than one mistake in one text is common ("https://Docker.io/Foo/"); more than this is no slip any more.
const MOST_MENDS = 5;

/** The rule that `text` breaks and, where mending every mistake seen leads to a reference, that reference. */
export function explainReference(text: unknown, code: ImageReferenceErrorCode): Diagnosis & { suggestion?: string } {
  if (typeof text !== "string") return { rule: "must be a text", remedy: SHAPE };
  const { rule, remedy = SHAPE } = diagnose(text, code);
  const suggestion = mend(text);
  return suggestion === undefined
    ? { rule, remedy }
    : { rule, remedy: `use ${quoteForMessage(suggestion)}`, suggestion };
}

function diagnose(text: string, code: ImageReferenceErrorCode): Diagnosis {
  switch (code) {
    case "HEX64_IDENTIFIER":
      return {
        rule: "must not be 64 hexadecimal digits alone, which Docker reads as an image id",
        remedy: 'put the name of the image and "@sha256:" in front',
      };
    case "NAME_TOO_LONG":
      return { rule: `must have a path of at most ${LONGEST_PATH} characters`, remedy: "shorten the name" };
    case "DIGEST_LENGTH":
    case "DIGEST_FORMAT":
    case "DIGEST_UNSUPPORTED":
      return diagnoseDigest(text.slice(text.indexOf("@") + 1));
    default: {
      const mistake = MISTAKES.find(({ seen }) => seen.test(text));
      if (mistake) return mistake;
      return code === "NAME_UPPERCASE" ? { rule: "must be lower case" } : diagnosePart(text);
    }
  }
}

function mend(text: string): string | undefined {
  let mended = text;
  for (let mends = 0; mends <= MOST_MENDS; mends++) {
    const answer = readNormalisedReference(mended);
    if (typeof answer !== "string") return mended;
    const step = MISTAKES.find(({ seen }) => seen.test(mended));
    if (step?.mend) mended = step.mend(mended);
    else if (!step && answer === "NAME_UPPERCASE") mended = lowerCased(mended);
    else return undefined;
  }
  return undefined;
}

/** The same text with its path in lower case; tags may keep their capitals, and so may what is clearly an address. */
function lowerCased(text: string): string {
  const first = text.slice(0, Math.max(0, text.indexOf("/")));
  const start = /[.:]/.test(first) ? first.length : 0;
  const length = text.slice(start).search(/[:@]/);
  const end = length < 0 ? text.length : start + length;
  return text.slice(0, start) + lowerCase(text.slice(start, end)) + text.slice(end);
}
