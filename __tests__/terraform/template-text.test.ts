import { Fn, Lazy, TerraformOutput } from "cdktf";
import fc from "fast-check";
import { quotedValue, templateMap, templateText } from "../../src/terraform/template-text.ts";
import { synthesize } from "../synthesize.ts";

describe("templateText", () => {
  test.each([
    ["${HOME}", "$${HOME}"],
    ["%{if}", "%%{if}"],
    ["$HOME %d 100%", "$HOME %d 100%"],
    ["a${b}%{c}${d}", "a$${b}%%{c}$${d}"],
    ["", ""],
  ])("%j is written %j", (text, written) => expect(templateText(text)).toBe(written));

  test("a token stays a reference, the text around it is escaped", () => {
    const token = Lazy.stringValue({ produce: () => "x" });
    expect(templateText(`\${A}${token}%{B}`)).toBe(`$\${A}${token}%%{B}`);
  });

  test("whatever the text, no template is left open", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a") }), (text) => {
        const read = templateText(text).replaceAll("$${", "\u0001").replaceAll("%%{", "\u0002");
        expect(read).not.toMatch(/[$%]\{/);
        expect(read.replaceAll("\u0001", "${").replaceAll("\u0002", "%{")).toBe(text);
      }),
    );
  });

  test("a map is sorted and each value escaped", () => {
    expect(JSON.stringify(templateMap({ b: "${x}", a: "1" }))).toBe('{"a":"1","b":"$${x}"}');
  });
});

test("what a function is given keeps its quotes, backslashes and ends of lines, and its references", () => {
  const { output } = synthesize((stack) => {
    const token = Lazy.stringValue({ produce: () => "x" });
    const value = { 'a "key"': ['say "hi"', "a\\b", "two\nlines", `"${token}"`, 7] };
    new TerraformOutput(stack, "json", { value: Fn.jsonencode(quotedValue(value)) });
  });
  expect(output.json?.value).toBe(
    String.raw`${"${"}jsonencode({"a \"key\"" = ["say \"hi\"", "a\\b", "two\nlines", "\"${"${x}"}\"", 7]})}`,
  );
});
