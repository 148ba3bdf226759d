import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lockKey } from "../../src/docker/lockfile.ts";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { pinImages } from "../../src/dockerfile/pin-images.ts";

interface Case {
  readonly name: string;
  readonly dockerfile: string;
  readonly args?: Record<string, string>;
  readonly lock: Readonly<Record<string, string>>;
  readonly pinned?: string;
  readonly unpinnable?: true;
}

function cases(): Case[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerfile/pins.json");
  return JSON.parse(readFileSync(join(folder, "dockerfile/pins.json"), "utf8")) as Case[];
}

it("a digest goes where the image is named, and nowhere else", () => {
  const all = cases();
  const wrong = all.filter(({ dockerfile, args, lock, pinned, unpinnable }) => {
    const file = Dockerfile.parse(dockerfile, { buildArgs: args ?? {} });
    const answer = pinImages(file, ({ reference }) => reference && lock[lockKey(reference)]);
    const silent = answer.unpinned.every(({ why }) => why === "no digest is known");
    return unpinnable ? silent || answer.text !== dockerfile : answer.text !== pinned || !silent;
  });
  process.stdout.write(`dockerfile: ${all.length} files to pin compared\n`);
  expect(all.length).toBeGreaterThan(50);
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
