// @ts-check
import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";

/** What a deploy needs at least: base images, one build and Terraform's providers. */
export const WANTED_MEBIBYTES = 2048;

/**
 * Why a folder's disk will not do, or nothing; a folder that is not there yet counts as its nearest parent.
 * @param {string} folder
 * @param {number} [wanted] mebibytes
 * @param {(folder: string) => { bavail: number, bsize: number, files: number, ffree: number }} [measure]
 * @returns {string | undefined}
 */
export function diskProblem(folder, wanted = WANTED_MEBIBYTES, measure = statfsSync) {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize, files, ffree } = measure(there);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free < wanted)
    return `disk of ${folder} must have ${wanted} MiB free, got ${free} MiB: docker system prune, or make room there`;
  if (files > 0 && ffree < 10_000)
    return `disk of ${folder} must have 10000 free inodes, got ${ffree}: remove files there`;
  return undefined;
}
