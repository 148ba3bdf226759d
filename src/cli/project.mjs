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
 * What a project's own preparation may use. A project names the module in package.json, `"slipway": { "prepare": "…" }`.
 * @typedef {object} Preparation
 * @property {(tools: object) => Promise<{ mirror?: string }>} [plan] before the engine is looked at: a mirror it must pull through
 * @property {(tools: object) => Promise<Record<string, string>>} [prepare] with everything running: variables for synth and Terraform
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

/**
 * The project's own preparation, if it names one.
 * @param {Project} project
 * @returns {Promise<Preparation>}
 */
export async function loadPreparation({ root }) {
  const path = ownSettings(root).prepare;
  return typeof path === "string" ? import(pathToFileURL(join(root, path)).href) : {};
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
