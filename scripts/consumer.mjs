// @ts-check
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CELLS } from "./consumer/cells.mjs";
import { ConsumerWorkspace } from "./consumer/consumer-workspace.mjs";

/**
 * Packs the package and uses it in every way that people do: node scripts/consumer.mjs [PATTERN]
 * Prints a row a cell. What each cell needs is installed by npm on first use and kept in the cache.
 */
const pattern = new RegExp(process.argv[2] ?? "", "i");
const folder = mkdtempSync(join(tmpdir(), "slipway-consumer-"));
const workspace = new ConsumerWorkspace(await ConsumerWorkspace.pack(folder), (line) => console.error(line));
try {
  console.log("| cell | outcome | seconds |\n|---|---|---|");
  await row("publint and attw", () => workspace.check("slipway"));
  await row("publint and attw, slipway-cdktn", () => workspace.check("slipway-cdktn"));
  for (const cell of CELLS) await row(cell.name, () => workspace.run(cell));
} finally {
  workspace.close();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} name @param {() => Promise<unknown>} work */
async function row(name, work) {
  if (!pattern.test(name)) return;
  const start = performance.now();
  try {
    await work();
    console.log(`| ${name} | ok | ${((performance.now() - start) / 1000).toFixed(1)} |`);
  } catch (error) {
    console.log(`| ${name} | FAILED | ${((performance.now() - start) / 1000).toFixed(1)} |`);
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
