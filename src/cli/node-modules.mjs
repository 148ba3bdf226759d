// @ts-check
import { existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Why `npm ci` must run in a project, or nothing: its packages are there and not older than what the lockfile says. A
 * project without npm's lockfile has another package manager, which is its own matter.
 * @param {string} root
 * @returns {string | undefined}
 */
export function dependenciesProblem(root) {
  const lock = join(root, "package-lock.json");
  if (!existsSync(lock)) return undefined;
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return "node_modules is missing";
  return statSync(installed).mtimeMs < statSync(lock).mtimeMs
    ? "node_modules is older than package-lock.json"
    : undefined;
}

/**
 * Why `npm ci` may not run in a project, or nothing. It empties node_modules first, and where that is a link it would
 * empty a folder that belongs to somebody else, a neighbouring checkout most likely.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function installationProblem(root) {
  const path = join(root, "node_modules");
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
  const target = existsSync(path) ? realpathSync(path) : "a folder that is gone";
  return `node_modules must be the project's own to be installed anew, got a link to ${target}: remove the link, or run npm ci where it leads`;
}
