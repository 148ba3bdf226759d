// @ts-check
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] in place of this process's own
 * @property {number} [timeout] milliseconds, after which the command is stopped
 * @property {(line: string, isInterrupted: boolean) => void} [onLine] each line of output as it comes, standard error
 *   included, and whether Ctrl-C was pressed meanwhile
 * @property {boolean} [shell] let the shell read the command
 * @property {boolean} [terminal] let the command have this terminal (sudo asks for its password there)
 */

/** @typedef {{ code: number, stdout: string, stderr: string, timedOut: boolean, interrupted?: true }} CommandResult */

/**
 * Runs a program to its end and never throws: a program that is not there answers 127, one that was stopped by its
 * timeout 124. Standard input is closed, so that nothing waits for an answer that nobody gives.
 *
 * @param {string} program
 * @param {readonly string[]} [args]
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function run(program, args = [], options = {}) {
  const { cwd, env, timeout, onLine, shell = false, terminal = false } = options;
  return new Promise((resolve) => {
    // Before the program runs: a Ctrl-C at its first moment is for it, too.
    const release = holdInterrupts();
    const before = interrupts;
    const child = spawn(program, [...args], {
      cwd,
      env: env ?? process.env,
      shell,
      stdio: terminal ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    const timer = timeout
      ? setTimeout(() => {
          timedOut = true;
          child.kill("SIGKILL");
        }, timeout)
      : undefined;
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    if (onLine && child.stdout && child.stderr) {
      for (const input of [child.stdout, child.stderr])
        createInterface({ input }).on("line", (line) => onLine(line, interrupts > before));
    }
    /** @param {number} code */
    const finish = (code) => {
      clearTimeout(timer);
      release();
      resolve({ code, stdout, stderr, timedOut, ...(interrupts > before ? { interrupted: true } : {}) });
    };
    child.once("error", (error) => {
      stderr += error.message;
      finish(127);
    });
    child.once("close", (code, signal) => finish(timedOut ? 124 : (code ?? (signal === "SIGINT" ? 130 : 1))));
  });
}

/**
 * The full path of a program of PATH, if it is there.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function which(program, env = process.env) {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder || ".", program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

/**
 * The output's last words, for a reason in one paragraph.
 * @param {CommandResult} result
 * @param {number} [lines]
 */
export function outputTail({ stdout, stderr }, lines = 15) {
  const text = stderr.trim() || stdout.trim();
  return text.split("\n").slice(-lines).join("\n");
}

/**
 * The output's first words, for programs that say the reason before everything else, as npm does.
 * @param {CommandResult} result
 * @param {number} [lines]
 */
export function firstWords({ stdout, stderr }, lines = 15) {
  const said = (stderr.trim() || stdout.trim()).split("\n");
  return said
    .filter((line) => !line.startsWith("npm warn"))
    .slice(0, lines)
    .join("\n");
}

let held = 0;
let interrupts = 0;
const ignore = () => {
  interrupts++;
};

/** While a command runs, Ctrl-C is for it (Terraform then writes its state and ends); we go on when it has ended. */
function holdInterrupts() {
  if (held++ === 0) process.on("SIGINT", ignore);
  return () => {
    if (--held === 0) process.off("SIGINT", ignore);
  };
}
