// @ts-check
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installed } from "./installed-packages.mjs";

/**
 * Prints what publint finds in a packed package, and attw: whether every way of resolving modules, that of the oldest
 * `moduleResolution` too, finds for each entry point what runs and its types. A program, since both are ES modules, which
 * Jest cannot load: node scripts/consumer/package-problems.mjs TARBALL
 */
const { resolve } = createRequire(join(await installed("all"), "package.json"));
/** @param {string} module */
const load = (module) => import(pathToFileURL(resolve(module)).href);
const bytes = new Uint8Array(readFileSync(process.argv[2] ?? ""));

const { checkPackage, createPackageFromTarballData } = await load("@arethetypeswrong/core");
const { types, problems } = await checkPackage(createPackageFromTarballData(bytes));
if (!types) report("attw", "the package has no types");
for (const problem of problems ?? []) report("attw", JSON.stringify(problem));

const { publint } = await load("publint");
const { formatMessage } = await load("publint/utils");
const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
for (const message of messages) report("publint", formatMessage(message, pkg));

/** @param {string} program @param {string} problem */
function report(program, problem) {
  console.log(`${program}: ${problem}`);
  process.exitCode = 1;
}
