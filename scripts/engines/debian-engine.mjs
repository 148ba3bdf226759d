// @ts-check
import { join } from "node:path";
import { outputTail } from "../../src/cli/command.mjs";
import { builtOnce } from "../../src/rehearsal/engine/built-once.mjs";

const PACKAGES = "ca-certificates,iptables,iproute2,docker.io,docker-cli,docker-buildx";
const SOURCE = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no]";

/**
 * The root file system of a newer Debian with that Debian's engine, made once from its packages and kept in the cache.
 * A suite moves on: which engine it has shows when the engine is asked.
 *
 * @param {string} suite e.g. `trixie`
 * @param {import("../../src/rehearsal/engine/go-program.mjs").Kit} kit
 * @returns {Promise<string>} the folder
 */
export async function debianEngine(suite, { cacheDir, run, log, install }) {
  const folder = join(cacheDir, "engine-roots", suite);
  await builtOnce(folder, `Debian ${suite} with its Docker Engine`, log, async (work) => {
    log(`making Debian ${suite} with its Docker Engine, 430 MB, once: some three minutes`);
    await install(["mmdebstrap", "debian-archive-keyring"]);
    const options = ["--variant=minbase", `--include=${PACKAGES}`, "--dpkgopt=force-unsafe-io", "--quiet"];
    const apt = ['--aptopt=Acquire::Languages "none"', '--aptopt=Acquire::Retries "3"'];
    const source = `${SOURCE} http://deb.debian.org/debian ${suite} main`;
    const words = ["-n", "10", "mmdebstrap", ...options, ...apt, suite, join(work, "root"), source];
    const result = await run("nice", words);
    if (result.code !== 0) throw new Error(`making Debian ${suite} failed\n${outputTail(result)}`);
  });
  return join(folder, "root");
}
