import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NginxSite } from "../../src/nginx/server.ts";
import { knows } from "../nginx/running-nginx.ts";
import { HttpConnection } from "./http-connection.ts";
import { differences, type TableRequest, written } from "./http-request.ts";

/** What every kind of host answers alike: a declaration, and requests with what must come back. */
export interface HttpTable {
  readonly declaration: { readonly services: readonly string[]; readonly sites: readonly NginxSite[] };
  readonly requests: readonly TableRequest[];
}

/** The first Nginx that does not take a 103 for the answer. */
const EARLY_HINTS = "1.29.0";
const QUICK_MS = 10_000;
const SLOW_MS = 75_000;

export function httpTable(): HttpTable {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds http/requests.json");
  return JSON.parse(readFileSync(join(folder, "http", "requests.json"), "utf8"));
}

/** Those that need no option of a site; no hints before the answer where an Nginx of `version` does not know them. */
export function askable(requests: readonly TableRequest[], version: string): TableRequest[] {
  const hasHints = knows(version, EARLY_HINTS);
  return requests.filter(({ needs, path }) => needs === undefined && (path !== "/hints" || hasHints));
}

/** Sends `requests` to a front, each over a connection of its own, and says by name what is answered otherwise. */
export async function wrongAnswers(
  requests: readonly TableRequest[],
  front: { readonly port: number; readonly address?: string },
): Promise<Record<string, readonly string[]>> {
  const found = new Map<TableRequest, readonly string[]>();
  const slow = requests
    .filter((row) => row.slow)
    .map(async (row) => {
      found.set(row, await wrong(row, front));
    });
  for (const row of requests.filter((each) => !each.slow)) found.set(row, await wrong(row, front));
  await Promise.all(slow);
  return Object.fromEntries([...found].filter(([, each]) => each.length > 0).map(([row, each]) => [row.name, each]));
}

async function wrong(
  row: TableRequest,
  { port, address }: { readonly port: number; readonly address?: string },
): Promise<string[]> {
  const connection = await HttpConnection.open(port, row.slow ? SLOW_MS : QUICK_MS, address);
  try {
    return await differences(written(row, port), connection);
  } catch (error) {
    return [error instanceof Error ? error.message : `${error}`];
  } finally {
    connection.close();
  }
}
