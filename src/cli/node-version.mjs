// @ts-check
import { isAtLeast } from "./version-order.cjs";

/** The oldest Node that everything here runs on; package.json's `engines` says the same. */
export const OLDEST_NODE = "20.9.0";

/**
 * Why `version` of Node will not do, with the remedy; nothing when it will.
 * @param {string} version
 * @returns {string | undefined}
 */
export function nodeProblem(version) {
  if (isAtLeast(version, OLDEST_NODE)) return undefined;
  return `node must be ${OLDEST_NODE} or newer, got ${version}: install the LTS from https://nodejs.org or with your version manager`;
}
