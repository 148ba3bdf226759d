import type { Comparison, HostChange } from "./comparison.ts";
import type { Difference } from "./difference.ts";
import { AWAY } from "./effect-section.ts";
import { withFleetsGrouped } from "./grouped-hosts.ts";
import { certificatesAskedAnew, meaningOf } from "./machine-certificates.ts";
import { COMES_OR_GOES, isMachineReplaced, WITH_MACHINE } from "./machine-change.ts";
import { type ModelPort, portName } from "./model.ts";
import type { Plan, PlannedChange } from "./plan.ts";
import { dollars, type PricedChange, pricedChanges } from "./price.ts";
import { isEmpty, isUntouched, verdict, whom, widerPermissions } from "./verdict.ts";

/** What of a review a person sees before a change is made. */
export interface FirstScreen {
  readonly headline: string;
  readonly lines: readonly string[];
}

/** What there is to say; of what is deployed nothing may be known. */
export interface ReviewInput {
  readonly comparison?: Comparison;
  readonly plan: Plan;
  /** What is deleted with all that it holds. */
  readonly lost: readonly string[];
}

type Row = readonly [kind: string, text: string];

/** How many rows of one kind are shown. */
const MOST = 8;

/** The first screen of a review in plain lines, for a terminal: its page has the same and more, in Markdown. */
export function firstScreen({ comparison, plan, lost }: ReviewInput): FirstScreen {
  const declaration = comparison && !isEmpty(comparison) ? comparison : undefined;
  const isSaid = ({ path }: PlannedChange) => lost.some((text) => text.startsWith(`${path} `));
  return {
    headline: headline(comparison, plan),
    lines: aligned([
      ...plan.warnings.map((text): Row => ["warning", text]),
      ...lost.map((text): Row => ["deletes", `${text}, with all that it holds`]),
      ...(declaration ? declared(withFleetsGrouped(declaration)) : []),
      ...(comparison ? certificatesAskedAnew(withFleetsGrouped(comparison).hosts, plan) : []).map(
        (asked): Row => ["TLS", `${asked.path}, certificates of ${listed(asked.names)}: ${meaningOf(asked)}`],
      ),
      ...plan.changes
        .filter((change) => !isSaid(change) && (!declaration || isUnforeseen(change, declaration)))
        .map(({ action, path, why }): Row => [DOES[action], told(path, why, "new")]),
    ]),
  };
}

function headline(comparison: Comparison | undefined, { changes }: Plan): string {
  if (comparison && !isEmpty(comparison)) return verdict(comparison);
  if (changes.length === 0) return "nothing changes";
  const plan = "Terraform's plan says what changes";
  return comparison ? `no host, image or permission is declared otherwise, ${plan}` : plan;
}

function declared(comparison: Comparison): Row[] {
  const { hosts, published } = comparison;
  return [
    ...hosts.flatMap(effects),
    ...untouched(hosts),
    ...hosts.flatMap(routes),
    ...hosts.flatMap(({ path, opened }) => ports(path, opened, "in")),
    ...ports("the engine", published, "in"),
    ...hosts.flatMap(({ path, outbound }) => ports(path, outbound, "out")),
    ...widerPermissions(comparison).map(
      ({ host, permission }): Row => ["may now", `${host ?? "the deployer"}: ${permission}`],
    ),
    ...hosts.flatMap(({ path, secrets }) =>
      secrets.map(({ key, before, after }): Row => ["secret", `${path} ${key}: ${moved(before?.is, after?.is)}`]),
    ),
    ...hosts.flatMap(({ path, data }) =>
      data
        .filter(({ before, after }) => after === undefined && !before?.deletedByTerraform)
        .map(({ key }): Row => ["volume", `${path} ${key}: no longer used, what it holds is kept`]),
    ),
    ...pricedChanges(comparison).map(cost),
  ];
}

/** A host that comes or goes is one row, for all of it does; of another one, a row for each part that changes. */
function effects(host: HostChange): Row[] {
  const { path, effect, services, tasks, schedules } = host;
  const parts = [...services, ...tasks, ...schedules];
  const all = parts.map(({ name }) => name).join(", ");
  if (isUntouched(host)) return [];
  if (effect === "created" || effect === "removed") return [[effect, all === "" ? path : `${path}: ${all}`]];
  // what goes with its machine is away as long as that, which stands there
  const goes = WITH_MACHINE.has(effect);
  const settings = [...host.why, ...host.settings];
  const machine: Row[] =
    effect === "untouched" && settings.length === 0
      ? []
      : [[effect === "untouched" ? "changed" : effect, told(path, settings, AWAY[effect])]];
  const same = parts.filter((part) => part.effect === "untouched").map(({ name }) => name);
  return [
    ...machine,
    ...(goes && same.length > 0 ? [["with it", `${path} ${same.join(", ")}`] as const] : []),
    ...parts
      .filter((part) => part.effect !== "untouched")
      .map((part): Row => {
        const what = `${path} ${part.name}`;
        if (goes && !COMES_OR_GOES.has(part.effect)) return ["with it", told(what, part.why, "new")];
        return [part.effect, told(what, part.why, AWAY[part.effect])];
      }),
  ];
}

