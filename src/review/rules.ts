import { nearest } from "../values/known-options.ts";
import type { Comparison } from "./comparison.ts";
import { unpinnedIn } from "./declared-lists.ts";
import { ANY_ADDRESS, isPort, type Model, portName } from "./model.ts";
import type { PlannedChange } from "./plan.ts";
import { newPermissions, newPorts } from "./verdict.ts";

/** What a review can be told to fail on, and what of that it found. */
export interface Reviewed {
  readonly comparison: Comparison;
  readonly after: Model;
  readonly plan?: readonly PlannedChange[];
}

type Rule = (reviewed: Reviewed, limit: number) => readonly string[];

const ALL: Readonly<Record<string, Rule>> = {
  replace: ({ comparison, plan = [] }) => [
    ...comparison.hosts.filter(({ effect }) => effect === "replaced").map(({ path }) => path),
    ...plan
      .filter(({ address, action }) => action === "replaced" && address.startsWith("aws_instance."))
      .map(({ path }) => path),
  ],
  downtime: ({ comparison }) =>
    comparison.hosts.flatMap(({ path, effect, services }) => [
      ...(["replaced", "restarted", "readdressed", "removed"].includes(effect) ? [path] : []),
      ...services
        .filter((service) => service.effect === "stopped first" || service.effect === "removed")
        .map(({ name }) => `${path} ${name}`),
    ]),
  "open-port": ({ comparison }) =>
    newPorts(comparison)
      .filter((open) => open.peer === ANY_ADDRESS && isPort(open))
      .map(portName),
  iam: ({ comparison }) => newPermissions(comparison).map(({ permission }) => permission),
  unpinned: ({ after }) => unpinnedIn(after),
  secret: ({ comparison }) =>
    comparison.hosts.flatMap(({ secrets }) => secrets).flatMap(({ key, after }) => (after ? [key] : [])),
  // a price that is not known is no price below the limit
  cost: ({ comparison }, limit) =>
    comparison.hosts.flatMap(({ path, effect, region, price: { before, after } }) => {
      if (region === undefined || effect === "untouched" || effect === "removed") return [];
      const more =
        after === undefined || (before === undefined && effect !== "created") ? undefined : after - (before ?? 0);
      if (more === undefined) return [`the price of ${path} in ${region} is not known`];
      return more > limit ? [`${path} ${more.toFixed(2)} USD a month more`] : [];
    }),
};

/** A rule by its name, with the dollars a month that `cost` allows. */
export interface FailOn {
  readonly rule: string;
  readonly limit: number;
}

/** Reads `replace,cost:10`. @throws for a rule that there is not, with the nearest that there is */
export function parseRules(text: string): FailOn[] {
  return text.split(",").map((written) => {
    const [rule = "", limit] = written.trim().split(":");
    const known = Object.keys(ALL);
    if (!known.includes(rule)) {
      const near = nearest(rule, known);
      const remedy = near ? `did you mean ${near}?` : `known: ${known.join(", ")}`;
      throw new Error(`--fail-on must have rules that are known, got ${JSON.stringify(rule)}: ${remedy}`);
    }
    const isNumber = limit !== undefined && /^\d+(\.\d+)?$/.test(limit);
    if (rule === "cost" ? !isNumber : limit !== undefined)
      throw new Error(
        `--fail-on: ${rule === "cost" ? "write cost:10, in USD a month" : `${rule} takes no number`}, got ${written.trim()}`,
      );
    return { rule, limit: Number(limit ?? 0) };
  });
}

/** What breaks the rules, one line a rule that is broken. */
export function broken(rules: readonly FailOn[], reviewed: Reviewed): string[] {
  return rules.flatMap(({ rule, limit }) => {
    const found = [...new Set(ALL[rule]?.(reviewed, limit) ?? [])];
    return found.length === 0 ? [] : [`${rule}: ${found.join(", ")}`];
  });
}
