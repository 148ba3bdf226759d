import fc from "fast-check";
import { ByteSize } from "../../src/values/byte-size.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each([
  ["0", 0, "0"],
  ["1", 1, "1"],
  ["1000", 1000, "1000"],
  ["512b", 512, "512"],
  ["1024", 1024, "1k"],
  ["64k", 65_536, "64k"],
  ["64K", 65_536, "64k"],
  ["64kb", 65_536, "64k"],
  ["64KiB", 65_536, "64k"],
  ["10m", 10_485_760, "10m"],
  ["1536k", 1_572_864, "1536k"],
  ["2048k", 2_097_152, "2m"],
  ["1g", 1_073_741_824, "1024m"],
  ["1t", 1_099_511_627_776, "1048576m"],
])("%s is %d bytes", (text, bytes, printed) => {
  const size = ByteSize.parse(text);
  expect(size.bytes).toBe(bytes);
  expect(size.toString()).toBe(printed);
});

test("sizes are made of numbers and compared", () => {
  expect(ByteSize.mebibytes(10).compare(ByteSize.parse("10m"))).toBe(0);
  expect(ByteSize.kibibytes(64).compare(ByteSize.mebibytes(1))).toBeLessThan(0);
  expect(ByteSize.mebibytes(0.5).toString()).toBe("512k");
});

test.each(["", "m", "10 m", " 10m", "10m\n", "-1", "+1", "1.5g", "1e3", "0x10", "10mm", "10p", "10bm", "ten", "１０m"])(
  "%j is refused",
  (text) => {
    expect(refusal(() => ByteSize.parse(text))).toMatchObject({
      subject: "size",
      rule: "must be a whole number, with k, m, g or t for multiples of 1024",
      got: text,
      remedy: 'write it like "64k" or "10m"',
    });
  },
);

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => ByteSize.parse(value as string));
});

test.each([-1, 0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%p MiB is refused", (count) => {
  expect(refusal(() => ByteSize.mebibytes(count))).toMatchObject({ subject: "size", got: count });
});

test("more than can be counted is refused", () => {
  expect(refusal(() => ByteSize.parse("9007199254740992")).rule).toBe(
    "must be a whole number of bytes from 0 to 9007199254740991",
  );
  expect(refusal(() => ByteSize.parse(`${"9".repeat(400)}k`)).rule).toMatch(/^must be a whole number of bytes/);
});

test("parse(toString(x)) is x, and no text crashes", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.constantFrom("", "k", "m", "g"), (count, unit) => {
      const text = `${count % 8_000_000}${unit}`;
      const size = ByteSize.parse(text);
      expect(ByteSize.parse(size.toString())).toEqual(size);
      expect(ByteSize.parse(`${size.bytes}`).compare(size)).toBe(0);
    }),
    fuzzRuns,
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      try {
        ByteSize.parse(text);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }),
    fuzzRuns,
  );
});
