import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Buffer;
  /** Ends the program by SIGTERM, and by SIGKILL ten seconds later. */
  readonly signal?: AbortSignal;
  /** Sees output as it comes. */
  readonly onOutput?: (chunk: string) => void;
}

export interface ProgramOutcome {
  /** The exit status; 128 and the signal's number for a program that a signal ended. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const KILL_AFTER_MS = 10_000;

/** Runs a program to its end, whatever its exit status. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, input, signal, onOutput }: ProgramOptions = {},
): Promise<ProgramOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      onOutput?.(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      onOutput?.(chunk);
    });
    const stop = (): void => {
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS).unref();
    };
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    child.stdin.on("error", () => {}); // A program may end before it has read its input.
    child.stdin.end(input);
    child.on("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      resolve({ code: code ?? 128, stdout, stderr });
    });
  });
}

/** Runs a program that must succeed. @returns its standard output @throws with its last lines */
export async function requireProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, args, options);
  if (code === 0) return stdout;
  const lines = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} … ended with status ${code}\n${lines}`);
}

/** Starts a program that the kernel ends when this process ends, however it ends. */
export function spawnBound(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], options);
}
