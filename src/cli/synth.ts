import { resolve } from "node:path";
import { InterruptionError } from "./interruption.cjs";
import { synthProblem } from "./synth-problem.ts";
import type { Tools } from "./tools.ts";
import { allUnpinned } from "./wanted-references.ts";

/** Runs the project's app, as cdktf.json says, and answers the folder that it wrote. */
export async function synth(tools: Tools, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { terminal, project, command } = tools;
  const output = resolve(project.root, environment.CDKTF_OUTDIR ?? project.output);
  const env = { ...process.env, CDKTF_OUTDIR: output, ...environment };
  const run = (more: NodeJS.ProcessEnv = {}) =>
    command.run(project.app, [], { cwd: project.root, shell: true, env: { ...env, ...more } });
  const result = await run();
  if (result.interrupted) throw new InterruptionError();
  if (result.code !== 0) {
    const problem = synthProblem(result.stderr) ?? command.outputTail(result, 60);
    const more = environment.SLIPWAY_LOCK_COLLECT === undefined ? await allUnpinned(problem, tools, run) : "";
    throw new Error(`synth failed: ${project.app}\n${problem}${more}`);
  }
  for (const text of [result.stdout, result.stderr].map((said) => said.trim()).filter(Boolean)) terminal.note(text);
  return output;
}
