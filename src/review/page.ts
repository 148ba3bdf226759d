import type { Comparison, HostChange } from "./comparison.ts";
import type { ContextEntry } from "./context-files.ts";
import type { Difference } from "./difference.ts";
import { effects } from "./effect-section.ts";
import { fits } from "./fit-section.ts";
import { groupedChanges, withFleetsGrouped } from "./grouped-hosts.ts";
import { filesOf, imageTable } from "./image-section.ts";
import { certificatesAskedAnew, meaningOf } from "./machine-certificates.ts";
import { code, escaped, joined, moved, section, table } from "./markdown.ts";
import { type Model, type ModelPort, portName } from "./model.ts";
import { picture } from "./picture.ts";
import { type Plan, planSummary, planTable } from "./plan.ts";
import { dollars, pricedChanges } from "./price.ts";
import { isEmpty, newPorts, newWaysOut, verdict, whom, widerPermissions } from "./verdict.ts";

/** What a page needs beside the comparison. */
export interface PageOptions {
  /** What it is compared with, for people, e.g. `the synth before` or `main`. */
  readonly base: string;
  /** The files in which the context of an image differs, by its path; absent where they cannot be told. */
  readonly files: ReadonlyMap<string, readonly Difference<ContextEntry>[]>;
  /** What Terraform intends, where it was asked. @default - nothing is said of it */
  readonly plan?: Plan;
  /** What the reader should know of the comparison itself. @default - nothing */
  readonly notes?: readonly string[];
}

/** The page that a reviewer reads, in Markdown: the verdict first, then why, then what gets wider, then what it costs. */
export function page(comparison: Comparison, after: Model, { base, files, plan, notes = [] }: PageOptions): string {
  const head = [
    `# ${escaped(after.stack)}`,
    `**${escaped(verdict(comparison))}**`,
    planSummary(plan?.changes ?? []),
    ...(plan?.warnings ?? []).map(escaped),
    ...notes.map(escaped),
  ];
  const intended =
    plan === undefined
      ? ""
      : section("What Terraform intends", planTable(groupedChanges(plan.changes, comparison.fleets)) || "No changes.");
  const shown = withFleetsGrouped(comparison);
  const anew = certificates(shown.hosts, plan);
  if (isEmpty(comparison)) return `${joined([...head, `The same as ${escaped(base)}.`, intended, anew])}\n`;
  const { hosts, images, deployer, findings } = shown;
  return `${joined([
    ...head,
    wider(shown),
    `Compared with ${escaped(base)}.`,
    section("What happens", effects(hosts)),
    intended,
    section("Images", imageTable(images), ...images.map((image) => filesOf(image, files.get(image.key)))),
    section("Routes and names", routes(hosts)),
    section("Ports", ports(shown)),
    section("Permissions", permissions(hosts, deployer)),
    section("Secrets", secrets(hosts)),
    section("Data", data(hosts)),
    anew,
    section("Cost a month", cost(shown)),
    section(
      "Findings",
      table(
        ["", "construct", "finding"],
        findings.map(({ severity, path, message }) => [severity, code(path), escaped(message.split("\n")[0] ?? "")]),
      ),
    ),
    section("Fit", ...fits(hosts)),
    section("Picture", `\`\`\`mermaid\n${picture(after)}\n\`\`\``),
  ])}\n`;
}

/** How much of what gets wider stands at the top. */
const FIRST_SCREEN = 8;

/** Why at the top: a port or a right more is what a reviewer must not scroll to. */
function wider(comparison: Comparison): string {
  const lines = [
    ...newPorts(comparison).map((port) => `- ${code(portName(port))} is now open to ${peerCell(port)}`),
    ...newWaysOut(comparison.hosts).map(
      ({ host, port }) => `- ${code(host)} may now connect to ${code(portName(port))} of ${peerCell(port)}`,
    ),
    ...widerPermissions(comparison).map(
      ({ host, permission }) => `- ${host === undefined ? "the deployer" : code(host)} may now ${code(permission)}`,
    ),
  ];
  const rest = lines.length - FIRST_SCREEN;
  return [...lines.slice(0, FIRST_SCREEN), ...(rest > 0 ? [`- and ${rest} more, see below`] : [])].join("\n");
}

function peerCell({ peer }: ModelPort): string {
  const shown = whom(peer);
  return shown === peer ? code(peer) : shown;
}

function routes(hosts: readonly HostChange[]): string {
  const rows = hosts.flatMap((host) => [
    ...host.routes.map(({ key, before, after }) => [code(key), moved(before?.is, after?.is), code(host.path)]),
    ...host.sites.map(({ name, before, after, why }) => [
      code(name),
      why.length > 0 ? `other ${why.map(code).join(", ")}` : moved(before, after),
      code(host.path),
    ]),
  ]);
  return table(["name and path", "answered by", "host"], rows);
}

function ports({ hosts, published }: Comparison): string {
  const rows = (direction: string, where: string, changes: readonly Difference<ModelPort>[]) =>
    changes.map(({ before, after }) => {
      const rule = (after ?? before) as ModelPort;
      const what = before === undefined ? "opened" : after === undefined ? "closed" : "described anew";
      return [`${what} ${direction}`, portName(rule), peerCell(rule), escaped(rule.description), where];
    });
  return table(
    ["", "port", "peer", "for", "host"],
    [
      ...hosts.flatMap(({ path, opened }) => rows("in", code(path), opened)),
      ...rows("in", "the engine", published),
      ...hosts.flatMap(({ path, outbound }) => rows("out", code(path), outbound)),
    ],
  );
}

function permissions(hosts: readonly HostChange[], deployer: readonly Difference<string>[]): string {
  const rows = (who: string, changes: readonly Difference<string>[]) =>
    changes.map(({ key, before }) => [before === undefined ? "gained" : "lost", who, code(key)]);
  return table(
    ["", "who", "may"],
    [...hosts.flatMap((host) => rows(code(host.path), host.permissions)), ...rows("the deployer", deployer)],
  );
}

function secrets(hosts: readonly HostChange[]): string {
  const rows = hosts.flatMap((host) =>
    host.secrets.map(({ key, before, after }) => [code(key), moved(before?.is, after?.is), code(host.path)]),
  );
  return table(["secret", "from", "host"], rows);
}

function data(hosts: readonly HostChange[]): string {
  const lines = hosts.flatMap((host) =>
    host.data.map(({ key, before, after }) => {
      if (after !== undefined) return `- new: ${code(key)} of ${code(host.path)}`;
      const fate = before?.deletedByTerraform
        ? "**Terraform would delete it with all that it holds**"
        : "no longer used, what it holds is kept";
      return `- ${fate}: ${code(key)} of ${code(host.path)}`;
    }),
  );
  return lines.join("\n");
}

function certificates(hosts: readonly HostChange[], plan: Plan | undefined): string {
  const lines = certificatesAskedAnew(hosts, plan).map(
    (asked) => `- ${code(asked.path)}, ${asked.names.map(code).join(", ")}: ${escaped(meaningOf(asked))}`,
  );
  return section("Certificates", lines.join("\n"));
}

function cost(comparison: Comparison): string {
  const rows = pricedChanges(comparison).map(({ path, price, effect, region = "" }) => [
    code(path),
    code(region),
    effect === "created" ? "" : dollars(price.before),
    effect === "removed" ? "" : dollars(price.after),
    effect === "removed" ? "" : dollars(price.surplus),
    price.asOf ?? "",
  ]);
  return table(
    ["host", "region", "before, USD", "after, USD", "surplus CPU credits at worst, USD", "list price of"],
    rows,
  );
}
