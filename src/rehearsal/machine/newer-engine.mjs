// @ts-check
/**
 * Builds a newer Docker Engine than Debian's, once, and prints the folders of its programs, one a line.
 *
 * node newer-engine.mjs VERSION CACHE
 */
import { run } from "../../cli/command.mjs";
import { runCommand } from "../../offline/images/run-command.mjs";
import { BUILT_ENGINE, buildDockerEngine } from "../engine/docker-engine.mjs";

const [version, cacheDir] = process.argv.slice(2);
if (version !== BUILT_ENGINE || !cacheDir) {
  throw new Error(
    `the engine that can be built is ${BUILT_ENGINE}, got ${JSON.stringify(version)}: leave --engine out for the machine's own`,
  );
}
/** @param {readonly string[]} packages */
const install = async (packages) => {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["install", "-qy", "--no-install-recommends", ...packages], { env });
};
const folders = await buildDockerEngine({ cacheDir, run, log: console.error, install });
console.log(folders.join("\n"));
