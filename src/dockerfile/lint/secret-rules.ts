import { plainWord } from "./plain-word.ts";
import { eachInstruction, type LintSubject, type Rule } from "./rule.ts";

const SECRET_WORDS: ReadonlySet<string> = new Set(
  "APIKEY AUTH CREDENTIAL CREDENTIALS KEY PASSWORD PASSWD PASSPHRASE PWORD PWD SECRET SECRETS TOKEN".split(" "),
);
/** Keys that everybody may know. */
const PUBLIC_WORDS: ReadonlySet<string> = new Set(["PUBLIC", "GPG"]);
/** Last words that make a name tell about a secret: where it lies, who issues it. */
const ABOUT_WORDS: ReadonlySet<string> = new Set("FILE PATH DIR SOCK URL VERSION NAME HOST PORT TYPE".split(" "));

export const SECRET_RULES: readonly Rule[] = [
  {
    id: "DL3064",
    severity: "warning",
    why: "what ENV and ARG hold stays readable in the image and its history",
    fix: "mount it: RUN --mount=type=secret,id=…; at run time, give it to the container",
    *check(subject) {
      for (const { names, line } of namesSet(subject)) if (names.some(isSecretName)) yield { line };
    },
  },
];

/** Whether a variable of this name holds a secret, as far as names tell. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z\d]+/);
  if (name === "PWD" || name === "OLDPWD") return false;
  if (ABOUT_WORDS.has(words.at(-1) ?? "") || words.some((word) => PUBLIC_WORDS.has(word))) return false;
  return words.some((word) => SECRET_WORDS.has(word));
}

/** What ARG declares and ENV sets to something. */
function* namesSet(subject: LintSubject): Iterable<{ names: string[]; line: number }> {
  const { escapeMark } = subject;
  for (const it of subject.instructions) {
    if (it.keyword === "ARG") yield { names: it.args.map(({ name }) => name), line: it.range.start };
  }
  for (const it of eachInstruction(subject)) {
    if (it.keyword !== "ENV") continue;
    const set = it.variables.filter(({ value }) => plainWord(value, escapeMark).text !== "");
    yield { names: set.map(({ name }) => name), line: it.range.start };
  }
}
