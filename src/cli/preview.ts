import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXPIRY_OUTPUT } from "../terraform/expiry-output.ts";
import { isPreview } from "../values/environment-name.ts";
import { DeployedDescription } from "./deployed-description.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import { TerraformRun } from "./terraform-run.ts";
import type { Tools } from "./tools.ts";

/** The environment that a stack was declared to be of, by its name; nothing where it is of none. */
export function environmentOf(stack: SynthesizedStack): string | undefined {
  const { constructs = [] } = new DeployedDescription(stack).declared ?? {};
  const name = constructs.find(({ kind, path }) => kind === "environment" && path === stack.name)?.name;
  return typeof name === "string" ? name : undefined;
}

/** Whether a stack is of a preview: by what it says of itself, and by its own name, for what is taken away cannot be had back. */
export function isOfPreview(stack: SynthesizedStack): boolean {
  const environment = environmentOf(stack);
  return environment !== undefined && isPreview(environment) && stack.name.endsWith(`-${environment}`);
}

/** When the time of a preview is over, as its state has it; nothing where it is not deployed. */
export async function expiryOf(stack: SynthesizedStack, tools: Tools): Promise<Date | undefined> {
  const run = new TerraformRun(stack, tools);
  if (!isOfPreview(stack) || !run.hasState) return undefined;
  const expires =
    (await run.outputs())[EXPIRY_OUTPUT] ?? (existsSync(noteOf(stack)) ? readFileSync(noteOf(stack), "utf8") : "");
  const date = new Date(typeof expires === "string" ? expires : "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Remembers that a preview's time is over until it is wholly down: a destroy that fails may have taken that from its state. */
export function noteExpired(stack: SynthesizedStack, expires: string | undefined): void {
  if (expires === undefined) rmSync(noteOf(stack), { force: true });
  else writeFileSync(noteOf(stack), expires);
}

function noteOf({ folder }: SynthesizedStack): string {
  return join(folder, "slipway.expired");
}

/** A time as people and programs read it, e.g. `2026-12-02T09:00:00Z`. */
export function inUtc(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
