import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs the command line many times in one process, for a process of its own takes ten times as long to start: reads a
 * list of command lines, writes what became of each. `node many-runs.mjs < [{ "words": […], "cwd": "…" }]`
 */
const { main } = await import(pathToFileURL(resolve(import.meta.dirname, "../../src/cli/program.mjs")).href);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

let said = "";
const keep = (text, ...more) => {
  said += text;
  more.find((each) => typeof each === "function")?.();
  return true;
};
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = keep;
process.stderr.write = keep;

const environment = { ...process.env };
const outcomes = [];
for (const { words, cwd } of JSON.parse(Buffer.concat(chunks).toString())) {
  said = "";
  process.chdir(cwd);
  process.env = { ...environment };
  const code = await main(words);
  outcomes.push({ code, said });
}
write(JSON.stringify(outcomes));
