import { createHash, randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { gzip } from "../../../src/aws/nano/gzip/gzip.ts";
import { huffmanCode } from "../../../src/aws/nano/gzip/huffman-code.ts";
import { hostBootstrap } from "../../../src/aws/nano/host-bootstrap.ts";

const bootstrap = Buffer.from(hostBootstrap({ host: "stack/host", parameter: "/slipway/stack/host/release" }));
const numbers = Array.from({ length: 5000 }, (_, at) => `${(at * 2654435761) % 9973}`).join(" ");

test.each<[string, Buffer]>([
  ["nothing", Buffer.alloc(0)],
  ["one byte", Buffer.from("a")],
  ["two bytes", Buffer.from("ab")],
  ["one byte 1,000 times", Buffer.alloc(1_000, "a")],
  ["every byte", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ["noise", randomBytes(20_000)],
  ["numbers", Buffer.from(numbers)],
  [
    "a repetition as far away as one may be",
    Buffer.concat([Buffer.from("faraway"), randomBytes(32_761), Buffer.from("faraway")]),
  ],
  ["a repetition out of reach", Buffer.concat([Buffer.from("faraway"), randomBytes(32_762), Buffer.from("faraway")])],
  ["the bootstrap of a host", bootstrap],
])("zlib reads %s back", (_, data) => {
  expect(gunzipSync(gzip(data)).equals(data)).toBe(true);
});

test("no word is longer than Deflate allows, and none is wasted", () => {
  const fibonacci = [1, 1];
  while (fibonacci.length < 30) fibonacci.push((fibonacci.at(-1) as number) + (fibonacci.at(-2) as number));
  expect(Math.max(...huffmanCode(fibonacci, 99).lengths)).toBe(29);
  const { lengths } = huffmanCode(fibonacci, 15);
  expect(Math.max(...lengths)).toBe(15);
  expect(lengths.reduce((sum, length) => sum + 2 ** -length, 0)).toBe(1);
});

test("writes the same bytes for ever", () => {
  const digest = createHash("sha256")
    .update(gzip(Buffer.from(numbers)))
    .digest("hex");
  expect(digest).toBe("cd46ebf4cb54803c73b016e40e0f7cab2e7caefc11c0532086b52ea14bd39865");
});

test("is no larger than zlib's best", () => {
  expect(gzip(bootstrap).length).toBeLessThanOrEqual(gzipSync(bootstrap, { level: 9 }).length);
});
