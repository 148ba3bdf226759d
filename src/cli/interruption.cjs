// @ts-check
// Plain JavaScript that both the command line's set-up and what is compiled of it read.

/** A person pressed Ctrl-C; the message says what became of it. The exit status is the one that shells give such a program. */
class InterruptionError extends Error {
  /** @override */
  name = "InterruptionError";
  exitStatus = 130;

  /** @param {string} [what] what a person is to know */
  constructor(what = "nothing was changed") {
    super(`interrupted: ${what}`);
  }
}

/**
 * Whether it is one. Why not by its class: in the published package what is compiled has another copy of this file than the
 * set-up, so that there are two.
 * @param {unknown} error
 */
function isInterruption(error) {
  return error instanceof Error && error.name === InterruptionError.name;
}

module.exports = { InterruptionError, isInterruption };
