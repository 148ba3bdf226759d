import { BuildCache } from "../../src/values/build-cache.ts";

test.each<[BuildCache, string, object]>([
  [
    BuildCache.registry("ghcr.io/octo-org/catalog:cache"),
    "ghcr.io/octo-org/catalog:cache",
    { kind: "registry", reference: "ghcr.io/octo-org/catalog:cache", mode: "max" },
  ],
  [BuildCache.local(".cache", { mode: "min" }), ".cache", { kind: "local", folder: ".cache", mode: "min" }],
  [BuildCache.inline(), "inline", { kind: "inline" }],
])("%s prints as %s", (cache, text, data) => {
  expect(String(cache)).toBe(text);
  expect(JSON.parse(JSON.stringify(cache))).toEqual(data);
});

test.each<[string, () => unknown, string]>([
  [
    "a reference without a tag",
    () => BuildCache.registry("ghcr.io/octo-org/catalog"),
    'cache must have a tag and no digest, got "ghcr.io/octo-org/catalog": write "ghcr.io/octo-org/catalog:cache"',
  ],
  [
    "a reference with a digest",
    () => BuildCache.registry(`a:b@sha256:${"0".repeat(64)}`),
    "cache must have a tag and no digest",
  ],
  ["a malformed reference", () => BuildCache.registry("Ghcr.io/A:b"), "image reference"],
  ["no folder", () => BuildCache.local(""), 'cache folder must be a path, got ""'],
  [
    "a mode that is none",
    () => BuildCache.local("a", { mode: "all" as never }),
    'cache mode must be min or max, got "all"',
  ],
  [
    "an option that nobody reads",
    () => BuildCache.local("a", { mod: "max" } as never),
    'build cache option must be known, got "mod": did you mean mode?',
  ],
])("%s is refused", (_, make, message) => {
  expect(make).toThrow(message);
});
