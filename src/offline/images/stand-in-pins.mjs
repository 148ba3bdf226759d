// @ts-check
import { join } from "node:path";

/**
 * The lockfile with the stand-ins' digests, which every project of this machine shares that is offline.
 * @param {string} cacheDir
 */
export function standInPins(cacheDir) {
  return join(cacheDir, "images", "slipway.lock.json");
}