function told(what: string, why: readonly string[], away: string): string {
  const meaning = away.startsWith("0 s") ? `, away ${away}` : ["new", "gone"].includes(away) ? "" : `, ${away}`;
  return `${what}${why.length === 0 ? "" : ` (${why.join(", ")})`}${meaning}`;
}

function untouched(hosts: readonly HostChange[]): Row[] {
  const places = hosts.flatMap((host) => {
    const names = host.services.filter(({ effect }) => effect === "untouched").map(({ name }) => name);
    if (isUntouched(host)) return [names.length === 0 ? host.path : `${host.path} ${names.join(", ")}`];
    return names.length === 0 || WITH_MACHINE.has(host.effect) ? [] : [`${host.path} ${names.join(", ")}`];
  });
  return places.length === 0 ? [] : [["untouched", places.join("; ")]];
}

function routes({ effect, routes: changes, sites }: HostChange): Row[] {
  if (effect === "created" || effect === "removed") return [];
  return [
    ...changes.map(({ key, before, after }): Row => ["route", `${key}: ${moved(before?.is, after?.is)}`]),
    ...sites.map(
      ({ name, before, after, why }): Row => [
        "site",
        `${name}: ${why.length > 0 ? `other ${why.join(", ")}` : moved(before, after)}`,
      ],
    ),
  ];
}

/** A row for each port, whoever it is open to: behind a proxy these are 15 ranges. */
function ports(path: string, changes: readonly Difference<ModelPort>[], way: "in" | "out"): Row[] {
  const moves = changes.flatMap(({ before, after }) => {
    const rule = after ?? before;
    const kind = before === undefined ? "opens" : after === undefined ? "closes" : undefined;
    return rule && kind ? [{ kind, port: portName(rule), peer: rule.peer }] : [];
  });
  const kinds = [...new Set(moves.map(({ kind, port }) => `${kind} ${port}`))];
  return kinds.map((each): Row => {
    const those = moves.filter(({ kind, port }) => `${kind} ${port}` === each);
    const peers = those.map(({ peer }) => whom(peer));
    const shown = peers.length > 3 ? `${peers.length} peers` : peers.join(", ");
    const [first] = those;
    return [first?.kind ?? "", `${first?.port} ${way} ${way === "in" ? "from" : "to"} ${shown} (${path})`];
  });
}

function cost({ path, effect, price: { before, after, surplus }, region }: PricedChange): Row {
  const now = effect === "removed" ? "0" : dollars(after);
  const move =
    effect === "created" || (before === undefined && after === undefined) ? now : `${dollars(before)} → ${now}`;
  const worst = surplus && effect !== "removed" ? `, surplus CPU credits at worst ${dollars(surplus)} more` : "";
  return ["cost", `${path}, ${region}: ${move} USD a month${worst}`];
}

/** A machine that Terraform replaces and of which the declaration did not say so. */
function isUnforeseen(change: PlannedChange, { hosts }: Comparison): boolean {
  const known = hosts.some((host) => change.path.startsWith(`${host.path}/`) && host.effect === "replaced");
  return isMachineReplaced(change) && !known;
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST;
  return [...names.slice(0, MOST), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}

const DOES: Readonly<Record<PlannedChange["action"], string>> = {
  created: "creates",
  updated: "updates",
  replaced: "replaces",
  deleted: "deletes",
};

const moved = (before: string | undefined, after: string | undefined) => `${before ?? "none"} → ${after ?? "none"}`;

/** The rows in two columns, of each kind as many as fit a screen. */
function aligned(rows: readonly Row[]): string[] {
  const kinds = [...new Set(rows.map(([kind]) => kind))];
  const width = Math.max(0, ...kinds.map(({ length }) => length));
  return kinds.flatMap((kind) => {
    const own = rows.filter((row) => row[0] === kind).map(([, text]) => text);
    const rest = own.length - MOST;
    const shown = rest > 1 ? [...own.slice(0, MOST), `and ${rest} more`] : own;
    return shown.map((text, index) => `${(index === 0 ? kind : "").padEnd(width)}  ${text}`);
  });
}
