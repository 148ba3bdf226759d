// @ts-check
import { homedir } from "node:os";
import { Apt } from "./apt.mjs";
import { firstWords, run, which } from "./command.mjs";
import { consentOf } from "./consent.mjs";
import { DebianPrograms } from "./debian-programs.mjs";
import { diskProblem } from "./disk.mjs";
import { inspectEngine } from "./engine.mjs";
import { engineRequirement, ensureMirror } from "./engine-setup.mjs";
import { dependenciesProblem, installationProblem } from "./node-modules.mjs";
import { operatingSystemProblem } from "./operating-system.mjs";
import { terraformRequirement } from "./terraform-setup.mjs";
import { findTerraform } from "./terraform-tool.mjs";

/** @typedef {import("./engine.mjs").Engine} Engine */
/** @typedef {import("./terminal.mjs").Terminal} Terminal */
/** @typedef {import("./terraform-tool.mjs").TerraformTool} TerraformTool */

/**
 * Something that the machine lacks.
 * @typedef {object} Missing
 * @property {string} problem
 * @property {string} remedy what a person does where we may not or cannot
 * @property {string} [action] what we would do about it, in words
 * @property {(() => Promise<void>)} [fix]
 * @property {true} [isBeside] whether it changes nothing of the machine, so that nobody has to agree
 */

/** The machine is not ready; the lines say what is missing and how to get it. */
export class MachineError extends Error {}

/**
 * Programs by name, each with the Debian package that brings it, and what it is for where that is said.
 * @typedef {Readonly<Record<string, string | { readonly package: string, readonly why: string }>>} Programs
 */

/**
 * What a verb needs of the machine.
 * @typedef {object} Needs
 * @property {string} root the project's folder
 * @property {boolean} install whether somebody consented to it already
 * @property {boolean} tools Terraform and the engine, or Node and its packages only
 * @property {string} [mirror] a registry mirror that the engine must pull through
 * @property {Apt} [apt] the package manager; this machine's own unless said
 * @property {Programs} [programs] further programs, each with the Debian package out of which it is unpacked beside the
 *   machine's own where that has none
 * @property {Programs} [system] likewise, of those that only the machine itself can have
 * @property {(apt: Apt | undefined) => Promise<Missing[]>} [further] what else is missing for a verb; changes nothing
 */

/**
 * Makes the machine ready: looks at everything first, says what is missing, asks once where nobody has said yes, puts
 * it right, and looks again.
 *
 * @param {Terminal} terminal
 * @param {Needs} needs
 * @returns {Promise<{ terraform?: TerraformTool, engine?: Engine }>}
 */
export async function setUp(terminal, { root, install, ...needs }) {
  const unfit = needs.tools && operatingSystemProblem(process.platform);
  if (unfit) throw new MachineError(unfit);
  const { apt = Apt.find(terminal) } = needs;
  const look = () => inspect(terminal, { ...needs, apt });
  let ready = await terminal.step("check this machine", look);
  // A second round, for what shows only when the first is done: an engine must run before it can be told of a mirror.
  for (let round = 1; ready.missing.length > 0; round++) {
    if (round > 2) throw new MachineError(ready.missing.map(inOneLine).join("\n"));
    for (const { problem } of ready.missing) terminal.warn(problem);
    await supply(terminal, ready.missing, { install, uid: apt?.uid });
    ready = await terminal.step("check again", look);
  }
  const dependencies = dependenciesProblem(root);
  if (dependencies) await installDependencies(terminal, root, dependencies);
  return ready;
}

/**
 * What is here and what is missing; changes nothing.
 * @param {Terminal} terminal
 * @param {Omit<Needs, "root" | "install">} needs
 * @returns {Promise<{ terraform?: TerraformTool, engine?: Engine, missing: Missing[] }>}
 */
export async function inspect(terminal, { tools, mirror, apt, programs = {}, system = {}, further }) {
  terminal.note(`Node ${process.versions.node}`);
  if (!tools) return { missing: [] };
  const [terraform, engine] = await Promise.all([findTerraform(), inspectEngine()]);
  /** @type {Missing[]} */
  const missing = [];
  if (terraform.tool) terminal.note(`${terraform.tool.name} ${terraform.tool.version}`);
  else missing.push(terraformRequirement(terraform.problem ?? "", apt));
  if (engine.state === "running") terminal.note(`Docker Engine ${engine.version} at ${engine.endpoint}`);
  else missing.push(engineRequirement(terminal, engine, apt, mirror));
  if (engine.state === "running" && mirror) missing.push(...ensureMirror(terminal, engine, apt, mirror));
  missing.push(...systemRequirements(lacking(system), apt));
  missing.push(...(await programRequirements(terminal, lacking(programs), apt)));
  missing.push(...((await further?.(apt)) ?? []));
  for (const folder of engine.local && engine.root ? [engine.root, homedir()] : [homedir()]) {
    const problem = diskProblem(folder);
    if (problem) missing.push({ problem, remedy: "" });
  }
  return { terraform: terraform.tool, engine, missing };
}

