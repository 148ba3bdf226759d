import { Digest } from "../../src/values/digest.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

const HEX = "0123456789abcdef".repeat(4);

test.each([
  ["sha256", HEX],
  ["sha384", HEX + HEX.slice(0, 32)],
  ["sha512", HEX + HEX],
])("%s is read and printed", (algorithm, hex) => {
  const digest = Digest.parse(`${algorithm}:${hex}`);
  expect(digest).toMatchObject({ algorithm, hex });
  expect(digest.toString()).toBe(`${algorithm}:${hex}`);
  expect(digest.equals(Digest.parse(`${algorithm}:${hex}`))).toBe(true);
});

test("digests differ by algorithm and by hash", () => {
  const digest = Digest.parse(`sha256:${HEX}`);
  expect(digest.equals(Digest.parse(`sha256:${"0".repeat(64)}`))).toBe(false);
  expect(digest.equals(Digest.parse(`sha512:${HEX}${HEX}`))).toBe(false);
});

test.each([
  ["", "DIGEST_FORMAT", "must be an algorithm, a colon and a hash"],
  [HEX, "DIGEST_FORMAT", "must be an algorithm, a colon and a hash"],
  ["sha256:", "DIGEST_FORMAT", "must have a hash after its colon"],
  [`sha256:${HEX}0`, "DIGEST_LENGTH", 'must have 64 hexadecimal digits after "sha256:"'],
  [`sha256:${HEX.slice(1)}`, "DIGEST_LENGTH", 'must have 64 hexadecimal digits after "sha256:"'],
  [`sha512:${HEX}`, "DIGEST_LENGTH", 'must have 128 hexadecimal digits after "sha512:"'],
  [`sha256:${HEX.toUpperCase()}`, "DIGEST_FORMAT", "must be written in the digits 0-9 and a-f, lower case"],
  [`sha256:${"g".repeat(64)}`, "DIGEST_FORMAT", "must be written in the digits 0-9 and a-f, lower case"],
  [`SHA256:${HEX}`, "DIGEST_FORMAT", "must name its algorithm in lower case"],
  [`md5:${HEX.slice(32)}`, "DIGEST_UNSUPPORTED", "must use one of the algorithms sha256, sha384, sha512"],
  [`sha256+b64:${HEX}`, "DIGEST_UNSUPPORTED", "must use one of the algorithms sha256, sha384, sha512"],
  [`sha 256:${HEX}`, "DIGEST_FORMAT", "must use one of the algorithms sha256, sha384, sha512"],
  [`:${HEX}`, "DIGEST_FORMAT", "must use one of the algorithms sha256, sha384, sha512"],
])("%j is refused: %s", (text, code, rule) => {
  expect(Digest.problemWith(text)).toMatchObject({ code, rule });
  expect(refusal(() => Digest.parse(text))).toMatchObject({ subject: "digest", rule, got: text });
});

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => Digest.parse(value as string));
});
