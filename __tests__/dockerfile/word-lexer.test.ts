import { Refusal } from "../../src/dockerfile/dockerfile-error.ts";
import { lexWord } from "../../src/dockerfile/syntax/word-lexer.ts";

const VARIABLES = new Map([
  ["A", "a"],
  ["EMPTY", ""],
  ["FILE", "a/b.tar.gz"],
  ["STARS", "a*b"],
]);
const lex = (word: string, options = {}) => lexWord(word, VARIABLES, options);

it.each([
  ["plain", "plain"],
  ["$A${A}x", "aax"],
  ["$UNSET|${UNSET}", "|"],
  ["'$A' \"$A\"", "$A a"],
  ['\\$A \\x "\\$A \\x"', "$A x $A \\x"],
  ["$", "$"],
  ["$1x", "x"],
  ["${A:-b}${EMPTY:-b}${EMPTY-b}${UNSET-b}", "abb"],
  ["${A:+b}${EMPTY:+b}${EMPTY+b}${UNSET+b}", "bb"],
  ["${A:?m}${A?m}", "aa"],
  ["${UNSET:-${A:-x}'y}'}", "ay}"],
  ["${FILE#*/}|${FILE##*.}", "b.tar.gz|gz"],
  ["${FILE%.*}|${FILE%%.*}", "a/b.tar|a/b"],
  ["${FILE/a/x}|${FILE//a/x}|${FILE/t?r/x}", "x/b.tar.gz|x/b.txr.gz|a/b.x.gz"],
  ["${FILE/\\//-}", "a-b.tar.gz"],
  ["${STARS/\\*/x}", "axb"],
  ["${STARS#a\\*}", "b"],
  ["\ufeffa\ufeff${A#\ufeffa}", "a\ufeff"],
])("%s is %s", (word, text) => expect(lex(word).text).toBe(text));

it.each([
  ["a b  c", ["a", "b", "c"]],
  ["'a b' c\\ d", ["a b", "c d"]],
  ["", []],
  ["''", []],
  ["a${UNSET:-b c}", ["b", "c"]],
])("%j splits into %j", (word, words) => expect(lex(word).words).toEqual(words));

it("keeps quotes, escapes and unset variables when asked", () => {
  expect(lex("'a'\"b\"", { rawQuotes: true }).text).toBe("'a'\"b\"");
  expect(lex("a\\ b", { rawEscapes: true }).text).toBe("a\\ b");
  expect(lex("$X ${X} ${X:-y} ${X#y} ${X/y/z} $A", { keepUnset: true }).text).toBe("$X ${X} ${X:-y} ${X#y} ${X/y/z} a");
});

it("escapes by the character that it is given", () => {
  expect(lex("`$A \\", { escape: "`" }).text).toBe("$A \\");
});

it("tells which variables had no value", () => {
  expect([...lex("$A $B ${C:-x}").unset]).toEqual(["B", "C"]);
});

it.each([
  "'a",
  '"a',
  "${",
  "${}",
  "${:x}",
  "${{A}",
  "${A",
  "${A:-",
  "${A/b",
  "${A/b/c",
  "${A!x}",
  "${A:#x}",
  "${A:/x}",
  "${UNSET?}",
  "${UNSET:?gone}",
  "${EMPTY:?}",
  "${A#\\x}",
])("refuses %s", (word) => expect(() => lex(word)).toThrow(Refusal));

it("follows no pattern into exponential time", () => {
  const variables = new Map([["A", "a".repeat(5_000)]]);
  const start = performance.now();
  expect(lexWord(`\${A#${"*a".repeat(30)}b}`, variables).text).toHaveLength(5_000);
  expect(lexWord(`\${A//${"a*".repeat(30)}b/x}`, variables).text).toHaveLength(5_000);
  expect(performance.now() - start).toBeLessThan(10_000);
});
