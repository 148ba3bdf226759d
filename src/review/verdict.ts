import type { Comparison, HostChange } from "./comparison.ts";
import type { RunChange, ServiceChange } from "./container-changes.ts";
import type { Difference } from "./difference.ts";
import { COMES_OR_GOES, MACHINE_AWAY, WITH_MACHINE } from "./machine-change.ts";
import { ANY_ADDRESS, isOwnMachine, isPort, type ModelPort, portName } from "./model.ts";

/** Whether nothing at all differs. */
export function isEmpty({ hosts, fleets = [], ...lists }: Comparison): boolean {
  if (fleets.some(({ effect, price }) => effect !== "untouched" || price.before !== price.after)) return false;
  const { images, published, deployer, findings } = lists;
  return hosts.every(isUntouched) && [images, published, deployer, findings].every(({ length }) => length === 0);
}

/** Whether nothing of a host differs. */
export function isUntouched(host: HostChange): boolean {
  const { effect, services, tasks, schedules, routes, sites, settings, opened, outbound } = host;
  const lists = [routes, sites, settings, opened, outbound, host.permissions, host.secrets, host.data];
  return (
    effect === "untouched" &&
    [...services, ...tasks, ...schedules].every((each) => each.effect === "untouched") &&
    lists.every(({ length }) => length === 0)
  );
}

/**
 * What a reviewer should know first, in one sentence: what visitors notice, then what gets wider.
 *
 * @example "2 services roll in place, nobody notices; 1 new port open to the world"
 */
export function verdict(comparison: Comparison): string {
  if (isEmpty(comparison)) return "nothing changes";
  const { hosts } = comparison;
  const services = hosts.flatMap((host) =>
    host.services.filter(({ effect }) => !WITH_MACHINE.has(host.effect) || COMES_OR_GOES.has(effect)),
  );
  const runs = hosts.flatMap(({ tasks, schedules }) => [...tasks, ...schedules]);
  const said = [...machines(hosts), ...containers(services), ...finite(runs), ...visited(hosts)].filter(Boolean);
  const effects = said.length === 0 ? "nothing that runs changes" : said.join(", ");
  return [isNoticed(hosts) ? effects : `${effects}, nobody notices`, ...wider(comparison)].join("; ");
}

function machines(hosts: readonly HostChange[]): string[] {
  return [
    count(hosts, "created", "host is created", "hosts are created"),
    count(hosts, "removed", "host is removed with all that it serves", "hosts are removed with all that they serve"),
    count(
      hosts,
      "replaced",
      `host is replaced: its sites are away for ${MACHINE_AWAY}`,
      `hosts are replaced: their sites are away for ${MACHINE_AWAY}`,
    ),
    count(
      hosts,
      "restarted",
      `host restarts: its sites are away for ${MACHINE_AWAY}`,
      `hosts restart: their sites are away for ${MACHINE_AWAY}`,
    ),
    count(hosts, "readdressed", "host gets another address", "hosts get other addresses"),
    count(hosts, "changed in place", "host changes in place", "hosts change in place"),
  ];
}

function containers(services: readonly ServiceChange[]): string[] {
  return [
    count(services, "created", "service is created", "services are created"),
    count(services, "removed", "service is removed", "services are removed"),
    count(
      services,
      "stopped first",
      "service stops before its successor starts",
      "services stop before their successors start",
    ),
    count(services, "rolled", "service rolls in place", "services roll in place"),
    count(services, "asked anew", "service must pass another health check", "services must pass another health check"),
    count(services, "ordered anew", "service starts in another order", "services start in another order"),
  ];
}

function finite(runs: readonly RunChange[]): string[] {
  return [
    count(runs, "runs once more", "task runs once more", "tasks run once more"),
    count(runs, "created", "task or schedule is new", "tasks or schedules are new"),
    count(runs, "removed", "task or schedule is gone", "tasks or schedules are gone"),
    count(runs, "changed", "task or schedule changes", "tasks or schedules change"),
  ];
}

function visited(hosts: readonly HostChange[]): string[] {
  const routes = hosts.filter(({ effect }) => effect !== "created").flatMap((host) => host.routes).length;
  const sites = hosts.flatMap((host) => host.sites).filter(({ why }) => why.length > 0).length;
  const settings = hosts.filter((host) => host.settings.length > 0).length;
  return [
    routes > 0 ? `${routes} ${plural(routes, "route")} ${routes === 1 ? "changes" : "change"}` : "",
    sites > 0 ? `${sites} ${plural(sites, "site")} ${sites === 1 ? "has" : "have"} other settings` : "",
    settings > 0 ? `${settings} ${plural(settings, "host")} ${settings === 1 ? "has" : "have"} other settings` : "",
  ];
}

