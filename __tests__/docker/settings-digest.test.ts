import * as fc from "fast-check";
import { Container, type ContainerProps } from "../../src/docker/container.ts";
import { Network } from "../../src/docker/network.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { settingsDigest } from "../../src/docker/settings-digest.ts";
import { only, synthesize } from "../synthesize.ts";

/** Who changes one of these replaces every container that is declared so. */
const GOLDEN = [
  [{}, "44136fa355b3678a"],
  [{ command: ["python3", "server.py"] }, "2062e4220e0e68d4"],
  [{ env: { A: "1" } }, "f7fea6b322f0f6f5"],
  [{ memoryMiB: 64 }, "d0c3b8267a230b56"],
  [{ health: { command: ["true"] } }, "8a4c8ec8646aeead"],
  [
    { command: ["a"], env: { A: "1", B: "2" }, health: { command: ["b"], retries: 3 }, memoryMiB: 64 },
    "a6d6e13374698def",
  ],
] as const;

test.each(GOLDEN)("%j has a digest that stays", (settings, digest) => expect(settingsDigest(settings)).toBe(digest));

test("what is absent, empty or in another order is the same declaration", () => {
  expect(settingsDigest({ command: [], env: {}, health: undefined, memoryMiB: undefined })).toBe(settingsDigest({}));
  expect(settingsDigest({ env: { B: "2", A: "1" } })).toBe(settingsDigest({ env: { A: "1", B: "2" } }));
  expect(settingsDigest({ health: { retries: 2, command: ["a"], timeoutSeconds: undefined } })).toBe(
    settingsDigest({ health: { command: ["a"], retries: 2 } }),
  );
});

test("two declarations that differ have two digests", () => {
  const settings = fc.record(
    { command: fc.array(fc.string(), { minLength: 1 }), env: fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(settings, settings, (a, b) => {
      const same = JSON.stringify([a.command, sorted(a.env)]) === JSON.stringify([b.command, sorted(b.env)]);
      expect(settingsDigest(a) === settingsDigest(b)).toBe(same);
    }),
  );
});

const sorted = (env: Record<string, string> = {}) => Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));

function label(props: object, tokensBefore = 0): string {
  const stack = synthesize((scope) => {
    const image = new PulledImage(scope, "image", { image: `nginx@sha256:${"a".repeat(64)}` });
    for (let count = 0; count < tokensBefore; count++) new Network(scope, `before-${count}`);
    const network = new Network(scope, "network");
    new Container(scope, "web", { image, env: { AT: network.networkName }, ...props } as ContainerProps);
  });
  const { labels } = only(stack, "docker_container") as { labels: { label: string; value: string }[] };
  return labels.find((each) => each.label === "dev.slipway.settings")?.value as string;
}

test("a reference counts as one, by whatever number it goes in this synth", () => {
  expect(label({}, 3)).toBe(label({}));
  expect(label({ env: { AT: "elsewhere" } })).not.toBe(label({}));
});

test("the memory of a container that starts first is a new container's; the usual one, declared or not, is none", () => {
  const first = (memoryMiB?: number) => label({ replacement: "start-first", memoryMiB });
  expect(first(64)).not.toBe(first());
  expect(first(256)).toBe(first());
  expect(label({ memoryMiB: 64 })).toBe(label({}));
});

test("fewer CPUs are a new container's, and so are all of them again", () => {
  const digests = [label({}), label({ cpus: 0.5 }), label({ cpus: 1 }), label({ cpus: 1, replacement: "start-first" })];
  expect(new Set(digests).size).toBe(3);
});

test.each(["command", "env", "health"])("a %s that goes is a new container", (setting) => {
  const all = { command: ["a"], env: { A: "1" }, health: { command: ["b"] } };
  expect(label({ ...all, [setting]: undefined })).not.toBe(label(all));
});
