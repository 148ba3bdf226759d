import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockfilePath, readLockfile } from "./lockfile.ts";
import type { Tools } from "./tools.ts";

/** Runs the app so that it writes down every reference that its stacks name, in place of refusing what nothing pins. */
export async function wantedReferences(run: (environment: NodeJS.ProcessEnv) => Promise<unknown>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-lock-"));
  try {
    const collected = join(folder, "references");
    await run({ SLIPWAY_LOCK_COLLECT: collected, CDKTF_OUTDIR: join(folder, "cdktf.out") });
    const lines = existsSync(collected) ? readFileSync(collected, "utf8").split("\n").filter(Boolean) : [];
    return [...new Set(lines)].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What else of the app nothing pins, where that is why it was refused: a refusal names the first, and a person would
 * meet the next one after each. Nothing where no more than one is missing.
 */
export async function allUnpinned(
  problem: string,
  { project }: Pick<Tools, "project">,
  run: (environment: NodeJS.ProcessEnv) => Promise<unknown>,
): Promise<string> {
  if (!problem.includes("nothing pins")) return "";
  const { images = {} } = readLockfile(lockfilePath(project.root));
  const wanted = (await wantedReferences(run)).filter((line) => !line.includes(" "));
  const missing = wanted.filter((reference) => !Object.hasOwn(images, reference));
  return missing.length > 1 ? `\nnothing pins, in all: ${missing.join(", ")}; npx slipway lock pins them` : "";
}
