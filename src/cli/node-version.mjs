// @ts-check

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

/**
 * Whether one dotted version is not older than another; what follows a dash or a plus does not count.
 * @param {string} version
 * @param {string} oldest
 */
export function isAtLeast(version, oldest) {
  const has = numbers(version);
  const wants = numbers(oldest);
  for (let i = 0; i < wants.length; i++) {
    if ((has[i] ?? 0) !== wants[i]) return (has[i] ?? 0) > (wants[i] ?? 0);
  }
  return true;
}

/** @param {string} version */
function numbers(version) {
  return (version.replace(/^v/, "").split(/[-+]/)[0] ?? "").split(".").map(Number);
}
