import { join } from "node:path";
import { PassThrough } from "node:stream";
import { parseArguments } from "../../src/cli/arguments.mjs";
import * as command from "../../src/cli/command.mjs";
import { findProject } from "../../src/cli/project.mjs";
import { Terminal } from "../../src/cli/terminal.mjs";
import type { Tools } from "../../src/cli/tools.ts";
import { perform } from "../../src/cli/verbs.ts";
import type { FakeMachine, Outcome } from "./fake-machine.ts";

/**
 * Does a verb in this process, on a machine whose set-up is done: the programs are the machine's, the answer is what the
 * command line's would be. Why not always by the command line: it takes ten times as long to start.
 */
export async function inProcess(machine: FakeMachine, cwd: string, words: readonly string[]): Promise<Outcome> {
  const out = new PassThrough();
  const printed: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((text) => printed.push(`${text}\n`));
  const asked = parseArguments([...words]);
  const run: Tools["command"]["run"] = (program, args, options = {}) =>
    command.run(program, args, { ...options, env: { ...(options.env ?? process.env), PATH: machine.bin } });
  const tools = {
    terminal: new Terminal({ out: out as never, input: new PassThrough() as never, env: {}, verbose: asked.verbose }),
    project: findProject(cwd),
    command: { outputTail: command.outputTail, run },
    answers: async () => true,
    terraform: { program: join(machine.bin, "terraform"), name: "Terraform", version: "1.11.4" },
    engine: { endpoint: "unix:///var/run/docker.sock", local: true },
  } as unknown as Tools;
  try {
    const code = await perform(asked, tools);
    return { code, stdout: said(out) + printed.join(""), stderr: "" };
  } catch (error) {
    return { code: 1, stdout: said(out), stderr: `slipway: ${(error as Error).message}\n` };
  } finally {
    log.mockRestore();
  }
}

const said = (out: PassThrough): string => (out.read() ?? "").toString();
