import { run } from "../../src/cli/command.mjs";

/** Stops a container, then starts it: what a release does that stops first, without even pulling or making another. */
export async function restart(container: string): Promise<void> {
  for (const verb of ["stop", "start"]) {
    const { code, stderr } = await run("docker", [verb, container]);
    if (code !== 0) throw new Error(`docker ${verb} ${container}: ${stderr}`);
  }
}
