import { totalsOf } from "./under-load.ts";
import type { Visit } from "./visitors.mjs";

/** Prints what visitors met as a table, a row for each kind of request. */
export function printVisits(visits: Readonly<Record<string, Visit>>): void {
  const columns = Object.keys(visits);
  const all = Object.values(visits);
  console.log(`| requests | ${columns.map((name) => `${name}: asked | failed | slowest`).join(" | ")} |`);
  console.log(`|---|${"---|".repeat(3 * columns.length)}`);
  for (const kind of Object.keys(all[0]?.kinds ?? {})) {
    const cells = all.map(({ kinds }) => {
      const { asked = 0, failed = 0, slowest = 0, reasons = {}, when } = kinds[kind] ?? {};
      const why = Object.entries(reasons).map(([reason, times]) => `${times} × ${reason}`);
      return `${number(asked)} | ${number(failed)}${why.length > 0 ? ` (${why.join(", ")}${when ? `, asked in seconds ${when.join(" to ")}` : ""})` : ""} | ${number(slowest)} ms`;
    });
    console.log(`| ${kind} | ${cells.join(" | ")} |`);
  }
  const sums = all.map((visit) => {
    const { asked, failed, perSecond } = totalsOf(visit);
    return `**${number(asked)}**, ${perSecond.toFixed(0)}/s | **${number(failed)}** | `;
  });
  console.log(`| all | ${sums.join(" | ")} |`);
  const held = all.map(
    ({ websockets: { opened, cut, messages, cutAt } }) =>
      `${opened}, ${number(messages)} messages | ${cut} cut${cutAt === undefined ? "" : `, by second ${cutAt}`} | `,
  );
  console.log(`| websockets of the neighbour | ${held.join(" | ")} |`);
}

function number(value: number): string {
  return value.toLocaleString("en");
}

/** What of a run does not show what it is for, a line each; nothing when all is well. */
export function verdictOf(rolled: Visit, stopped: Visit, rolls: number): string[] {
  const totals = totalsOf(rolled);
  const wrong: string[] = [];
  const counted = totals.failed + rolled.websockets.cut;
  if (counted > 0) wrong.push(`${counted} failed over ${rolls} rolls`);
  if (totals.perSecond < 300) wrong.push(`${totals.perSecond.toFixed(0)} requests a second are too few`);
  if (totalsOf(stopped).failed === 0)
    wrong.push("nothing failed where the container was stopped first: the count is blind");
  const versions = Object.keys(rolled.versions).sort().join(", ");
  if (versions !== "1, 2") wrong.push(`the versions that answered are ${versions || "none"}, not 1 and 2`);
  return wrong;
}
