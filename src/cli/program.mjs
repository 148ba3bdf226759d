// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ArgumentsError, parseArguments, USAGE } from "./arguments.mjs";
import { cacheFolder } from "./cache-folder.mjs";
import * as command from "./command.mjs";
import { isDefaultEndpoint } from "./engine.mjs";
import { answers, request } from "./http-request.mjs";
import { findProject, loadPreparation } from "./project.mjs";
import { MachineError, setUp } from "./setup.mjs";
import { Terminal } from "./terminal.mjs";
import { findTerraform } from "./terraform-tool.mjs";

/** Which verbs need Terraform and an engine; the rest need Node and the project's packages only. */
const DEPLOYING = new Set(["up", "down", "env", "setup", "test", "volumes"]);
/** Verbs whose output is for programs, so that what happens on the way goes to standard error. */
const PRINTING = new Set(["env", "context"]);

/**
 * The whole program: a command line in, an exit code out.
 * @param {readonly string[]} argv
 * @returns {Promise<number>}
 */
export async function main(argv) {
  try {
    const asked = parseArguments(argv);
    if (asked.verb === "help") console.log(USAGE);
    else if (asked.verb === "version")
      console.log(
        JSON.parse(readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8")).version,
      );
    else return await perform(asked);
    return 0;
  } catch (error) {
    console.error(`slipway: ${error instanceof Error ? error.message : error}`);
    if (error instanceof ArgumentsError) console.error(`\n${USAGE}`);
    return error instanceof ArgumentsError ? 2 : error instanceof MachineError ? 3 : 1;
  }
}

/** @param {import("./arguments.mjs").Arguments} asked */
async function perform(asked) {
  const terminal = new Terminal({
    out: PRINTING.has(asked.verb) || asked.json ? process.stderr : process.stdout,
    input: process.stdin,
    env: process.env,
  });
  const project = findProject();
  const { environment, machine } = await makeReady(terminal, project, asked);
  if (asked.verb === "setup") return 0;
  if (asked.verb === "env") {
    for (const [name, value] of Object.entries(environment))
      console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    return 0;
  }
  const { perform: go } = await loadVerbs();
  return go(asked, { terminal, project, command, request, answers, findTerraform, ...machine });
}

/**
 * Sets the machine up and lets the project prepare; the variables it answers hold for everything after.
 * @param {Terminal} terminal
 * @param {import("./project.mjs").Project} project
 * @param {{ verb: string, yes: boolean, programs?: Readonly<Record<string, string>> }} asked
 */
export async function makeReady(terminal, project, { verb, yes, programs }) {
  const tools = DEPLOYING.has(verb);
  const preparation = tools ? await loadPreparation(project) : {};
  const kit = { terminal, run: command.run, log: terminal.note.bind(terminal), cacheDir: cacheFolder(), verb, yes };
  const { mirror } = (await preparation.plan?.(kit)) ?? {};
  const machine = await setUp(terminal, { root: project.root, yes, tools, mirror, programs });
  const environment = (await preparation.prepare?.({ ...kit, ...machine })) ?? {};
  Object.assign(environment, engineVariables(machine.engine), tools ? builderVariables() : {});
  Object.assign(process.env, environment, { CHECKPOINT_DISABLE: "1" });
  return { machine, environment };
}

/**
 * What makes Terraform's provider talk to the engine that the client has chosen: it knows the variables, but not the
 * context that `docker context use` leaves behind.
 *
 * @param {import("./engine.mjs").Engine | undefined} engine
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Record<string, string>}
 */
export function engineVariables(engine, env = process.env) {
  if (!engine || env.DOCKER_HOST || env.DOCKER_CONTEXT || isDefaultEndpoint(engine.endpoint)) return {};
  return engine.endpoint.startsWith("tcp:") ? { DOCKER_CONTEXT: engine.context } : { DOCKER_HOST: engine.endpoint };
}

/**
 * What makes a builder attest nothing that is not declared: an attestation has the time in it, and two builds of one
 * content would have two digests. Why a variable: the provider has an option for it from 4.3 on only, and an older one
 * refuses what it does not know.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Record<string, string>}
 */
export function builderVariables(env = process.env) {
  return env.BUILDX_NO_DEFAULT_ATTESTATIONS === undefined ? { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" } : {};
}

/**
 * The verbs proper: compiled in the published package, in a clone straight from their TypeScript.
 * @returns {Promise<{ perform: (asked: object, tools: object) => Promise<number> }>}
 */
async function loadVerbs() {
  const source = new URL("./verbs.ts", import.meta.url);
  if (!existsSync(source)) return import(new URL("../../lib/cli/verbs.js", import.meta.url).href);
  const { require } = await import("tsx/cjs/api");
  return require(fileURLToPath(source), import.meta.url);
}
