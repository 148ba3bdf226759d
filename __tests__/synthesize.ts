import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";

/** What Terraform reads of a stack, as far as tests look into it. */
export interface SynthesizedStack {
  readonly json: string;
  readonly directory: string;
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly provider: Record<string, Record<string, unknown>[]>;
  readonly terraform: Record<string, unknown>;
  readonly output: Record<string, { value: unknown }>;
}

/** Runs `declare` in a stack and synthesizes it the way the command line does: preparation and validations included. */
export function synthesize(
  declare: (stack: TerraformStack) => void,
  context: Record<string, unknown> = {},
): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-synth-"));
  const app = new App({ outdir, context });
  const stack = new TerraformStack(app, "stack");
  declare(stack);
  app.synth();
  const directory = join(outdir, "stacks", "stack");
  const json = readFileSync(join(directory, "cdk.tf.json"), "utf8");
  const document = JSON.parse(json) as Partial<SynthesizedStack>;
  return { resource: {}, provider: {}, terraform: {}, output: {}, ...document, json, directory } as SynthesizedStack;
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
