import { type Comparison, compare } from "../review/comparison.ts";
import { type FirstScreen, firstScreen } from "../review/first-screen.ts";
import { lostData } from "../review/lost-data.ts";
import { type Model, readModel } from "../review/model.ts";
import type { Plan } from "../review/plan.ts";
import type { StackDescription } from "../terraform/stack-description.ts";
import { reasonsToAsk } from "./approval.ts";
import type { DeployedDescription } from "./deployed-description.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

/** What a person is shown of a deploy before it is made, and why he is asked. */
export interface PlannedDeploy {
  readonly screen: FirstScreen;
  /** What he should know of the comparison itself. */
  readonly notes: readonly string[];
  readonly reasons: readonly string[];
}

/**
 * What a deploy changes of what is deployed, by Terraform's plan and by what both declare.
 *
 * @param declared what is deployed by it; absent where no construct says what it is
 */
export function plannedDeploy(
  stack: SynthesizedStack,
  plan: Plan,
  {
    declared,
    deployed,
    engine,
  }: { declared?: StackDescription; deployed: DeployedDescription; engine: Tools["engine"] },
): PlannedDeploy {
  const { description, note } = plan.isFirst ? {} : deployed.read();
  const before = modelOf(description);
  const after = modelOf(declared);
  const comparison = after && (before || plan.isFirst) ? compare(before, after) : undefined;
  const lost = lostData(plan, present(before, after), comparison);
  const published: Comparison | undefined = comparison ?? (after && compare(undefined, after));
  return {
    screen: firstScreen({ comparison, plan, lost }),
    notes: note === undefined || after === undefined ? [] : [note],
    reasons: reasonsToAsk({ stack, engine, plan, lost, comparison: published }),
  };
}

/** What a person is shown before a stack goes, and why he is asked. */
export interface PlannedEnd {
  /** Constructs that go, and what each is made of. */
  readonly lines: readonly string[];
  readonly reasons: readonly string[];
}

/** What goes with a stack, a line for each construct right below it. */
export function plannedEnd(
  stack: SynthesizedStack,
  plan: Plan,
  { deployed, engine }: { deployed: DeployedDescription; engine: Tools["engine"] },
): PlannedEnd {
  const lost = lostData(plan, modelsOf(deployed));
  const parts = new Map<string, string[]>();
  for (const { address, path } of plan.changes) {
    const part = path === address ? "no longer declared" : path.split("/").slice(0, 2).join("/");
    const [type = ""] = address.split(".").slice(-2);
    parts.set(part, [...(parts.get(part) ?? []), type]);
  }
  return {
    lines: [...[...parts].map(([part, types]) => `${part}: ${counted(types)}`), ...lost.map(withData)],
    reasons: reasonsToAsk({ stack, engine, plan, lost }),
  };
}

/** What is known of a stack, by what is deployed and by what the last synth said. */
export function modelsOf(deployed: DeployedDescription): Model[] {
  return present(modelOf(deployed.read().description), modelOf(deployed.declared));
}

const withData = (what: string) => `${what}, with all that it holds`;

function counted(types: readonly string[]): string {
  return [...new Set(types)]
    .sort()
    .map((type) => `${types.filter((each) => each === type).length} ${type}`)
    .join(", ");
}

/** Nothing of a form that another release of Slipway wrote: the plan alone is said then. */
function modelOf(description: StackDescription | undefined): Model | undefined {
  if (description === undefined) return undefined;
  try {
    return readModel(description);
  } catch {
    return undefined;
  }
}

function present(...models: readonly (Model | undefined)[]): Model[] {
  return models.filter((model) => model !== undefined);
}
