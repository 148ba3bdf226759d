// @ts-check
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mmdebstrap } from "../../src/offline/images/mmdebstrap.mjs";
import { runCommand } from "../../src/offline/images/run-command.mjs";
import { builtOnce } from "../../src/rehearsal/engine/built-once.mjs";

const SUITE = "trixie";
const PACKAGES = ["chromium", "fonts-dejavu-core"];
/** What no page needs: translations, and what people read about packages. */
const LEFT_OUT = ["/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*"];

/** Starts the browser of `CHROMIUM_ROOT` in namespaces of its own. */
export const CHROMIUM = fileURLToPath(new URL("chromium.sh", import.meta.url));

/**
 * The root file system of a Debian with its Chromium, made once from its packages and kept in the cache. Why not the package
 * on the machine itself: it brings some two hundred others, and who tests once keeps them all.
 *
 * @param {{ cacheDir: string, log: (text: string) => void }} kit
 * @returns {Promise<string>} the folder
 */
export async function debianChromium({ cacheDir, log }) {
  const args = [
    "--variant=minbase",
    `--include=${PACKAGES.join(",")}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...["--dpkgopt=force-unsafe-io", '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'],
    "--quiet",
  ];
  const pins = createHash("sha256").update(JSON.stringify([SUITE, args, process.arch]));
  const folder = join(cacheDir, "browser-roots", `chromium-${pins.digest("hex").slice(0, 12)}`);
  await builtOnce(folder, `Debian ${SUITE} with its Chromium`, log, async (work) => {
    log(`making Debian ${SUITE} with its Chromium, 800 MB, once: some two minutes`);
    await mmdebstrap({ suite: SUITE, target: join(work, "root"), args }, runCommand);
  });
  return join(folder, "root");
}
