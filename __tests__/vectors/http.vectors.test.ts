import { mainConfiguration, type NginxFlavour } from "../../src/nginx/main-configuration.ts";
import type { NginxSite } from "../../src/nginx/server.ts";
import { renderSites } from "../../src/nginx/sites.ts";
import { upstreamFile } from "../../src/nginx/upstream.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { NginxFolder } from "../nginx/running-nginx.ts";
import { HttpEcho } from "./http-echo.ts";
import { askable, type HttpTable, httpTable, wrongAnswers } from "./http-table.ts";

jest.setTimeout(120_000);

interface Front {
  readonly port: number;
  readonly version: string;
  stop(): Promise<void>;
}

/** The declaration, served by a real Nginx of our own texts; a service's second slot is live, so that a file decides. */
async function serve(flavour: NginxFlavour, { services, sites }: HttpTable["declaration"]): Promise<Front> {
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
function withNeeds({ services, sites }: HttpTable["declaration"]): HttpTable["declaration"] {
  const [shop, ...others] = sites as [NginxSite, ...NginxSite[]];
  return {
    services,
    sites: [{ ...shop, cookieBuffers: true, underscoresInHeaders: true, buffering: false }, ...others],
  };
}

test.concurrent.each<NginxFlavour>(["container", "instance"])(
  "Nginx of a %s answers as every host does",
  async (flavour) => {
    const { declaration, requests } = httpTable();
    const front = await serve(flavour, declaration);
    try {
      const asked = askable(requests, front.version);
      expect(await wrongAnswers(asked, front)).toEqual({});
      const left = requests.filter((row) => !asked.includes(row));
      const names = left.map(({ name }) => name).join(", ");
      process.stdout.write(
        `http vectors: ${asked.length} requests compared in a ${flavour} with Nginx ${front.version}; left out: ${names}\n`,
      );
      expect(requests.length).toBeGreaterThanOrEqual(61);
      expect(left.length).toBeLessThanOrEqual(5);
    } finally {
      await front.stop();
    }
  },
);

test.concurrent.each<NginxFlavour>(["container", "instance"])(
  "Nginx of a %s answers what needs an option of a site",
  async (flavour) => {
    const { declaration, requests } = httpTable();
    const needing = requests.filter(({ needs }) => needs !== undefined);
    const front = await serve(flavour, withNeeds(declaration));
    try {
      expect(await wrongAnswers(needing, front)).toEqual({});
      process.stdout.write(`http vectors: ${needing.length} requests compared in a ${flavour} that need an option\n`);
      expect(needing.length).toBeGreaterThanOrEqual(4);
    } finally {
      await front.stop();
    }
  },
);

test.concurrent("without a front many are answered otherwise, so that the table tells", async () => {
  const quick = httpTable().requests.filter(({ slow }) => !slow);
  const echo = await HttpEcho.start("web");
  const found = await wrongAnswers(quick, echo);
  await echo.stop();
  expect(Object.keys(found).length).toBeGreaterThanOrEqual(25);
});
