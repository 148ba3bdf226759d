import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs the command line as often as it is told to, in one process: to start one takes longer than most of what it is
 * started for. Takes `{ words, cwd, env }`, answers `{ code, stdout, stderr }`, one at a time.
 */
const { main } = await import(pathToFileURL(resolve(import.meta.dirname, "../../src/cli/program.mjs")).href);

process.on("message", async ({ words, cwd, env }) => {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) {
    process[stream].write = (text, ...more) => {
      said[stream] += text;
      more.find((each) => typeof each === "function")?.();
      return true;
    };
  }
  // One by one, so that the process itself has them: the home folder is read there.
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.send({ code: await main(words), ...said });
});
process.send("ready");
