// @ts-check
import { createInterface } from "node:readline";
import { duration } from "./duration.mjs";
import { isInterruption } from "./interruption.cjs";
import { wrapped } from "./wrapped.cjs";

/** @typedef {{ title: string, milliseconds: number }} Timing */
/** @typedef {{ title: string, elapsed: () => number, now?: () => string }} Step */

/**
 * The person's terminal, or whatever stands in for one: plain lines, each step with the time it took. Colour only where
 * a terminal shows it and NO_COLOR is not set, or where FORCE_COLOR asks for it; questions only where somebody can answer.
 */
export class Terminal {
  /**
   * @param {{ out: NodeJS.WriteStream, input: NodeJS.ReadStream, env: NodeJS.ProcessEnv, verbose?: boolean }} streams
   */
  constructor({ out, input, env, verbose = false }) {
    this.out = out;
    this.input = input;
    this.colour = isForced(env) ?? (Boolean(out.isTTY) && !env.NO_COLOR && env.TERM !== "dumb");
    /** Whether all is shown that programs say on the way. */
    this.verbose = verbose || env.SLIPWAY_LOG === "debug";
    this.interactive = Boolean(out.isTTY && input.isTTY);
    /** Whether a line can be written over. */
    this.live = Boolean(out.isTTY) && env.TERM !== "dumb";
    this.hasStatus = false;
    /** @type {Timing[]} */
    this.timings = [];
    /** When the last line was written that says something new, and how often it was said since that a step goes on. */
    this.silentSince = Date.now();
    this.repeated = 0;
    /** The steps under way, the innermost last. @type {Step[]} */
    this.steps = [];
    /** Whether a program has the terminal, which may ask for a password there. */
    this.isLent = false;
  }

  /** @param {string} text */
  line(text) {
    this.silentSince = Date.now();
    this.repeated = 0;
    this.out.write(`${this.hasStatus ? WIPE : ""}${text}\n`);
    this.hasStatus = false;
  }

  /** What goes on now, in one line until the next one comes; nothing where no line can be written over. @param {string} text */
  status(text) {
    if (!this.live || (text === "" && !this.hasStatus)) return;
    const shown = `  ${text}`.slice(0, (this.out.columns ?? 80) - INTERRUPT - 1);
    this.out.write(text === "" ? WIPE : `${WIPE}${shown}`);
    this.hasStatus = text !== "";
  }

