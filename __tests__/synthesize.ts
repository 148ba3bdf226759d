import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import * as testing from "../src/testing/synthesize.ts";

/** What Terraform reads of a stack, as far as tests look into it. */
export interface SynthesizedStack {
  readonly json: string;
  readonly directory: string;
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly terraform: Record<string, unknown>;
  readonly output: Record<string, { value: unknown }>;
  /** The same as users' tests ask it. */
  readonly asked: ReturnType<typeof testing.synthesize>;
}

/** Runs `declare` in a stack and synthesizes it the way the command line does: preparation and validations included. */
export function synthesize(
  declare: (stack: TerraformStack) => void,
  context: Record<string, unknown> = {},
): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-synth-"));
  const asked = testing.synthesize((stack) => void declare(stack), { outdir, context });
  const { json, directory } = asked;
  const document = JSON.parse(json) as Partial<SynthesizedStack>;
  return {
    resource: {},
    provider: {},
    terraform: {},
    output: {},
    ...document,
    json,
    directory,
    asked,
  } as SynthesizedStack;
}

/** The one resource of `type` whose name begins with `name`, or matches it. */
export function only(stack: SynthesizedStack, type: string, name: string | RegExp = ""): Record<string, unknown> {
  const found = Object.entries(stack.resource[type] ?? {}).filter(([key]) =>
    typeof name === "string" ? key.startsWith(name) : name.test(key),
  );
  if (found.length !== 1)
    throw new Error(
      `${found.length} resources ${type}.${name}*, expected one: ${Object.keys(stack.resource[type] ?? {})}`,
    );
  return found[0]?.[1] as Record<string, unknown>;
}
