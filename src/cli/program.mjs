// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ArgumentsError, parseArguments } from "./arguments.mjs";
import { cacheFolder } from "./cache-folder.mjs";
import * as command from "./command.mjs";
import { doctor } from "./doctor.mjs";
import { answers } from "./early-request.mjs";
import { isDefaultEndpoint } from "./engine-endpoint.cjs";
import { findProject, loadPreparation } from "./project.mjs";
import { MachineError, setUp } from "./setup.mjs";
import { Terminal } from "./terminal.mjs";
import { findTerraform } from "./terraform-tool.mjs";
import { overallUsage, verbUsage } from "./usage.mjs";
import { verbNamed } from "./verb-table.mjs";
import { wrapped } from "./wrapped.cjs";

/** Verbs of scripts that are no verbs of the command line, and need all of the machine. */
const SCRIPTS = new Set(["test"]);

/** Verbs to which what another run prepared is nothing: one writes the project's own pins, one prepares once it has looked. */
const UNPREPARED = new Set(["lock", "rehearse"]);

/**
 * The whole program: a command line in, an exit code out.
 * @param {readonly string[]} argv
 * @param {object} [more] what a script hands to the verb that it calls
 * @returns {Promise<number>}
 */
export async function main(argv, more = {}) {
  try {
    const asked = parseArguments(argv);
    if (asked.verb === "help") {
      const verb = verbNamed(asked.operand ?? "");
      console.log(verb ? verbUsage(verb) : overallUsage());
    } else if (asked.verb === "version")
      console.log(
        JSON.parse(readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8")).version,
      );
    else return await perform(asked, more);
    return 0;
  } catch (error) {
    const width = process.stderr.isTTY ? process.stderr.columns : Number.POSITIVE_INFINITY;
    console.error(wrapped(`slipway: ${error instanceof Error ? error.message : error}`, width).join("\n"));
    if (error instanceof ArgumentsError)
      console.error(`\nslipway ${error.verb === undefined ? "" : `${error.verb} `}--help says what there is`);
    return error instanceof ArgumentsError ? 2 : error instanceof MachineError ? 3 : statusOf(error);
  }
}

/** The exit status that a verb gives its error, e.g. where what it was told cannot be what is meant. @param {unknown} error */
function statusOf(error) {
  const { exitStatus } = /** @type {{ exitStatus?: unknown }} */ (error ?? {});
  return typeof exitStatus === "number" ? exitStatus : 1;
}

/**
 * @param {import("./arguments.mjs").Arguments} asked
 * @param {object} more
 */
async function perform(asked, more) {
  const { needs, prints } = /** @type {import("./verb-table.mjs").Verb} */ (
    verbNamed(asked.action === undefined ? asked.verb : `${asked.verb} ${asked.action}`)
  );
  const terminal = new Terminal({
    out: prints || asked.json || asked.format !== undefined ? process.stderr : process.stdout,
    input: process.stdin,
    env: process.env,
    verbose: asked.verbose,
  });
  if (asked.formerYes)
    console.error("slipway: --yes is now --install: it consents to installing what is missing, and to nothing else");
  if (asked.directory !== undefined) enter(asked.directory);
  if (asked.verb === "doctor") return doctor(terminal, findProject(), asked);
  if (needs === "nothing") {
    const { perform: go } = await loadVerbs();
    return go(asked, { terminal, command, request, answers, findTerraform });
  }
  const project = findProject();
  const { environment, machine } = await makeReady(terminal, project, asked);
  if (asked.verb === "setup") return 0;
  if (asked.verb === "env") {
    if (asked.json) console.log(JSON.stringify({ schema: 1, variables: environment }, null, 2));
    else
      for (const [name, value] of Object.entries(environment))
        console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
    return 0;
  }
  const rehearses = asked.verb === "rehearse";
  const { perform: go } = await loadVerbs(rehearses ? "rehearsal/rehearse" : undefined);
  // What takes long to get ready is so after the verb has looked whether it can do at all what is asked.
  const ready = rehearses
    ? {
        /** @param {object} needs */
        makeReady: (needs) => makeReady(terminal, project, { ...asked, ...needs, tools: true }),
      }
    : {};
  const tools = { terminal, project, command, request, answers, findTerraform };
  return go(asked, { ...tools, ...machine, ...ready, ...more });
}

/**
 * Loaded by the first request: in a fresh clone the set-up has to install what it needs, and most verbs send none.
 * @type {typeof import("./http-request.mjs").request}
 */
async function request(url, options) {
  const client = await import("./http-request.mjs");
  return client.request(url, options);
}

/** @param {string} directory */
function enter(directory) {
  try {
    process.chdir(directory);
  } catch {
    throw new ArgumentsError(`-C must be a directory that exists, got ${directory}`);
  }
}

/**
 * Sets the machine up and lets the project prepare; the variables it answers hold for everything after.
 * @param {Terminal} terminal
 * @param {import("./project.mjs").Project} project
 * @param {{ verb: string, install?: boolean, tools?: boolean } & Pick<import("./setup.mjs").Needs, "programs" | "system" | "further">} asked
 */
export async function makeReady(terminal, project, asked) {
  const { verb, install = false, programs, system, further } = asked;
  const { tools = SCRIPTS.has(verb) || verbNamed(verb)?.needs === "tools" } = asked;
  const preparation = tools || !UNPREPARED.has(verb) ? await loadPreparation(project) : {};
  const kit = {
    terminal,
    run: command.run,
    log: terminal.note.bind(terminal),
    cacheDir: cacheFolder(),
    root: project.root,
    verb,
    install,
  };
  const { mirror } = (tools ? await preparation.plan?.(kit) : undefined) ?? {};
  const machine = await setUp(terminal, { root: project.root, install, tools, mirror, programs, system, further });
  const environment = (await (tools ? preparation.prepare?.({ ...kit, ...machine }) : preparation.recall?.(kit))) ?? {};
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
 * @param {string} [name] the module that has them
 * @returns {Promise<{ perform: (asked: object, tools: object) => Promise<number> }>}
 */
async function loadVerbs(name = "cli/verbs") {
  const source = new URL(`../${name}.ts`, import.meta.url);
  if (!existsSync(source)) return import(new URL(`../../lib/${name}.js`, import.meta.url).href);
  const { register } = await import("tsx/cjs/api").catch(() => {
    throw new MachineError("the project's packages are not installed: npm ci");
  });
  // Not tsx's own require: that reads each file under a name of its own, so that nothing of an earlier run is of use.
  register();
  return createRequire(import.meta.url)(fileURLToPath(source));
}
