import { resolve } from "node:path";
import { synthProblem } from "./synth-problem.ts";
import type { Tools } from "./tools.ts";

/** Runs the project's app, as cdktf.json says, and answers the folder that it wrote. */
export async function synth(
  { terminal, project, command }: Tools,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const output = resolve(project.root, environment.CDKTF_OUTDIR ?? project.output);
  const env = { ...process.env, CDKTF_OUTDIR: output, ...environment };
  const result = await command.run(project.app, [], { cwd: project.root, shell: true, env });
  if (result.code !== 0) {
    const problem = synthProblem(result.stderr) ?? command.lastWords(result, 60);
    throw new Error(`synth failed: ${project.app}\n${problem}`);
  }
  for (const text of [result.stdout, result.stderr].map((said) => said.trim()).filter(Boolean)) terminal.note(text);
  return output;
}
