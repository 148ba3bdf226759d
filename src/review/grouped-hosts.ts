import { literalPattern } from "../values/literal-pattern.ts";
import type { Comparison, HostChange } from "./comparison.ts";
import type { FleetChange } from "./fleet-changes.ts";
import type { PlannedChange } from "./plan.ts";
import type { PriceChange } from "./price-change.ts";

/**
 * `comparison` with one host in place of all of a fleet of which the same becomes. Why: a hundred hosts that are alike are
 * one to a reviewer, and whatever one of them has otherwise shows.
 */
export function withFleetsGrouped(comparison: Comparison): Comparison {
  const { fleets = [], hosts, findings } = comparison;
  if (fleets.length === 0) return comparison;
  const said = findings.map((finding) => withoutNumbers(finding, fleets));
  const first = said.map((finding) => JSON.stringify(finding));
  return {
    ...comparison,
    hosts: [
      ...hosts.filter(({ path }) => !fleets.some((fleet) => fleet.hosts.includes(path))),
      ...fleets.flatMap((fleet) =>
        grouped(
          hosts.filter(({ path }) => fleet.hosts.includes(path)),
          fleet,
        ),
      ),
    ].sort((a, b) => (a.path < b.path ? -1 : 1)),
    findings: said.filter((_, at) => first.indexOf(first[at] as string) === at),
  };
}

/** What Terraform intends with the hosts of `fleets`, once where it intends the same with several. */
export function groupedChanges(
  changes: readonly PlannedChange[],
  fleets: readonly FleetChange[] = [],
): PlannedChange[] {
  const known = new Set<string>();
  return changes.flatMap((change) => {
    const isOfFleet = fleets.some(({ path }) => change.path.startsWith(`${path}/`));
    const path = isOfFleet ? change.path.replace(/host-\d+(?=$|\/)/, "host-*") : change.path;
    const key = JSON.stringify([path, change.action, change.why, change.address.split(".")[0]]);
    if (isOfFleet && known.has(key)) return [];
    known.add(key);
    return [{ ...change, path }];
  });
}

function grouped(hosts: readonly HostChange[], fleet: FleetChange): HostChange[] {
  const groups = new Map<string, HostChange[]>();
  for (const host of hosts) {
    const key = JSON.stringify(withoutNumber({ ...host, path: "" }, host.path));
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  return [...groups.values()].map((alike) => {
    const [first] = alike as [HostChange];
    if (alike.length === 1) return first;
    const path = `${fleet.path}/${ranges(alike.map((each) => numberOf(each.path)))}`;
    return { ...withoutNumber(first, first.path), path, price: timesPrice(first.price, alike.length) };
  });
}

function timesPrice({ before, after, surplus, asOf: date }: PriceChange, times: number): PriceChange {
  const of = (amount: number | undefined) => (amount === undefined ? undefined : amount * times);
  return { ...defined({ before: of(before), after: of(after), surplus: of(surplus) }), ...(date && { asOf: date }) };
}

function defined(amounts: PriceChange): PriceChange {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined));
}

const NUMBER = /\d+$/;
const numberOf = (path: string) => Number(NUMBER.exec(path)?.[0]);

/** Numbers as people write them, e.g. `host-1…3, 5`. */
function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const runs = sorted.reduce<number[][]>((all, number) => {
    const last = all.at(-1);
    if (last?.at(-1) === number - 1) last.push(number);
    else all.push([number]);
    return all;
  }, []);
  return `host-${runs.map((run) => (run.length === 1 ? `${run[0]}` : `${run[0]}…${run.at(-1)}`)).join(", ")}`;
}

/** `value` with a star for the number of the host at `path`, wherever its name stands, as AWS's names have it too. */
function withoutNumber<T>(value: T, path: string): T {
  const names = [path, path.replaceAll("/", ".")];
  const texts = names.reduce(
    (text, name) => text.replaceAll(new RegExp(`${literalPattern(name)}(?!\\d)`, "g"), name.replace(NUMBER, "*")),
    JSON.stringify(value),
  );
  return JSON.parse(texts) as T;
}

function withoutNumbers<T extends { readonly path: string }>(found: T, fleets: readonly FleetChange[]): T {
  const host = fleets.flatMap(({ hosts }) => hosts).find((path) => `${found.path}/`.startsWith(`${path}/`));
  return host === undefined ? found : withoutNumber(found, host);
}
