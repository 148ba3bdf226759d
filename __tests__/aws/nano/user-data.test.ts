import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { USER_DATA_LIMIT, userData } from "../../../src/aws/nano/user-data.ts";

test("stays readable up to the limit", () => {
  const text = "x".repeat(16_384);
  expect(userData(text)).toEqual({ base64: Buffer.from(text).toString("base64"), bytes: 16_384, gzipped: false });
});

test("counts bytes, not letters", () => {
  expect(userData("ä".repeat(8_193)).gzipped).toBe(true);
});

test("is compressed beyond it", () => {
  const text = "x".repeat(16_385);
  const { base64, bytes, gzipped } = userData(text);
  expect(gzipped).toBe(true);
  expect(Buffer.from(base64, "base64").length).toBe(bytes);
  expect(bytes).toBeLessThan(100);
  expect(gunzipSync(Buffer.from(base64, "base64")).toString()).toBe(text);
});

test("is refused when it does not fit even compressed, with both sizes", () => {
  const text = randomBytes(15_000).toString("hex");
  expect(USER_DATA_LIMIT).toBe(16_384);
  expect(() => userData(`${text}${text.slice(0, 5000)}${randomBytes(5000).toString("hex")}`)).toThrow(
    /^user data must be at most 16384 bytes, got "45000 bytes, \d{5} compressed": give the host fewer/,
  );
});
