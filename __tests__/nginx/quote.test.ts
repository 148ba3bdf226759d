import fc from "fast-check";
import { quote } from "../../src/nginx/quote.ts";

describe("quote", () => {
  test.each([
    ["plain", "plain"],
    ["a/b:c.d=e,f", "a/b:c.d=e,f"],
    ["", '""'],
    ["two words", '"two words"'],
    ["a;b", '"a;b"'],
    ["a}b", '"a}b"'],
    ["#hash", '"#hash"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["it's", '"it\'s"'],
    ["\\n", '"\\\\n"'],
    ["tab\there", '"tab\there"'],
    ["é☃😀", '"é☃😀"'],
  ])("prints %j as %s", (value, token) => {
    expect(quote(value)).toBe(token);
  });

  test.each([
    ["$", 'must not hold "$"'],
    ["price: 5$", 'must not hold "$"'],
    ["${uri}", 'must not hold "$"'],
    ["two\nlines", "must not hold control characters"],
    ["a\rb", "must not hold control characters"],
    ["nul\0", "must not hold control characters"],
    ["del\x7f", "must not hold control characters"],
    ["half \ud83d", "must be well-formed Unicode"],
    ["a".repeat(4096), "must have at most 4095 bytes"],
    [" ".repeat(4094), "must have at most 4095 bytes"],
    ["é".repeat(2047), "must have at most 4095 bytes"],
    ['"'.repeat(2047), "must have at most 4095 bytes"],
  ])("refuses %j", (value, reason) => {
    expect(() => quote(value)).toThrow(reason);
  });

  test("takes the longest token that fits", () => {
    expect(quote("a".repeat(4095))).toHaveLength(4095);
    expect(quote(" ".repeat(4093))).toHaveLength(4095);
  });

  test("says whose value it refused, and what to do", () => {
    expect(() => quote("$x", "header value")).toThrow(
      'header value must not hold "$", got "$x": nginx reads a variable there and knows no escape for it',
    );
  });

  test("ends no token early, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        let token: string;
        try {
          token = quote(value);
        } catch {
          return /[$\x00-\x08\x0a-\x1f\x7f]/.test(value);
        }
        return /^(?:[^\s"'\\{};#$]+|"(?:[^"\\$]|\\["\\])*")$/u.test(token);
      }),
    );
  });
});
