import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { RULES } from "../../src/dockerfile/lint/lint.ts";

const TEXT = readFileSync(join(__dirname, "../../docs/lint-rules.md"), "utf8");
const sections = TEXT.split(/^## /m)
  .slice(1)
  .map((section) => ({
    id: section.split("\n")[0] as string,
    text: section,
    examples: [...section.matchAll(/^```dockerfile\n(.*?)^```$/gms)].map(([, code]) => code as string),
  }));
const own = RULES.filter(({ id }) => id.startsWith("SW"));

test("every rule of our own has its section, in order, and no other rule has one", () => {
  expect(sections.map(({ id }) => id)).toEqual(own.map(({ id }) => id).sort());
});

/** What is said of a Dockerfile, with every rule on, for the stage that is last. */
function found(text: string): string[] {
  return Dockerfile.parse(text)
    .lint({ severity: { SW1001: "warning" }, hasIgnoreFile: false })
    .map(({ rule }) => rule);
}

test.each(sections)("$id: the first example breaks it, and the second does not", ({ id, examples }) => {
  expect(examples).toHaveLength(2);
  const [broken = "", mended = ""] = examples;
  expect(found(broken)).toContain(id);
  expect(found(mended)).not.toContain(id);
});

test.each(sections)("$id is explained in the words that a synth says", ({ id, text }) => {
  const rule = own.find((each) => each.id === id);
  const capital = (words = "") => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  expect(text).toContain(`\n${capital(rule?.why)}.`);
  expect(text).toContain(`\n${capital(rule?.fix)}:\n`);
});
