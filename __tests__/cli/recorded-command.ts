import type { Command } from "../../src/cli/tools.ts";

type Answer = string | { readonly code?: number; readonly stdout?: string; readonly stderr?: string };

/** Programs that answer from a table by the beginning of their command line, and keep a record of what was asked. */
export class RecordedCommand implements Command {
  readonly asked: string[] = [];

  constructor(private readonly answers: Readonly<Record<string, Answer>>) {}

  readonly run: Command["run"] = async (program, args = [], options = {}) => {
    const line = [program, ...args].join(" ");
    this.asked.push(line);
    const [, answer = ""] = Object.entries(this.answers).find(([beginning]) => line.startsWith(beginning)) ?? [];
    const { code = 0, stdout = "", stderr = "" } = typeof answer === "string" ? { stdout: answer } : answer;
    for (const text of stdout.split("\n").filter(Boolean)) options.onLine?.(text, false);
    return { code, stdout, stderr, timedOut: false };
  };

  readonly outputTail: Command["outputTail"] = ({ stdout, stderr }) => stderr.trim() || stdout.trim();
}
