/**
 * What a person waits for: the first `up` of the cats stack, a second one with nothing changed, and one after a byte
 * of the application changed, split by step. Needs the ports of the stack free: `node --import tsx bench/up.ts`.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");
const application = join(mkdtempSync(join(tmpdir(), "slipway-bench-")), "cats");
cpSync(join(ROOT, "stacks/apps/cats"), application, { recursive: true });

function slipway(verb: string): Map<string, string> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "src/cli/slipway.mjs"), verb, "cats"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", SLIPWAY_CATS_DIR: application },
  });
  if (status !== 0) throw new Error(`${verb}: ${stdout}${stderr}`);
  const steps = [...stdout.matchAll(/^ {2}(\S.*?) {2,}((?:\d+ min )?[\d.]+ s)$/gm)];
  return new Map(steps.map(([, step, time]) => [step as string, time as string]));
}

slipway("down");
const first = slipway("up");
const second = slipway("up");
appendFileSync(join(application, "templates/index.html"), " ");
const changed = slipway("up");
slipway("down");

console.log("| step | first | again, nothing changed | one byte changed |\n|---|---|---|---|");
for (const step of new Set([...first.keys(), ...second.keys(), ...changed.keys()])) {
  console.log(`| ${step} | ${first.get(step) ?? "–"} | ${second.get(step) ?? "–"} | ${changed.get(step) ?? "–"} |`);
}