const QUIET_MACHINES = new Set(["untouched", "changed in place"]);
const QUIET_SERVICES = new Set(["untouched", "rolled", "asked anew", "ordered anew"]);

function isNoticed(hosts: readonly HostChange[]): boolean {
  return hosts.some(
    ({ effect, services, routes, sites, settings }) =>
      !QUIET_MACHINES.has(effect) ||
      services.some((service) => !QUIET_SERVICES.has(service.effect)) ||
      [routes, sites, settings].some(({ length }) => length > 0),
  );
}

function wider(comparison: Comparison): string[] {
  const { hosts } = comparison;
  const opened = newPorts(comparison).filter(isPort);
  const toWorld = portsOf(opened.filter(({ peer }) => peer === ANY_ADDRESS));
  const toItself = portsOf(opened.filter(({ peer }) => isOwnMachine(peer)));
  const toOthers = portsOf(opened.filter(({ peer }) => peer !== ANY_ADDRESS && !isOwnMachine(peer)));
  const gained = newPermissions(comparison).length;
  const gone = hosts.flatMap(({ data }) => data).filter(({ after }) => after === undefined);
  const deleted = gone.filter(({ before }) => before?.deletedByTerraform).length;
  const kept = gone.length - deleted;
  return [
    toWorld > 0 ? `${toWorld} new ${plural(toWorld, "port")} open to the world` : "",
    toOthers > 0 ? `${toOthers} new ${plural(toOthers, "port")} open to others` : "",
    toItself > 0 ? `${toItself} new ${plural(toItself, "port")} open to the engine's machine alone` : "",
    gained > 0 ? `${gained} new ${plural(gained, "permission")}` : "",
    deleted > 0 ? `${deleted} ${plural(deleted, "volume")} would be deleted` : "",
    kept > 0 ? `${kept} ${plural(kept, "volume")} no longer used, kept` : "",
  ].filter(Boolean);
}

/** What is open from outside that was not. */
export function newPorts({ hosts, published }: Pick<Comparison, "hosts" | "published">): ModelPort[] {
  return [...hosts.flatMap((host) => host.opened), ...published].flatMap(({ before, after }) =>
    before === undefined && after !== undefined ? [after] : [],
  );
}

/** Where hosts that were there may connect to that they might not: of a new host everything is new. */
export function newWaysOut(hosts: readonly HostChange[]): { readonly host: string; readonly port: ModelPort }[] {
  return hosts
    .filter(({ effect }) => effect !== "created")
    .flatMap(({ path, outbound }) =>
      outbound.flatMap(({ before, after }) =>
        before === undefined && after !== undefined ? [{ host: path, port: after }] : [],
      ),
    );
}

/** Whom a port is open to, for people. */
export function whom(peer: string): string {
  if (isOwnMachine(peer)) return "the engine's machine alone";
  return peer === ANY_ADDRESS ? "the world" : peer;
}

/** A permission that is new. */
export interface NewPermission {
  /** The path of a host; absent for the deployer. */
  readonly host?: string;
  readonly permission: string;
}

/** What hosts and the deployer may do that they might not. */
export function newPermissions({ hosts, deployer }: Pick<Comparison, "hosts" | "deployer">): NewPermission[] {
  const gained = (changes: readonly Difference<string>[]) => changes.filter(({ before }) => before === undefined);
  return [
    ...hosts.flatMap(({ path, permissions }) =>
      gained(permissions).map(({ key }) => ({ host: path, permission: key })),
    ),
    ...gained(deployer).map(({ key }) => ({ permission: key })),
  ];
}

/** The same of hosts that were there, and of their deployer: of a new host everything is new. */
export function widerPermissions({ hosts, deployer }: Comparison): NewPermission[] {
  const old = hosts.filter(({ effect }) => effect !== "created");
  return newPermissions({ hosts: old, deployer: old.length === 0 ? [] : deployer });
}

/** Why counted so: a port that is open to 15 ranges of a proxy is one. */
function portsOf(rules: readonly ModelPort[]): number {
  return new Set(rules.map(portName)).size;
}

function count(items: readonly { readonly effect: string }[], effect: string, one: string, several: string): string {
  const found = items.filter((item) => item.effect === effect).length;
  return found === 0 ? "" : `${found} ${found === 1 ? one : several}`;
}

function plural(amount: number, noun: string): string {
  return amount === 1 ? noun : `${noun}s`;
}
