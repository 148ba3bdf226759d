import { resolve } from "node:path";
import { contextReport } from "../context/context-report.ts";
import { contextReportLines } from "../context/context-report-text.ts";
import type { Arguments } from "./tools.ts";

/** Lists what a build of a directory would send, what leaves out the rest, what changed, and the content id. */
export async function context({ operand = ".", dockerfile, json }: Arguments): Promise<number> {
  const report = contextReport(resolve(operand), { dockerfile });
  if (json) console.log(JSON.stringify({ schema: 1, ...report }, null, 2));
  else for (const line of contextReportLines(report)) console.log(line);
  return 0;
}
