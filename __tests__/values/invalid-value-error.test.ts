import { InvalidValueError, quoteForMessage, refusalOf } from "../../src/values/invalid-value-error.ts";

test("the message says subject, rule, value and remedy", () => {
  const error = new InvalidValueError({ subject: "port", rule: "must be positive", got: 0, remedy: "use 80" });
  expect(error.message).toBe("port must be positive, got 0: use 80");
  expect(error).toMatchObject({ name: "InvalidValueError", subject: "port", rule: "must be positive", got: 0 });
});

test("refusalOf throws for the value it was made for", () => {
  expect(() => refusalOf("tag", "a b")("must not hold white space", 'use "a-b"')).toThrow(
    new InvalidValueError({ subject: "tag", rule: "must not hold white space", got: "a b", remedy: 'use "a-b"' }),
  );
});

test.each([
  ["a\nb", '"a\\nb"'],
  [undefined, "undefined"],
  [Number.NaN, "NaN"],
  [["a"], "a list"],
  [{ a: 1 }, "an object"],
  [Object.create(null), "an object"],
  [() => 1, "a function"],
  [Symbol("x"), "Symbol(x)"],
])("%p is quoted as %s", (value, quoted) => {
  expect(quoteForMessage(value)).toBe(quoted);
});

test("long text is cut and its length told", () => {
  const quoted = quoteForMessage("x".repeat(500));
  expect(quoted).toHaveLength(120 + "… (502 characters)".length);
  expect(quoted.endsWith("… (502 characters)")).toBe(true);
});

test("credentials of a URL are in neither message nor value", () => {
  const error = new InvalidValueError({ subject: "address", rule: "must be a host", got: "https://me:s3cret@r.io/x" });
  expect(error.message).toBe('address must be a host, got "https://***@r.io/x"');
  expect(JSON.stringify(error)).not.toContain("s3cret");
});