/**
 * Puts right what is missing, if all of it can be and somebody has agreed.
 * @param {Terminal} terminal
 * @param {Missing[]} missing
 * @param {{ install: boolean, uid: number | undefined }} person
 */
async function supply(terminal, missing, { install, uid }) {
  const lines = missing.map(inOneLine).join("\n");
  if (missing.some(({ fix }) => !fix)) throw new MachineError(lines);
  const isAgreed = install || missing.every(({ isBeside }) => isBeside);
  const consent = consentOf({ uid, env: process.env, install: isAgreed, interactive: terminal.interactive });
  if (consent === "none") throw new MachineError(`${lines}\nor let this command do it: add --install`);
  for (const { action } of missing) terminal.line(`  will ${action}`);
  if (consent === "ask" && !(await terminal.confirm("Go ahead?"))) throw new MachineError(lines);
  for (const { action, fix } of missing) {
    await terminal
      .step(action ?? "", async () => fix?.())
      .catch((error) => {
        throw new MachineError(error.message);
      });
  }
}

/**
 * @param {Terminal} terminal
 * @param {string} root
 * @param {string} reason
 */
async function installDependencies(terminal, root, reason) {
  const problem = installationProblem(root);
  if (problem) throw new MachineError(`${reason}, and ${problem}`);
  await terminal.step(`npm ci (${reason})`, async () => {
    const result = await run("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], { cwd: root });
    if (result.code !== 0)
      throw new MachineError(`npm ci failed with exit status ${result.code}\n${firstWords(result)}`);
  });
}

/**
/**
 * Those of the programs that are not in PATH, nor where root has more.
 * @param {Programs} programs
 * @returns {Lacking[]}
 */
function lacking(programs) {
  const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  return Object.entries(programs)
    .filter(([program]) => !which(program, env))
    .map(([program, by]) => ({ program, ...(typeof by === "string" ? { package: by, why: "" } : by) }));
}

/** @typedef {{ readonly program: string, readonly package: string, readonly why: string }} Lacking */

/**
 * @param {readonly Lacking[]} programs
 * @param {Apt | undefined} apt
 * @returns {Missing[]}
 */
function systemRequirements(programs, apt) {
  return programs.map((lacking) => ({
    ...notInPath([lacking]),
    ...(apt ? { action: `install ${lacking.package} by apt`, fix: () => apt.install([lacking.package]) } : {}),
  }));
}

/**
 * What has been unpacked already is used without a word of consent, since it is a folder of the cache.
 * @param {Terminal} terminal
 * @param {readonly Lacking[]} programs
 * @param {Apt | undefined} apt
 * @returns {Promise<Missing[]>}
 */
async function programRequirements(terminal, programs, apt) {
  if (programs.length === 0) return [];
  if (!apt) return programs.map((lacking) => notInPath([lacking]));
  const names = programs.map(({ program }) => program).join(", ");
  const packages = Object.fromEntries(programs.map((lacking) => [lacking.program, lacking.package]));
  const unpacked = new DebianPrograms(packages, { log: (text) => terminal.note(text) });
  const use = async () => {
    process.env.PATH = `${process.env.PATH}:${await unpacked.unpack()}`;
  };
  if (!unpacked.isThere) {
    const action = `unpack Debian's packages of ${names} into ${unpacked.root}: nothing of them is installed`;
    return [{ ...notInPath(programs), action, fix: use, isBeside: true }];
  }
  await use();
  terminal.note(`${names} from ${unpacked.root}`);
  return [];
}

/**
 * What is missing, in one line, and how to get it by hand.
 * @param {readonly Lacking[]} programs
 */
function notInPath(programs) {
  const plain = programs.filter(({ why }) => why === "").map(({ program }) => program);
  const problems = [
    ...(plain.length > 0 ? [`no ${plain.join(", ")} in PATH`] : []),
    ...programs.filter(({ why }) => why !== "").map(({ program, why }) => `no ${program} in PATH, which ${why}`),
  ];
  const packages = [...new Set(programs.map((lacking) => lacking.package))].join(" ");
  const remedy = `install ${programs.length === 1 ? "it" : "them"} (Debian: apt-get install ${packages})`;
  return { problem: problems.join("; "), remedy };
}

/** @param {Missing} missing */
export function inOneLine({ problem, remedy }) {
  return remedy ? `${problem}: ${remedy}` : problem;
}
