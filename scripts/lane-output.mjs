// @ts-check

const QUIET_MS = 300;

/**
 * The lines of one of several programs that run side by side. They are written together, each with the program's name,
 * once no more have come for a moment: Jest tells of a test file in one go, and a failure must be read as one.
 */
export class LaneOutput {
  /** @type {string[]} */
  #lines = [];
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {string} name
   * @param {(text: string) => void} write
   */
  constructor(name, write) {
    this.name = name;
    this.write = write;
  }

  /** @param {string} line */
  add(line) {
    this.#lines.push(line);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), QUIET_MS);
  }

  /** Writes what has come, for the program has ended. */
  flush() {
    clearTimeout(this.#timer);
    for (const line of this.#lines.splice(0)) this.write(`${this.name} | ${line}`);
  }
}
