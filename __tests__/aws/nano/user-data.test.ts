import { USER_DATA_LIMIT, userData } from "../../../src/aws/nano/user-data.ts";

test("is what it was, up to the limit", () => {
  const text = "x".repeat(16_384);
  expect(userData(text)).toEqual({ base64: Buffer.from(text).toString("base64"), bytes: 16_384 });
});

test("is refused beyond it, in bytes and not in letters, with both sizes", () => {
  expect(USER_DATA_LIMIT).toBe(16_384);
  expect(() => userData("ä".repeat(8_193))).toThrow(
    /^user data must be at most 16384 bytes, got 16386: give the host fewer or smaller files/,
  );
});
