import { type YamlValue, yaml } from "../../../src/aws/nano/yaml.ts";

test.each<[string, YamlValue, string]>([
  ["a word that looks like a truth value", "no", ' "no"'],
  ["a word that looks like a number", "0644", ' "0644"'],
  ["a number", 7, " 7"],
  ["a truth value", true, " true"],
  ["an empty text", "", ' ""'],
  ["quotes and backslashes", 'a "b" \\', ' "a \\"b\\" \\\\"'],
  ["a delete character", "\x7f", ' "\\u007f"'],
  ["one line with its end", "a\n", " |\n  a"],
  ["lines that look like YAML", "- a: b\n# c\n", " |\n  - a: b\n  # c"],
  ["lines with an empty one", "a\n\nb\n", " |\n  a\n\n  b"],
  ["lines without the last end, which a block would add", "a\nb", ' "a\\nb"'],
  ["lines whose first is indented, which a block would take for its own", " a\nb\n", ' " a\\nb\\n"'],
  ["a space at the end of a line", "a \nb\n", ' "a \\nb\\n"'],
  ["two ends, one of which a block would drop", "a\n\n", ' "a\\n\\n"'],
  ["a single end", "\n", ' "\\n"'],
  ["an indented line behind an empty one", "\n  a\nb\n", ' "\\n  a\\nb\\n"'],
  ["a carriage return", "a\r\nb\n", ' "a\\r\\nb\\n"'],
  ["letters beyond ASCII", "ä\nb\n", ' "ä\\nb\\n"'],
  ["no items", [], " []"],
  ["no entries", {}, " {}"],
  ["items", ["a", 1], '\n- "a"\n- 1'],
  ["items of entries", [{ a: 1, b: "x\n" }], "\n- a: 1\n  b: |\n    x"],
  ["entries", { a: 1, b: undefined, "c-d": "e" }, '\n  a: 1\n  "c-d": "e"'],
])("%s", (_, value, printed) => {
  expect(yaml({ key: value })).toBe(`key:${printed}\n`);
});
