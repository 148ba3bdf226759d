import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";
import { describeStack } from "./description.ts";
import type { StackDescription } from "./stack-description.ts";
import { stackDirectory } from "./stack-of.ts";

/** A class of stacks as one's program has it. */
export type StackClass = new (scope: Construct, id: string) => TerraformStack;

/** What declares a stack: one that is there, its class, or a function that fills a new one or returns one of its own. */
export type DeclaredStack = TerraformStack | StackClass | ((stack: TerraformStack, app: App) => unknown);

/** How a stack is synthesized on trial. */
export interface TrialSynthOptions {
  /** The stack's id, of which names are made. @default "stack" */
  readonly id?: string;
  /** Environment variables during the synth, `undefined` for one that is not to be there. @default - as they are */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What cdktf.json has as `context`, e.g. `{ "slipway:strict": true }`. @default - nothing */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The folder where the synth is written and stays. @default - a temporary one that goes at once */
  readonly outdir?: string;
}

const OPTIONS: OptionNames<TrialSynthOptions> = { id: true, env: true, context: true, outdir: true };

/** What a synth on trial has made. */
export interface TrialSynth {
  readonly stack: TerraformStack;
  /** The stack's own folder, as Terraform finds it. */
  readonly directory: string;
  /** What Terraform reads. */
  readonly json: string;
  readonly description: StackDescription;
}

/**
 * Synthesizes as the terminal does: aspects, validations and annotations included.
 *
 * @throws what a construct refuses, and all errors that a synth finds
 */
export function trialSynth(declared: DeclaredStack, options: TrialSynthOptions = {}): TrialSynth {
  refuseUnknownOptions("synthesize", options, OPTIONS);
  if (typeof declared !== "function") return ofStack(declared, options);
  const { id = "stack", env = {}, context, outdir = mkdtempSync(join(tmpdir(), "slipway-synth-")) } = options;
  try {
    return withEnvironment(env, () => {
      const app = new App({ outdir, context: { ...context } });
      const stack = isClass(declared) ? new declared(app, id) : filled(declared, app, id);
      return synthesized(app, stack);
    });
  } finally {
    if (options.outdir === undefined) rmSync(outdir, { recursive: true, force: true });
  }
}

function ofStack(stack: TerraformStack, options: TrialSynthOptions): TrialSynth {
  if (!TerraformStack.isStack(stack)) {
    const rule = "must be a stack, a class of stacks, or a function that declares one";
    throw new InvalidValueError({ subject: "what is synthesized", rule, got: stack });
  }
  const [late] = Object.keys(options);
  if (late !== undefined)
    throw new Error(
      `${late} comes too late for ${stack.node.path}, which is declared already: give its class or a function that declares it`,
    );
  return synthesized(App.of(stack), stack);
}

function isClass(declared: StackClass | Exclude<DeclaredStack, TerraformStack>): declared is StackClass {
  return typeof declared.prototype?.toTerraform === "function";
}

function filled(declare: (stack: TerraformStack, app: App) => unknown, app: App, id: string): TerraformStack {
  const stack = new TerraformStack(app, id);
  const returned = declare(stack, app);
  if (typeof (returned as Partial<Promise<unknown>> | undefined)?.then === "function")
    throw new Error("the function that declares the stack must not be async: a synth waits for nothing");
  return TerraformStack.isStack(returned) ? returned : stack;
}

function synthesized(app: App, stack: TerraformStack): TrialSynth {
  app.synth();
  const directory = stackDirectory(stack);
  const json = readFileSync(join(directory, "cdk.tf.json"), "utf8");
  return { stack, directory, json, description: describeStack(stack) };
}

function withEnvironment<T>(env: Readonly<Record<string, string | undefined>>, run: () => T): T {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  try {
    setEnvironment(Object.entries(env));
    return run();
  } finally {
    setEnvironment(before);
  }
}

function setEnvironment(variables: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
