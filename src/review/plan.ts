import { CONSTRUCT_LABEL } from "../values/engine-label.ts";
import { code, table } from "./markdown.ts";

/** What Terraform intends with one resource; none of its values, which may be secrets. */
export interface PlannedChange {
  readonly address: string;
  /** The construct that declares it; of one that goes away the one that its label names, else its address. */
  readonly path: string;
  /** Who makes it, e.g. `kreuzwerker/docker`. */
  readonly provider: string;
  readonly action: "created" | "updated" | "replaced" | "deleted";
  /** The properties for which it is replaced. */
  readonly why: readonly string[];
}

/** What Terraform intends with a stack, and what it warns of. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** What the stack's own checks find, which stop nothing: e.g. that a rollback holds a host. */
  readonly warnings: readonly string[];
  /** Whether there is nothing yet of what is declared. */
  readonly isFirst: boolean;
}

/** As far as `terraform show -json` is read. */
interface PlanDocument {
  readonly format_version?: unknown;
  /** Whether planning failed on the way. */
  readonly errored?: boolean;
  /** Of a state, which no plan has. */
  readonly values?: unknown;
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly mode?: string;
    readonly provider_name?: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before?: { readonly labels?: unknown } | null;
      readonly replace_paths?: readonly (readonly (string | number)[])[];
    };
  }[];
  readonly checks?: readonly {
    readonly address: { readonly kind: string };
    readonly instances?: readonly { readonly problems?: readonly { readonly message: string }[] }[];
  }[];
}

/**
 * What a plan intends with the resources of a stack, and what its checks find.
 *
 * @param pathOf the construct of an address; undefined for what the stack does not declare
 * @param declared the addresses that the plan should have. Of one that was just made of the stack none: that may declare
 * what no construct stands for, e.g. by modules
 * @throws for a file that is no plan, one of a form that is not known, and one of another stack
 */
export function readPlan(
  text: string,
  pathOf: (address: string) => string | undefined,
  declared?: readonly string[],
): Plan {
  const document = parsed(text);
  const { resource_changes: changes = [], checks = [] } = document;
  const managed = changes.filter(({ mode = "managed" }) => mode === "managed");
  const ours = managed.filter(({ address }) => pathOf(address) !== undefined);
  const kept = managed.filter(({ change }) => !change.actions.includes("delete"));
  if (declared && ours.length === 0 && kept.length > 0)
    throw new Error(
      `it is the plan of another stack: this one declares none of its resources, e.g. ${kept[0]?.address}: plan this one`,
    );
  return {
    changes: managed
      .flatMap(({ address, provider_name: provider = "", change }) => {
        const action = actionOf(change.actions);
        const path = pathOf(address) ?? labelledPath(change.before?.labels) ?? address;
        const why = (change.replace_paths ?? []).map((path) => path.join("."));
        return action === undefined
          ? []
          : [{ address, path, provider: provider.split("/").slice(-2).join("/"), action, why }];
      })
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    warnings: [
      ...(declared ? otherVersion(managed, declared) : []),
      ...checks
        .filter(({ address }) => address.kind === "check")
        .flatMap(({ instances = [] }) => instances)
        .flatMap(({ problems = [] }) => problems)
        .map(({ message }) => message),
    ],
    isFirst: managed.every(({ change }) => change.actions.join() === "create"),
  };
}

/** Why said and not refused: a plan by `-target` has a part of the stack alone, and is no wrong one for that. */
function otherVersion(changes: NonNullable<PlanDocument["resource_changes"]>, declared: readonly string[]): string[] {
  const stays = ({ actions }: (typeof changes)[number]["change"]) =>
    actions.some((action) => ["no-op", "create", "update"].includes(action));
  const kept = changes.filter(({ address, change }) => stays(change) && !address.startsWith("module."));
  const of = (address: string) => address.replace(/\[.*$/, "");
  const planned = new Set(changes.map(({ address }) => of(address)));
  const [more, less] = [
    kept.map(({ address }) => of(address)).filter((address) => !declared.includes(address)),
    declared.filter((address) => !planned.has(address)),
  ];
  const differs = [
    ...(more.length > 0 ? [`has ${first(more)}, which this one does not declare`] : []),
    ...(less.length > 0 ? [`does not have ${first(less)}`] : []),
  ];
  if (differs.length === 0) return [];
  return [`The plan is of another version of the stack, or of a part of it: it ${differs.join(", and ")}.`];
}

function first(addresses: readonly string[]): string {
  return addresses.length > 1 ? `${addresses[0]} and ${addresses.length - 1} more` : `${addresses[0]}`;
}

/** The construct that a label of an engine's object names. */
function labelledPath(labels: unknown): string | undefined {
  if (!Array.isArray(labels)) return undefined;
  const found = labels.find((each) => each?.label === CONSTRUCT_LABEL)?.value;
  return typeof found === "string" ? found : undefined;
}

function parsed(text: string): PlanDocument {
  let document: PlanDocument | null;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error("it is no JSON: write it by terraform show -json PLAN");
  }
  const version = document?.format_version;
  if (typeof version !== "string") throw new Error("it is no plan: write it by terraform show -json PLAN");
  if (!version.startsWith("1."))
    throw new Error(`its form is ${version}, and 1 is the one that is known here: use another Terraform`);
  if (document?.values !== undefined)
    throw new Error("it is a state and no plan: name the file that terraform plan -out wrote to terraform show -json");
  if (document?.errored) throw new Error("it is of a plan that failed, and has but a part of it: plan anew");
  return document as PlanDocument;
}

function actionOf(actions: readonly string[]): PlannedChange["action"] | undefined {
  if (actions.includes("delete")) return actions.includes("create") ? "replaced" : "deleted";
  return actions.includes("create") ? "created" : actions.includes("update") ? "updated" : undefined;
}

/** The changes as a table; no text where there are none. */
export function planTable(changes: readonly PlannedChange[]): string {
  return table(
    ["resource", "is", "because of"],
    changes.map(({ path, action, why }) => [code(path), action, why.map(code).join(", ")]),
  );
}

/** What of a plan belongs beside the verdict, in one sentence; none where nothing is replaced or deleted. */
export function planSummary(changes: readonly PlannedChange[]): string {
  const counts = (["replaced", "deleted"] as const)
    .map((action) => [changes.filter((change) => change.action === action).length, action] as const)
    .filter(([count]) => count > 0)
    .map(([count, action]) => `${count} ${action}`);
  return counts.length === 0 ? "" : `Resources by Terraform's plan: ${counts.join(", ")}.`;
}
