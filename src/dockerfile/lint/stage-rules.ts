import type { Stage } from "../stage.ts";
import { plainWord } from "./plain-word.ts";
import type { LintSubject, Rule } from "./rule.ts";

export const STAGE_RULES: readonly Rule[] = [
  {
    id: "DL3024",
    severity: "warning",
    why: "two stages have this name, and whoever uses it gets the last one before",
    fix: "give each stage a name of its own",
    *check({ stages }) {
      const seen = new Set<string>();
      for (const { name, from } of stages) {
        if (name !== undefined && seen.has(name)) yield { line: from.range.start };
        if (name !== undefined) seen.add(name);
      }
    },
  },
  {
    id: "DL3063",
    severity: "warning",
    why: "the builder means something else by this name",
    fix: "call the stage otherwise, e.g. base",
    *check({ stages }) {
      for (const { name, from } of stages) {
        if (name === "scratch" || name === "context") yield { line: from.range.start };
      }
    },
  },
  {
    id: "DL3044",
    severity: "warning",
    why: "an ENV sees the variables from before it, not those that it sets itself",
    fix: "set them by two ENV instructions",
    check: usesOwnVariable,
  },
];

function* usesOwnVariable({ stages, escapeMark }: LintSubject) {
  const known = new Map<Stage | undefined, ReadonlySet<string>>();
  for (const stage of stages) {
    const before = new Set(known.get(stage.parent));
    for (const it of stage.instructions) {
      if (it.keyword === "ARG") for (const { name } of it.args) before.add(name);
      if (it.keyword !== "ENV") continue;
      const own = new Set(it.variables.map(({ name }) => name).filter((name) => !before.has(name)));
      const uses = it.variables.some(({ name, value }) =>
        [...plainWord(value, escapeMark).variables].some((used) => used !== name && own.has(used)),
      );
      if (uses) yield { line: it.range.start };
      for (const name of own) before.add(name);
    }
    known.set(stage, before);
  }
}
