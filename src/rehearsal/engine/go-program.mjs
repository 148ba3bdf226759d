// @ts-check
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputTail } from "../../cli/command.mjs";
import { builtOnce } from "./built-once.mjs";

/** Each folder holds a go.mod that requires one version of one program, and the go.sum that says what it must contain. */
const OWN_MODULES = fileURLToPath(new URL("modules", import.meta.url));

/**
 * Programs that one Go module brings.
 *
 * @typedef {object} GoProgram
 * @property {string} title for people, e.g. `runc 1.3.6`
 * @property {string} module its folder of `modules/`
 * @property {string} [modules] the folder that has it; the one beside this file unless said
 * @property {readonly string[]} packages what is built
 * @property {readonly string[]} flags of `go build`
 * @property {"0" | "1"} cgo
 * @property {string} takes for people: how long a build takes, the first time
 * @property {readonly string[]} [needs] Debian's packages that a build takes besides Go
 */

/**
 * @typedef {object} Kit
 * @property {string} cacheDir
 * @property {typeof import("../../cli/command.mjs").run} run
 * @property {(text: string) => void} log
 * @property {(packages: readonly string[]) => Promise<void>} install what a build needs and Debian has
 */

/**
 * Builds programs from source through the Go module proxy, once: what was built is kept in the cache under a name that
 * changes with the pins and the flags.
 *
 * @param {GoProgram} program
 * @param {Kit} kit
 * @returns {Promise<string>} the folder of the programs
 */
export async function buildGoProgram(program, { cacheDir, run, log, install }) {
  const { title, module, modules = OWN_MODULES, takes, flags, packages, cgo, needs = [] } = program;
  const folder = join(cacheDir, "built-programs", `${module}-${pinsOf(program)}`);
  await builtOnce(folder, title, log, async (work) => {
    log(`building ${title} through the Go module proxy, once: ${takes}`);
    if (needs.length > 0) await install(needs);
    const source = join(work, "source");
    cpSync(join(modules, module), source, { recursive: true });
    await goBuild(run, title, source, cgo, [...flags, "-o", `${work}/`, ...packages]);
    rmSync(source, { recursive: true });
  });
  return folder;
}

/**
 * Runs `go build` at a low priority, because tests run meanwhile, with the versions that go.mod and go.sum pin.
 *
 * @param {Kit["run"]} run
 * @param {string} title
 * @param {string} cwd
 * @param {"0" | "1"} cgo
 * @param {readonly string[]} args
 */
export async function goBuild(run, title, cwd, cgo, args) {
  const env = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false", CGO_ENABLED: cgo };
  const result = await run("nice", ["-n", "10", "go", "build", "-trimpath", ...args], { cwd, env });
  if (result.code === 0) return;
  const missing = /‘?go’?: No such file or directory/.test(result.stderr);
  const reason = missing ? "no go in PATH: install Go 1.26 or newer (https://go.dev/dl)" : outputTail(result);
  throw new Error(`building ${title} failed\n${reason}`);
}

/** @param {GoProgram} program */
function pinsOf({ module, modules = OWN_MODULES, packages, flags, cgo }) {
  const folder = join(modules, module);
  const hash = createHash("sha256").update(JSON.stringify([packages, flags, cgo, process.arch]));
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
}
