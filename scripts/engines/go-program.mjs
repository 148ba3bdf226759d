// @ts-check
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastWords } from "../../src/cli/command.mjs";
import { withLock } from "../offline/images/lock.mjs";

/** Each folder holds a go.mod that requires one version of one program, and the go.sum that says what it must contain. */
const MODULES = fileURLToPath(new URL("modules", import.meta.url));

/**
 * Programs that one Go module brings.
 *
 * @typedef {object} GoProgram
 * @property {string} title for people, e.g. `runc 1.3.6`
 * @property {string} module its folder of `modules/`
 * @property {readonly string[]} packages what is built
 * @property {readonly string[]} flags of `go build`
 * @property {"0" | "1"} cgo
 * @property {string} takes for people: how long a build takes, the first time
 * @property {readonly string[]} [needs] Debian's packages that a build takes besides Go
 */

/**
 * @typedef {object} Kit
 * @property {string} cacheDir
 * @property {typeof import("../../src/cli/command.mjs").run} run
 * @property {(text: string) => void} log
 * @property {(packages: readonly string[]) => Promise<void>} install what a build needs and Debian has
 */

/**
 * Builds programs from source through the Go module proxy, once: what was built is kept in the cache under a name that
 * changes with the pins and the flags. The lowest priority but one, because tests run meanwhile.
 *
 * @param {GoProgram} program
 * @param {Kit} kit
 * @returns {Promise<string>} the folder of the programs
 */
export async function buildGoProgram(program, { cacheDir, run, log, install }) {
  const { title, module, takes, needs = [] } = program;
  const folder = join(cacheDir, "built-programs", `${module}-${pinsOf(program)}`);
  const isComplete = () => existsSync(join(folder, "complete"));
  if (isComplete()) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const wait = () => log(`another process builds ${title}: waiting for it`);
  return withLock(`${folder}.lock`, wait, async () => {
    if (isComplete()) return folder;
    log(`building ${title} through the Go module proxy, once: ${takes}`);
    if (needs.length > 0) await install(needs);
    const work = `${folder}.new`;
    for (const left of [work, folder]) rmSync(left, { recursive: true, force: true });
    try {
      cpSync(join(MODULES, module), work, { recursive: true });
      mkdirSync(join(work, "bin"));
      const env = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", CGO_ENABLED: program.cgo };
      const args = ["-n", "10", "go", "build", "-trimpath", ...program.flags, "-o", "bin/", ...program.packages];
      const result = await run("nice", args, { cwd: work, env });
      if (result.code !== 0) throw new Error(`building ${title} failed\n${reasonOf(result)}`);
      renameSync(join(work, "bin"), folder);
      writeFileSync(join(folder, "complete"), `${title}\n`);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return folder;
  });
}

/** @param {GoProgram} program */
function pinsOf({ module, packages, flags, cgo }) {
  const hash = createHash("sha256").update(JSON.stringify([packages, flags, cgo, process.arch]));
  for (const name of readdirSync(join(MODULES, module)).sort()) hash.update(readFileSync(join(MODULES, module, name)));
  return hash.digest("hex").slice(0, 12);
}

/** @param {import("../../src/cli/command.mjs").CommandResult} result */
function reasonOf(result) {
  const missing = /‘?go’?: No such file or directory/.test(result.stderr);
  return missing ? "no go in PATH: install Go 1.26 or newer (https://go.dev/dl)" : lastWords(result);
}
