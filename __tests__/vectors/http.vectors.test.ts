import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mainConfiguration, type NginxFlavour } from "../../src/nginx/main-configuration.ts";
import type { NginxSite } from "../../src/nginx/server.ts";
import { renderSites } from "../../src/nginx/sites.ts";
import { upstreamFile } from "../../src/nginx/upstream.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { knows, NginxFolder } from "../nginx/running-nginx.ts";
import { HttpConnection } from "./http-connection.ts";
import { HttpEcho } from "./http-echo.ts";
import { differences, type TableRequest, written } from "./http-request.ts";

interface Table {
  readonly declaration: { readonly services: readonly string[]; readonly sites: readonly NginxSite[] };
  readonly requests: readonly TableRequest[];
}

const QUICK_MS = 10_000;
const SLOW_MS = 75_000;
/** The first Nginx that does not take a 103 for the answer. */
const EARLY_HINTS = "1.29.0";

jest.setTimeout(120_000);

function table(): Table {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds http/requests.json");
  return JSON.parse(readFileSync(join(folder, "http", "requests.json"), "utf8"));
}

interface Front {
  readonly port: number;
  readonly version: string;
  stop(): Promise<void>;
}

/** The declaration, served by a real Nginx of our own texts; a service's second slot is live, so that a file decides. */
async function serve(flavour: NginxFlavour, { services, sites }: Table["declaration"]): Promise<Front> {
  const port = await freePort();
  const echoes = await Promise.all(services.map((name) => HttpEcho.start(name)));
  const listed = await Promise.all(
    echoes.map(async ({ name, port: slot }) => ({ name, slots: [await freePort(), slot] as const })),
  );
  const live = echoes.map(({ name, port: at }): [string, string] =>
    flavour === "container"
      ? [`/etc/nginx/slipway/upstream-${name}.conf`, upstreamFile({ service: name, address: `127.0.0.1:${at}` })]
      : [`/var/lib/slipway/live/${name}.1`, ""],
  );
  const folder = new NginxFolder({
    "/etc/nginx/nginx.conf": mainConfiguration({ flavour }),
    "/etc/nginx/slipway/sites.conf": renderSites({ flavour, port, address: "127.0.0.1", services: listed, sites }),
    ...Object.fromEntries(live),
  });
  const nginx = await folder.start(port);
  const stop = async () => {
    await nginx.stop();
    await Promise.all(echoes.map((echo) => echo.stop()));
  };
  return { port, version: folder.version, stop };
}

/** The table's declaration with what the site of some requests needs for them. */
function withNeeds({ services, sites }: Table["declaration"]): Table["declaration"] {
  const [shop, ...others] = sites as [NginxSite, ...NginxSite[]];
  return {
    services,
    sites: [{ ...shop, cookieBuffers: true, underscoresInHeaders: true, buffering: false }, ...others],
  };
}

async function wrong(row: TableRequest, port: number): Promise<string[]> {
  const connection = await HttpConnection.open(port, row.slow ? SLOW_MS : QUICK_MS);
  try {
    return await differences(written(row, port), connection);
  } catch (error) {
    return [error instanceof Error ? error.message : `${error}`];
  } finally {
    connection.close();
  }
}

test.concurrent.each<NginxFlavour>(["container", "instance"])(
  "Nginx of a %s answers as every host does",
  async (flavour) => {
    const { declaration, requests } = table();
    const front = await serve(flavour, declaration);
    try {
      const hasHints = knows(front.version, EARLY_HINTS);
      const left = requests.filter(({ needs, path }) => needs !== undefined || (path === "/hints" && !hasHints));
      const asked = requests.filter((row) => !left.includes(row));
      const isSlow = asked
        .filter(({ slow }) => slow)
        .map(async (row) => ({ row, found: await wrong(row, front.port) }));
      const answered: { row: TableRequest; found: string[] }[] = [];
      for (const row of asked.filter(({ slow }) => !slow)) answered.push({ row, found: await wrong(row, front.port) });
      answered.push(...(await Promise.all(isSlow)));
      const differing = answered.filter(({ found }) => found.length > 0);
      expect(Object.fromEntries(differing.map(({ row, found }) => [row.name, found]))).toEqual({});
      const names = left.map(({ name }) => name).join(", ");
      process.stdout.write(
        `http vectors: ${answered.length} requests compared in a ${flavour} with Nginx ${front.version}; left out: ${names}\n`,
      );
      expect(requests.length).toBeGreaterThanOrEqual(61);
      expect(left.length).toBeLessThanOrEqual(hasHints ? 4 : 5);
    } finally {
      await front.stop();
    }
  },
);

test.concurrent.each<NginxFlavour>(["container", "instance"])(
  "Nginx of a %s answers what needs an option of a site",
  async (flavour) => {
    const { declaration, requests } = table();
    const needing = requests.filter(({ needs }) => needs !== undefined);
    const front = await serve(flavour, withNeeds(declaration));
    try {
      const found = await Promise.all(needing.map(async (row) => [row.name, await wrong(row, front.port)] as const));
      expect(found.filter(([, differing]) => differing.length > 0)).toEqual([]);
      process.stdout.write(`http vectors: ${needing.length} requests compared in a ${flavour} that need an option\n`);
      expect(needing.length).toBeGreaterThanOrEqual(4);
    } finally {
      await front.stop();
    }
  },
);

test.concurrent("without a front many are answered otherwise, so that the table tells", async () => {
  const quick = table().requests.filter(({ slow }) => !slow);
  const echo = await HttpEcho.start("web");
  const found = await Promise.all(quick.map((row) => wrong(row, echo.port)));
  await echo.stop();
  expect(found.filter((each) => each.length > 0).length).toBeGreaterThanOrEqual(25);
});