  /** A line that belongs to the step under way. @param {string} text */
  note(text) {
    for (const line of this.#lines(text, 2)) this.line(`  ${line}`);
  }

  /** @param {string} text */
  warn(text) {
    for (const line of this.#lines(text, 2)) this.line(`  ${this.#paint(33, line)}`);
  }

  /** @param {string} text */
  fail(text) {
    for (const line of this.#lines(text, 0)) this.line(this.#paint(31, line));
  }

  /**
   * A row of a table: what does not fit goes on below its last column.
   * @param {string} text
   * @param {number} column where that begins
   */
  row(text, column) {
    for (const line of this.#lines(text, 0, " ".repeat(column))) this.line(line);
  }

  /** What is to be known between commands that are copied from here: each line of it a comment. @param {string} text */
  remark(text) {
    for (const line of this.#lines(`  # ${text}`, 0, "  # ")) this.line(line);
  }

  /** A line that stands out. @param {string} text */
  headline(text) {
    for (const line of this.#lines(text, 0)) this.line(this.#paint(1, line));
  }

  /**
   * Runs one step, saying what, and then how it ended and how long it took.
   * @template T
   * @param {string} title
   * @param {() => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  async step(title, work) {
    const start = process.hrtime.bigint();
    const elapsed = () => Number(process.hrtime.bigint() - start) / 1e6;
    this.headline(`> ${title}`);
    /** @type {Step} */
    const step = { title, elapsed };
    this.steps.push(step);
    const pulse = setInterval(() => this.#goOn(step), 1000);
    pulse.unref();
    try {
      const result = await work();
      this.note(`${this.#paint(32, "done")}, ${duration(elapsed())}`);
      return result;
    } catch (error) {
      const isInterrupted = isInterruption(error);
      // the terminal has written ^C there, which the next line is to write over
      if (isInterrupted) this.hasStatus = this.live;
      this.note(`${this.#paint(31, isInterrupted ? "interrupted" : "failed")}, ${duration(elapsed())}`);
      throw error;
    } finally {
      clearInterval(pulse);
      this.steps.splice(this.steps.indexOf(step), 1);
      this.timings.push({ title, milliseconds: elapsed() });
    }
  }

  /**
   * Runs work of the step under way that can be asked what it is at.
   * @template T
   * @param {() => string} now nothing where it is at nothing in particular
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async watching(now, work) {
    const step = this.steps.at(-1);
    if (step) step.now = now;
    try {
      return await work();
    } finally {
      if (step) delete step.now;
      this.status("");
    }
  }

  /**
   * Runs a program that has this terminal for itself.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async lend(work) {
    this.status("");
    this.isLent = true;
    try {
      return await work();
    } finally {
      this.isLent = false;
    }
  }

  /**
   * Shows that a step goes on, and at what it is: by one line that is written over where that can be, else by a line
   * after a silence, then after one that is twice as long.
   * @param {Step} step
   */
  #goOn(step) {
    if (this.steps.at(-1) !== step || this.isLent) return;
    const { silentSince, repeated } = this;
    const now = step.now?.() ?? "";
    if (this.live) {
      if (Date.now() - silentSince >= 1000) this.status(now === "" ? duration(step.elapsed(), "whole") : now);
    } else if (Date.now() - silentSince >= silence(repeated)) {
      this.note(`still at ${now === "" ? `it: ${step.title}, ${duration(step.elapsed(), "whole")}` : now}`);
      Object.assign(this, { silentSince, repeated: repeated + 1 });
    }
  }

  /** What the steps took, one a line, and their sum. */
  summary() {
    const width = Math.max(5, ...this.timings.map(({ title }) => title.length));
    for (const { title, milliseconds } of this.timings)
      this.note(`${title.padEnd(width)}  ${duration(milliseconds).padStart(8)}`);
    const sum = this.timings.reduce((total, { milliseconds }) => total + milliseconds, 0);
    this.note(`${"total".padEnd(width)}  ${duration(sum).padStart(8)}`);
  }

  /**
   * A yes or a no; no where nobody can be asked, or where the input ends.
   * @param {string} question
   * @returns {Promise<boolean>}
   */
  async confirm(question) {
    return /^y(es)?$/i.test((await this.ask(`${question} [y/N] `)) ?? "");
  }

  /**
   * What is typed; nothing where nobody can be asked, or where the input ends.
   * @param {string} question
   * @returns {Promise<string | undefined>}
   */
  ask(question) {
    if (!this.interactive) return Promise.resolve(undefined);
    const above = this.#lines(question, ANSWER);
    const last = above.pop() ?? "";
    for (const line of above) this.line(line);
    const lines = createInterface({ input: this.input, output: this.out });
    return new Promise((resolve) => {
      lines.once("close", () => resolve(undefined));
      lines.question(last, (answer) => {
        resolve(answer.trim());
        lines.close();
      });
    });
  }

  /**
   * @param {string} text
   * @param {number} indent
   * @param {string} [hanging]
   */
  #lines(text, indent, hanging) {
    const width = this.out.isTTY && this.out.columns ? this.out.columns - indent : Number.POSITIVE_INFINITY;
    return wrapped(text, width, hanging);
  }

  /**
   * @param {number} code
   * @param {string} text
   */
  #paint(code, text) {
    return this.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** Back to the beginning of the line, which is emptied. */
const WIPE = "\r\u001b[2K";

/** Columns that a terminal itself needs, when somebody presses Ctrl-C, for saying so. */
const INTERRUPT = "^C".length;

/** Columns that are left for an answer. */
const ANSWER = 8;

/**
 * After so many milliseconds without a line that says something new, a step says that it goes on: 15 s, 30 s, 1 min, and
 * so on, but every 4 min at least, since CI services end what is silent for ten.
 * @param {number} repeated how often it has said so
 */
function silence(repeated) {
  return Math.min(15_000 * 2 ** repeated, 240_000 * Math.max(1, repeated - 3));
}

/** FORCE_COLOR as Node itself reads it: 0 and false are a no, anything else is a yes. @param {NodeJS.ProcessEnv} env */
function isForced({ FORCE_COLOR }) {
  return FORCE_COLOR === undefined ? undefined : !["0", "false"].includes(FORCE_COLOR);
}
