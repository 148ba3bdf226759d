import { spawn } from "node:child_process";

const LINES_OF_AN_ERROR = 20;

/**
 * Runs a program to its end and resolves to what it wrote to stdout.
 * @throws when it cannot be started or fails; the message ends with the last lines it wrote
 */
export function runCommand(command, args, { env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let written = "";
    child.stdout.on("data", (data) => {
      stdout += data;
      written += data;
    });
    child.stderr.on("data", (data) => {
      written += data;
    });
    child.on("error", (error) => reject(new Error(`${command} cannot be run: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      const last = written.trimEnd().split("\n").slice(-LINES_OF_AN_ERROR).join("\n");
      reject(new Error(`${command} ${args[0] ?? ""} failed (${signal ?? `exit code ${code}`}):\n${last}`));
    });
  });
}
