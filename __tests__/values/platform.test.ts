import fc from "fast-check";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { Platform } from "../../src/values/platform.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each([
  ["linux/amd64", "linux/amd64"],
  ["linux/x86_64", "linux/amd64"],
  ["linux/x86-64", "linux/amd64"],
  ["Linux/AMD64", "linux/amd64"],
  ["linux/amd64/v1", "linux/amd64"],
  ["linux/amd64/v3", "linux/amd64/v3"],
  ["linux/i386", "linux/386"],
  ["linux/arm64", "linux/arm64"],
  ["linux/aarch64", "linux/arm64"],
  ["linux/arm64/v8", "linux/arm64"],
  ["linux/arm64/8", "linux/arm64"],
  ["linux/arm64/v8.0", "linux/arm64"],
  ["linux/arm64/v8.2", "linux/arm64/v8.2"],
  ["linux/arm64/9", "linux/arm64/v9"],
  ["linux/arm64/9.0", "linux/arm64/v9"],
  ["linux/arm", "linux/arm/v7"],
  ["linux/arm/7", "linux/arm/v7"],
  ["linux/arm/6", "linux/arm/v6"],
  ["linux/arm/v5", "linux/arm/v5"],
  ["linux/armhf", "linux/arm/v7"],
  ["linux/armel", "linux/arm/v6"],
  ["linux/s390x", "linux/s390x"],
  ["macos/arm64", "darwin/arm64"],
  ["windows/amd64", "windows/amd64"],
])("%s is normalised to %s", (text, normalised) => {
  const platform = Platform.parse(text);
  expect(platform.toString()).toBe(normalised);
  expect(Platform.parse(normalised).equals(platform)).toBe(true);
});

test("the usual ones stand ready, as parse makes them", () => {
  const usual = [
    Platform.LINUX_AMD64,
    Platform.LINUX_ARM64,
    Platform.LINUX_ARM_V7,
    Platform.LINUX_ARM_V6,
    Platform.LINUX_386,
    Platform.LINUX_PPC64LE,
    Platform.LINUX_S390X,
    Platform.LINUX_RISCV64,
  ];
  for (const platform of usual) expect(Platform.parse(platform.toString())).toEqual(platform);
  expect(new Set(usual.map(String)).size).toBe(usual.length);
});

test("custom takes what parse does not know", () => {
  expect(Platform.custom("plan9", "sparc64").toString()).toBe("plan9/sparc64");
  expect(Platform.custom("Linux", "aarch64", "v8").equals(Platform.LINUX_ARM64)).toBe(true);
  expect(refusal(() => Platform.custom("linux", "a/b"))).toMatchObject({ subject: "part of a platform", got: "a/b" });
  expect(refusal(() => Platform.custom("", "amd64"))).toMatchObject({ got: "" });
  expect(refusal(() => Platform.custom("linux", undefined as unknown as string))).toMatchObject({ got: undefined });
});

describe("runs", () => {
  test.each([
    ["linux/amd64", ["linux/amd64", "linux/386"], ["linux/arm64", "linux/amd64/v2", "windows/amd64", "linux/386/sse2"]],
    ["linux/amd64/v3", ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/386"], ["linux/amd64/v4"]],
    ["linux/386", ["linux/386"], ["linux/amd64"]],
    [
      "linux/arm64",
      ["linux/arm64", "linux/arm/v7", "linux/arm/v5", "linux/arm/v8"],
      ["linux/amd64", "linux/arm64/v8.1", "linux/arm64/v9", "linux/arm/v4"],
    ],
    [
      "linux/arm64/v8.2",
      ["linux/arm64", "linux/arm64/v8.1", "linux/arm64/v8.2", "linux/arm/v7"],
      ["linux/arm64/v8.3", "linux/arm64/v9"],
    ],
    [
      "linux/arm64/v9",
      ["linux/arm64/v9", "linux/arm64", "linux/arm64/v8.5", "linux/arm/v8"],
      ["linux/arm64/v9.1", "linux/arm64/v8.6"],
    ],
    ["linux/arm64/v9.7", ["linux/arm64/v9.6", "linux/arm64/v8.9"], ["linux/arm64/v10"]],
    ["linux/arm/v7", ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"], ["linux/arm/v8", "linux/arm64", "linux/arm/v4"]],
    ["linux/arm/v6", ["linux/arm/v6", "linux/arm/v5"], ["linux/arm/v7"]],
    ["linux/riscv64", ["linux/riscv64"], ["linux/amd64"]],
    ["windows/amd64", ["windows/amd64"], ["linux/amd64"]],
  ])("a machine of %s", (machine, runs, runsNot) => {
    for (const image of runs)
      expect([image, Platform.parse(machine).runs(Platform.parse(image))]).toEqual([image, true]);
    for (const image of runsNot)
      expect([image, Platform.parse(machine).runs(Platform.parse(image))]).toEqual([image, false]);
  });
});

test.each([
  ["amd64", 'use "linux/amd64"'],
  ["x64", 'use "linux/amd64"'],
  ["arm64/v8", 'use "linux/arm64"'],
  ["linux/x64", 'use "linux/amd64"'],
  ["linux/armv7l", 'use "linux/arm/v7"'],
  ["linux/arm32v6", 'use "linux/arm/v6"'],
  ["linux/i686", 'use "linux/386"'],
  ["linux/arm64v8", 'use "linux/arm64"'],
  [" linux/amd64", 'use "linux/amd64"'],
  ["", 'write it like "linux/arm64"'],
  ["linux", 'write it like "linux/arm64"'],
  ["linux/", 'write it like "linux/arm64"'],
  ["linux/arm/v7/x", 'write it like "linux/arm64"'],
  ["linux/pdp11", 'write it like "linux/arm64"'],
  ["beos/amd64", 'write it like "linux/arm64"'],
  ["linux/amd64,linux/arm64", 'write it like "linux/arm64"'],
  ["windows(10.0.17763)/amd64", 'write it like "linux/arm64"'],
])("%j is refused: %s", (text, remedy) => {
  expect(refusal(() => Platform.parse(text))).toMatchObject({ subject: "platform", got: text, remedy });
});

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => Platform.parse(value as string));
});

test("parse(toString(x)) is x, every platform runs itself, and no text crashes", () => {
  const element = fc.constantFrom(
    "linux",
    "windows",
    "macos",
    "amd64",
    "x86_64",
    "arm",
    "arm64",
    "armhf",
    "386",
    "v7",
    "8",
    "v8.3",
    "9",
    "v1",
    "v99999999999",
    "",
    "x",
    " ",
  );
  const texts = fc.oneof(
    fc.array(element, { maxLength: 5 }).map((elements) => elements.join("/")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const platform = Platform.parse(text);
        expect(Platform.parse(platform.toString())).toEqual(platform);
        expect(platform.runs(platform)).toBe(true);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }),
    fuzzRuns,
  );
});
