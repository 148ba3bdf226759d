// @ts-check
// Plain JavaScript that both the command line's set-up and what is compiled of it read.

/** A person pressed Ctrl-C; the message says what became of it. The exit status is the one that shells give such a program. */
class InterruptionError extends Error {
  exitStatus = 130;

  /** @param {string} [what] what a person is to know */
  constructor(what = "nothing was changed") {
    super(`interrupted: ${what}`);
  }
}

module.exports = { InterruptionError };
