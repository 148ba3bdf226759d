import { domainToASCII } from "node:url";
import fc from "fast-check";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { ServerName } from "../../src/values/server-name.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each([
  ["netflix.devops-days-upes.com", "netflix.devops-days-upes.com", false],
  ["cats.localhost", "cats.localhost", false],
  ["localhost", "localhost", false],
  ["Shop.Example.COM", "shop.example.com", false],
  ["*.example.com", "*.example.com", true],
  ["192.0.2.7", "192.0.2.7", false],
  ["0x.example.com", "0x.example.com", false],
  ["3.example.com", "3.example.com", false],
  ["a--b.example.com", "a--b.example.com", false],
  ["bücher.example", "xn--bcher-kva.example", false],
  ["BÜCHER.example", "xn--bcher-kva.example", false],
  ["*.bücher.example", "*.xn--bcher-kva.example", true],
  ["faß.example", "xn--fa-hia.example", false],
  ["例え。テスト", "xn--r8jz45g.xn--zckzah", false],
  ["xn--bcher-kva.example", "xn--bcher-kva.example", false],
  ["XN--BCHER-KVA.example", "xn--bcher-kva.example", false],
  [`${"a".repeat(63)}.example`, `${"a".repeat(63)}.example`, false],
])("%s is %s", (text, name, isWildcard) => {
  const serverName = ServerName.parse(text);
  expect(serverName.toString()).toBe(name);
  expect(serverName.isWildcard).toBe(isWildcard);
  expect(ServerName.parse(name).equals(serverName)).toBe(true);
});

const SHAPE = 'write it like "shop.example.com"';
const LETTERS = "must be made of letters, digits and inner dashes, joined by dots";
const LABELS = "must have a label before, between and after its dots";
const IDNA = "must be a name that DNS can spell in ASCII (IDNA)";
const NUMBER = "must not end in a number, unless it is a whole IPv4 address";
const LENGTH = "must have at most 253 characters, at most 63 between two dots";

test.each([
  ["", "must not be empty", SHAPE],
  ["https://shop.example.com", "must not have a scheme", 'use "shop.example.com"'],
  ["https://shop.example.com:8443/cart", "must not have a scheme", 'use "shop.example.com"'],
  ["https://", "must not have a scheme", SHAPE],
  ["shop.example.com:8080", "must not have a port", "the host decides on which port it serves"],
  ["[::1]", "must not have a port", "the host decides on which port it serves"],
  ["a.example.com b.example.com", "must not hold white space", "give each name its own site"],
  ["shop.example.com\n", "must not hold white space", "give each name its own site"],
  ["shop.example.com/cart", "must not have a path", "name the path in the routes of the site"],
  ["shop.example.com?x", "must not have a path", "name the path in the routes of the site"],
  ["shop.*.com", 'must have its wildcard in front, as "*."', 'write it like "*.example.com"'],
  ["www.example.*", 'must have its wildcard in front, as "*."', 'write it like "*.example.com"'],
  ["*", 'must have its wildcard in front, as "*."', 'write it like "*.example.com"'],
  ["*.*.example.com", 'must have its wildcard in front, as "*."', 'write it like "*.example.com"'],
  ["*.", LABELS, SHAPE],
  ["_", "must not hold an underscore, which no host has in DNS", "use a dash"],
  ["my_shop.example.com", "must not hold an underscore, which no host has in DNS", "use a dash"],
  ["shop.example.com.", LABELS, SHAPE],
  [".example.com", LABELS, SHAPE],
  ["shop..example.com", LABELS, SHAPE],
  ["-shop.example.com", LETTERS, SHAPE],
  ["shop-.example.com", LETTERS, SHAPE],
  ["~^shop$", LETTERS, SHAPE],
  ["${name}.example.com", LETTERS, SHAPE],
  ["%41.example.com", LETTERS, SHAPE],
  ["shop;.example.com", LETTERS, SHAPE],
  ['shop".example.com', LETTERS, SHAPE],
  ["shop\u0000.example.com", LETTERS, SHAPE],
  ["ｓhop：80.example", IDNA, SHAPE],
  ["xn--a.example", IDNA, SHAPE],
  ["\u00ad", IDNA, SHAPE],
  ["％４１.example", IDNA, SHAPE],
  ["ü.-x.example", LETTERS, SHAPE],
  ["127.1", NUMBER, SHAPE],
  ["300.1.1.1", NUMBER, SHAPE],
  ["example.0x1", NUMBER, SHAPE],
  ["１２７.0.0.1", NUMBER, SHAPE],
  ["*.192.0.2.7", NUMBER, SHAPE],
  [`${"a".repeat(64)}.example`, LENGTH, "DNS knows no longer names"],
  [`${"a.".repeat(126)}aa`, LENGTH, "DNS knows no longer names"],
])("%j is refused: %s", (text, rule, remedy) => {
  expect(refusal(() => ServerName.parse(text))).toMatchObject({ subject: "server name", got: text, rule, remedy });
});

test("a user is refused, and a password is not repeated", () => {
  const error = refusal(() => ServerName.parse("me:s3cret@shop.example.com"));
  expect(error).toMatchObject({ rule: "must not name a user", got: "***@shop.example.com" });
  expect(error.message).not.toContain("s3cret");
});

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => ServerName.parse(value as string));
});

test("what is read is a name in DNS's own spelling, which is read into itself; no text crashes", () => {
  const label = fc.string({ unit: fc.constantFrom(..."abzAZ019--üßéλ例テ。"), maxLength: 12 });
  const texts = fc.oneof(
    fc.domain(),
    fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
    fc.tuple(fc.constantFrom("*.", "xn--", "127.", "0x"), label).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const name = ServerName.parse(text);
        expect(name.toString()).toMatch(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/);
        expect(domainToASCII(name.toString().replace(/^\*\./, ""))).toBe(name.toString().replace(/^\*\./, ""));
        expect(ServerName.parse(name.toString())).toEqual(name);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }),
    fuzzRuns,
  );
});
