// @ts-check
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { forCdktn } from "../cdktn-package.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */
/** @typedef {"slipway" | "slipway-cdktn"} PackageName */

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Which of our packages goes with what is installed.
 * @param {string} packages
 * @returns {PackageName}
 */
export function packageOf(packages) {
  return packages === "cdktn" ? "slipway-cdktn" : "slipway";
}

/**
 * A program of a project, with the modules that it names as they are called beside `packages`.
 * @param {string} text
 * @param {string} packages
 */
export function programFor(text, packages) {
  const name = packageOf(packages);
  const ours = text.replaceAll(/(?<= from "|^import ")(\.\.\/src|slipway)(?=["/])/gm, name);
  const entries = ours.replaceAll(new RegExp(`(?<="${name}(?:/[a-z]+)?)/index\\.ts(?=")`, "g"), "");
  return packages === "cdktn" ? forCdktn(entries) : entries;
}

/**
 * Lays a cell's project into `folder`.
 * @param {string} folder
 * @param {Cell} cell
 */
export function furnish(folder, { files, packages, config = {} }) {
  for (const file of ["app", "slipway.lock.json"])
    cpSync(join(HERE, "project", file), join(folder, file), { recursive: true });
  for (const file of files)
    writeFileSync(join(folder, file), programFor(readFileSync(join(HERE, "project", file), "utf8"), packages));
  for (const [file, content] of Object.entries(config)) {
    const text = typeof content === "string" ? readFileSync(content, "utf8") : JSON.stringify(content, null, 2);
    writeFileSync(join(folder, file), text);
  }
}
