import type { Arguments, Tools } from "../tools.ts";
import { type Field, formatRows } from "./go-format.ts";
import { lastColumn, table } from "./table.ts";

/** A repository that Docker Hub found. */
interface Found {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
}

const HUB = "https://index.docker.io";
const USUAL = "25";
const MOST = 100;

/** Docker's own names of the columns of `docker search`. */
const SEARCH_FIELDS: Readonly<Record<string, Field<Found>>> = {
  Name: { header: "NAME", of: ({ name }) => name },
  Description: { header: "DESCRIPTION", of: ({ description }) => description },
  StarCount: { header: "STARS", of: ({ star_count: stars }) => `${stars}` },
  IsOfficial: { header: "OFFICIAL", of: ({ is_official: official }) => (official ? "[OK]" : "") },
};

/** A filter that there is not; the message says which there are. */
export class FilterError extends Error {
  readonly exitStatus = 2;
}

/** Asks Docker Hub for repositories, the most starred first. SLIPWAY_DOCKER_HUB names another that answers as it does. */
export async function searchHub(asked: Arguments, tools: Tools): Promise<number> {
  const { words: [term = ""] = [], limit = USUAL, filter = [], format, json } = asked;
  const { stars, official } = readFilters(filter);
  if (format !== undefined) formatRows(format, SEARCH_FIELDS, []);
  const hub = process.env.SLIPWAY_DOCKER_HUB ?? HUB;
  const url = new URL("/v1/search", hub);
  url.searchParams.set("q", term);
  // What a filter drops must not count, so that all are asked for where there is one.
  url.searchParams.set("n", filter.length > 0 ? `${MOST}` : limit);
  const { status, body } = await tools.request(url.href, { headers: { accept: "application/json" } });
  if (status !== 200) throw new Error(`${url.host} answered ${status} to the search: try later`);
  const { results = [] } = JSON.parse(body.toString("utf8")) as { results?: Found[] };
  const found = results
    .filter((each) => each.star_count >= stars && (official === undefined || each.is_official === official))
    .sort((a, b) => b.star_count - a.star_count)
    .slice(0, Number(limit));
  const { terminal } = tools;
  if (json) {
    const list = found.map(({ name, description, star_count, is_official }) => ({
      name,
      description,
      stars: star_count,
      official: is_official,
    }));
    console.log(JSON.stringify({ schema: 1, hub, results: list }, null, 2));
    return 0;
  }
  if (format !== undefined) for (const line of formatRows(format, SEARCH_FIELDS, found)) console.log(line);
  else if (found.length === 0) terminal.line(`${url.host} knows nothing of ${JSON.stringify(term)} that fits`);
  else {
    const headers = ["NAME", "STARS", "OFFICIAL", "DESCRIPTION"];
    const rows = found.map(({ name, star_count, is_official, description }) => [
      ...[name, `${star_count}`, is_official ? "[OK]" : ""],
      description.replace(/\s+/g, " ").trim(),
    ]);
    const lines = table(headers, rows);
    for (const line of lines) terminal.row(line, lastColumn(lines, headers));
  }
  if (hub !== HUB) terminal.note(`${url.host} answered, which is not Docker Hub`);
  return 0;
}

function readFilters(filters: readonly string[]): { stars: number; official?: boolean } {
  let stars = 0;
  let official: boolean | undefined;
  for (const text of filters) {
    const [, name, value = ""] = /^([^=]*)=(.*)$/.exec(text) ?? [];
    if (name === "stars" && /^\d{1,9}$/.test(value)) stars = Number(value);
    else if (name === "official" && /^(true|false)$/.test(value)) official = value === "true";
    else throw new FilterError(`--filter must be stars=NUMBER or official=true|false, got ${text}`);
  }
  return official === undefined ? { stars } : { stars, official };
}
