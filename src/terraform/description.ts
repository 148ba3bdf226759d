import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Aspects, DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { warnLate } from "./annotation.ts";
import { perStack } from "./per-stack.ts";
import {
  DESCRIPTION_FILE,
  type Finding,
  PREVIOUS_DESCRIPTION_FILE,
  type StackDescription,
} from "./stack-description.ts";
import { owningStack, stackDirectory, stackOf } from "./stack-of.ts";

type Tell = () => Readonly<Record<string, unknown>>;

const told = perStack(() => new Map<IConstruct, { readonly kind: string; readonly tell: Tell }>());

/**
 * Lets `construct` say what it is, for reviews, tests and the terminal. Why by each itself: whoever adds a kind of host or
 * registry says there what a reviewer should know of it, and nobody above needs an edit.
 *
 * @param kind the same word for all that a reader treats alike
 * @param tell asked when everything is declared
 */
export function describe(construct: Construct, kind: string, tell: Tell): void {
  if (stackOf(construct) === undefined) return; // of the app itself, which Terraform does not see
  const descriptions = told(construct);
  if (descriptions.size === 0) writeAtSynth(construct);
  descriptions.set(construct, { kind, tell });
}

/** What the stack of `scope` is made of by now. */
export function describeStack(scope: IConstruct): StackDescription {
  const stack = owningStack(scope);
  const constructs = [...told(scope)].map(([construct, { kind, tell }]) => ({
    path: construct.node.path,
    kind,
    ...plain(construct, tell()),
  }));
  return { format: 1, stack: stack.node.id, constructs: constructs.sort(byPath), findings: findings(stack) };
}

function writeAtSynth(scope: Construct): void {
  const stack = owningStack(scope);
  Aspects.of(stack).add({
    visit: (node) => {
      if (node !== stack) return;
      warnLate(stack);
      write(stackDirectory(scope), `${JSON.stringify(describeStack(scope), null, 2)}\n`);
    },
  });
}

/** Keeps the last one that said something else, so that a review of an unchanged stack has what to compare with. */
function write(folder: string, text: string): void {
  const file = join(folder, DESCRIPTION_FILE);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) renameSync(file, join(folder, PREVIOUS_DESCRIPTION_FILE));
  writeFileSync(file, text);
}

/** Values as their JSON, references as Terraform has them. */
function plain(scope: IConstruct, facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(JSON.parse(JSON.stringify(facts)), { scope, resolver, preparing: false });
}

const LEVELS: Readonly<Record<string, Finding["severity"]>> = {
  "@cdktf/error": "error",
  "@cdktf/warn": "warning",
  "@cdktf/info": "info",
};

function findings(stack: IConstruct): Finding[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type in LEVELS)
        .map(({ type, data }) => ({
          path: node.path,
          severity: LEVELS[type] as Finding["severity"],
          message: String(data),
        })),
    )
    .sort(byPath);
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }) =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
