import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Outcome } from "./fake-machine.ts";

/** A command line with where and in what environment it is run. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

let server: Promise<ChildProcess> | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs the whole command line, in a process that a test file starts once; one after another. */
export function runCommandLine(line: CommandLine): Promise<Outcome> {
  const outcome = last.then(async () => {
    server ??= start();
    const child = await server;
    child.send(line);
    return (await answerOf(child)) as Outcome;
  });
  last = outcome.catch(() => {
    server = undefined;
  });
  return outcome;
}

async function start(): Promise<ChildProcess> {
  const child = fork(join(__dirname, "command-line-server.mjs"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await answerOf(child);
  return child;
}

/** What the process says next, unless it ends. */
function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (code: number | null, signal: string | null) => {
      child.off("message", answer);
      reject(new Error(`the command line's process ended by ${signal ?? code}`));
    };
    const answer = (said: unknown) => {
      child.off("exit", end);
      resolve(said);
    };
    child.once("exit", end);
    child.once("message", answer);
  });
}

afterAll(async () => {
  (await server)?.kill();
});
