import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compare } from "../review/comparison.ts";
import { changedFiles } from "../review/context-files.ts";
import { type Model, readModel } from "../review/model.ts";
import { page } from "../review/page.ts";
import { type Plan, readPlan } from "../review/plan.ts";
import { broken, type FailOn, parseRules } from "../review/rules.ts";
import { verdict } from "../review/verdict.ts";
import { DESCRIPTION_FILE } from "../terraform/stack-description.ts";
import { type ChosenStack, chosenStack } from "./chosen-stack.ts";
import { imageRoomWarnings } from "./image-room.ts";
import {
  type Base,
  baseInFolder,
  deployedBase,
  describedBefore,
  isFolder,
  previousBase,
  withRevision,
} from "./review-base.ts";
import { synth } from "./synth.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import type { Arguments, Tools } from "./tools.ts";
import { wrapped } from "./wrapped.cjs";

/** The exit status where a rule of `--fail-on` is broken. */
const BROKEN = 4;

/** Says what the declaration changes of what is deployed, as a review does. */
export function diff(asked: Arguments, tools: Tools): Promise<number> {
  return review(asked, tools);
}

/** Says what the declaration changes, for a reviewer: in Markdown, as data, or as a page. */
export async function review(asked: Arguments, tools: Tools): Promise<number> {
  const { terminal, project } = tools;
  const { base } = asked;
  let rules: FailOn[];
  try {
    rules = asked.failOn === undefined ? [] : parseRules(asked.failOn);
  } catch (error) {
    terminal.fail(`slipway: ${(error as Error).message}`);
    return 2;
  }
  const earlier = describedBefore(join(project.root, project.output));
  const { name, output = await synth(tools, { SLIPWAY_STACK: name }) } = await namedStack(asked, tools);
  const stack = SynthesizedStack.read(output, name);
  const text = readFileSync(join(stack.folder, DESCRIPTION_FILE), "utf8");
  const plan = asked.plan === undefined ? undefined : planOf(asked.plan, stack);
  const after = readModel(JSON.parse(text));
  // a review is the same on every machine, so it asks no engine how large images are; what is deployed is known here alone
  const room = asked.verb === "diff" ? await imageRoomWarnings(stack, tools) : [];
  const print = (of: Base) => printed(asked, { stack, after, plan, rules, room, of });
  const outcome =
    base !== undefined && !isFolder(base)
      ? await withRevision(base, name, tools, print)
      : print(baseHere(asked, stack, earlier.get(name)));
  for (const line of outcome.failed) terminal.fail(`--fail-on ${line}`);
  return outcome.failed.length > 0 ? BROKEN : 0;
}

/** Why with its output: to find out which stack is meant, the app was run already. */
async function namedStack({ verb, operand }: Arguments, tools: Tools): Promise<ChosenStack> {
  return operand === undefined ? chosenStack(verb === "diff" ? "diff" : "review", tools) : { name: operand };
}

function baseHere({ verb, base }: Arguments, stack: SynthesizedStack, before: string | undefined): Base {
  if (verb === "diff") return deployedBase(stack);
  return base === undefined ? previousBase(stack.folder, before) : baseInFolder(base, stack.name);
}

function loadHtml() {
  return require("../review/html") as typeof import("../review/html.ts");
}

interface Reading {
  readonly stack: SynthesizedStack;
  readonly after: Model;
  readonly plan?: Plan;
  readonly rules: readonly FailOn[];
  /** What may not fit on a host's disk. */
  readonly room: readonly string[];
  readonly of: Base;
}

function printed(asked: Arguments, { stack, after, plan, rules, room, of }: Reading): { failed: readonly string[] } {
  const { before, note } = readBase(of);
  const comparison = compare(before, after);
  const files = changedFiles(comparison.images, of.folder, stack.folder);
  const failed = broken(rules, { comparison, after, plan: plan?.changes });
  const base = before === undefined ? "nothing" : of.name;
  const options = { base, files, plan, notes: [...room, ...(note === undefined ? [] : [note])] };
  const markdown = page(comparison, after, options);
  // loaded when it is asked for: who reads Markdown needs neither its reader nor the layout of pictures
  if (asked.html !== undefined) writeFileSync(resolve(asked.html), loadHtml().html(markdown, after));
  if (asked.json) {
    const sentence = verdict(comparison);
    const byImage = Object.fromEntries(files);
    console.log(
      JSON.stringify(
        {
          base: of.name,
          note,
          verdict: sentence,
          comparison,
          files: byImage,
          plan: plan?.changes,
          warnings: plan || room.length > 0 ? [...(plan?.warnings ?? []), ...room] : undefined,
          failed,
          model: after,
        },
        null,
        2,
      ),
    );
  } else console.log(onTerminal(markdown.trimEnd(), process.stdout.isTTY ? process.stdout.columns : undefined));
  return { failed };
}

/** Sentences go on below at a space, as Markdown allows; a row of a table stays one, so that it can be copied from there. */
export function onTerminal(markdown: string, width = Number.POSITIVE_INFINITY): string {
  const parts = markdown.split(/^(```[\s\S]*?^```)$/m);
  const lines = (text: string) =>
    text
      .split("\n")
      .flatMap((line) => (line.startsWith("|") ? [line] : wrapped(line, width, line.startsWith("- ") ? "  " : "")));
  return parts.map((part) => (part.startsWith("```") ? part : lines(part).join("\n"))).join("");
}

/** Why a note: what another release of Slipway wrote is as little to compare with as a base that does not synthesize. */
function readBase({ name, description, note }: Base): { readonly before?: Model; readonly note?: string } {
  if (description === undefined) return { note };
  try {
    return { before: readModel(JSON.parse(description)), note };
  } catch (error) {
    return { note: `${name} cannot be read, so this is a review against nothing: ${(error as Error).message}` };
  }
}

function planOf(file: string, stack: SynthesizedStack): Plan {
  try {
    return readPlan(readFileSync(resolve(file), "utf8"), (address) => stack.constructOf(address), stack.addresses);
  } catch (error) {
    throw new Error(`--plan ${file}: ${(error as Error).message}`);
  }
}
