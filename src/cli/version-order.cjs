// @ts-check
// Plain JavaScript that both the command line's set-up and what is compiled of it read.

/**
 * Whether one dotted version is not older than another; what follows a dash or a plus does not count.
 * @param {string} version
 * @param {string} oldest
 */
function isAtLeast(version, oldest) {
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

module.exports = { isAtLeast };
