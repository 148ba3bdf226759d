// @ts-check
import { basename } from "node:path";

/** @typedef {"machines" | "engine"} Lane */

/**
 * Which of the real tests run side by side. Tests that would meet in something have one lane, in which they follow each
 * other: `machines` has what makes the network, the host names and the addresses of a rehearsal, `engine` has the stacks
 * whose names and ports on this machine's engine are fixed. The rest takes names and ports that are free, and stands
 * where it makes the two last about as long: a lane waits for containers and for Terraform more than it works.
 */
const MACHINES =
  /^(rehearsal-(agent|doubles|netflix|package|stage)|host-agent(-recovery|-tls)?|ssh-host|swarm-host)\.real\.test\.ts$/;

/** What is proved on a newer engine too, beside the lanes: what builds, pushes, pulls, releases and takes away again. */
const NEWER_ENGINE = /^(images|local-deploy|multi-platform|private-registry)\.real\.test\.ts$/;

/**
 * The files that run a second time, on an engine of another version that has namespaces for itself.
 * @param {readonly string[]} files
 */
export function filesForNewerEngine(files) {
  return files.filter((file) => NEWER_ENGINE.test(basename(file)));
}

/**
 * @param {string} file
 * @returns {Lane}
 */
export function laneOf(file) {
  return MACHINES.test(basename(file)) ? "machines" : "engine";
}

/**
 * The lanes that have something to do, each with its files.
 * @param {readonly string[]} files
 * @returns {[Lane, string[]][]}
 */
export function lanesOf(files) {
  /** @type {Map<Lane, string[]>} */
  const lanes = new Map();
  for (const file of files) lanes.set(laneOf(file), [...(lanes.get(laneOf(file)) ?? []), file]);
  return [...lanes];
}
