// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * A project that declares stacks: the nearest folder upwards that holds a cdktf.json.
 * @typedef {object} Project
 * @property {string} root
 * @property {string} app the command that synthesizes
 * @property {string} output the folder it writes, relative to the root
 * @property {string} [stack] which of several is meant when none is named; package.json says it, `"slipway": { "stack": "…" }`
 */

/**
 * What a project's own preparation may use. A project names the module in package.json, `"slipway": { "prepare": "…" }`;
 * `slipway/offline` is the one that comes with Slipway, and SLIPWAY_OFFLINE=1 asks for it where none is named.
 * @typedef {object} Preparation
 * @property {(tools: object) => Promise<{ mirror?: string }>} [plan] before the engine is looked at: a mirror it must pull through
 * @property {(tools: object) => Promise<Record<string, string>>} [prepare] with everything running: variables for synth and Terraform
 * @property {(tools: object) => Promise<Record<string, string>>} [recall] the variables of what was prepared before, where nothing may be started or installed
 */

/**
 * @param {string} [from]
 * @returns {Project}
 */
export function findProject(from = process.cwd()) {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, "cdktf.json");
    if (existsSync(file)) {
      const { app, output } = readJson(file);
      if (typeof app !== "string" || app === "")
        throw new Error(`cdktf.json must say how to synthesize, "app", got none in ${file}`);
      const { stack } = ownSettings(folder);
      return {
        root: folder,
        app,
        output: typeof output === "string" ? output : "cdktf.out",
        ...(typeof stack === "string" ? { stack } : {}),
      };
    }
    if (dirname(folder) === folder)
      throw new Error(`no cdktf.json in ${from} or above it: run this in a project's folder`);
  }
}

/** What a project writes that wants the stand-ins for registries which come with Slipway. */
const OFFLINE = "slipway/offline";

/**
 * The project's preparation, if it names one. Why the stand-ins are not everybody's: a base image that is not the published
 * one is for whoever asks for it.
 * @param {Pick<Project, "root">} project
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Preparation>}
 */
export async function loadPreparation({ root }, env = process.env) {
  const path = ownSettings(root).prepare ?? (env.SLIPWAY_OFFLINE === "1" ? OFFLINE : undefined);
  if (typeof path !== "string") return {};
  return import(path === OFFLINE ? offlineModule() : pathToFileURL(join(root, path)).href);
}

/** In a clone as it is, in the published package as the build laid it. */
function offlineModule() {
  const source = new URL("../offline/prepare.mjs", import.meta.url);
  return existsSync(source) ? source.href : new URL("../../lib/offline/prepare.mjs", import.meta.url).href;
}

/** What a project's package.json says under `slipway`. @param {string} root */
function ownSettings(root) {
  const file = join(root, "package.json");
  return (existsSync(file) && readJson(file).slipway) || {};
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} must be JSON: ${error instanceof Error ? error.message : error}`);
  }
}
