/**
 * Rolls an application again and again while it is visited, and counts what fails by kind; then the same with a
 * container that is stopped first, which must fail, or the count would mean nothing. Ends with 1 when a roll cost a
 * visitor anything, when nothing failed by stopping first, or when too little was asked to say so.
 *
 *   node --import tsx bench/roll.ts [--host nano|local] [--rolls N] [--seconds S] [--per-second R]
 *
 * As root, with what `npx slipway env` prints; Nginx and a registry are unpacked where this machine has none.
 *
 * --host nano    the host's agent, real Nginx and a real engine on this machine: the default
 * --host local   a local host, each roll by `terraform apply`, with an Nginx that knows `keepalive_min_timeout`
 * --rolls        100 on a nano, 30 locally
 * --seconds      the rolls are spread over at least so long; one after the other where nothing is said
 * --per-second   requests, 360 unless said
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { DebianPrograms } from "../src/cli/debian-programs.mjs";
import { rolledImages } from "./roll/application.ts";
import { RollingLocalHost } from "./roll/local.ts";
import { RollingNano } from "./roll/nano.ts";
import { printVisits, verdictOf } from "./roll/report.ts";
import { startsBeside } from "./roll/starts.ts";
import { underLoad } from "./roll/under-load.ts";

const DRAIN_SECONDS = 8;
const { values } = parseArgs({
  options: {
    host: { type: "string", default: "nano" },
    rolls: { type: "string" },
    seconds: { type: "string", default: "0" },
    "per-second": { type: "string", default: "360" },
  },
});
const isLocal = values.host === "local";
if (!isLocal && values.host !== "nano") throw new Error(`--host must be nano or local, not ${values.host}`);
const rolls = Number(values.rolls ?? (isLocal ? 30 : 100));
const seconds = Number(values.seconds);
const load = { perSecond: Number(values["per-second"]), slowSeconds: 5 };

async function main(): Promise<void> {
  const programs = await new DebianPrograms({ nginx: "nginx", "docker-registry": "docker-registry" }).unpack();
  process.env.PATH = `${process.env.PATH}:${programs}`;
  const { images, remove } = await rolledImages();
  const host = isLocal ? new RollingLocalHost(images, DRAIN_SECONDS) : new RollingNano(images, DRAIN_SECONDS);
  try {
    await host.start();
    await host.roll("2"); // both images are there from now on
    console.log(`${host.about}\n${rolls} rolls, load of the machine ${loadavg()[0]?.toFixed(1)} before\n`);
    const began = Date.now();
    const rolled = await underLoad(host, {
      ...load,
      meanwhile: async () => {
        for (let done = 0; done < rolls; done += 1) {
          const due = began + (seconds * 1000 * done) / rolls;
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
          await host.roll(done % 2 === 0 ? "1" : "2");
          if (done % 10 === 9) console.error(`${done + 1} rolls in ${Math.round((Date.now() - began) / 1000)} s`);
        }
      },
    });
    const baselines = Math.ceil(rolls / 10);
    const stopped = await underLoad(host, {
      ...load,
      meanwhile: async () => {
        for (let done = 0; done < baselines; done += 1) await host.stopFirst();
      },
    });
    printVisits({ [`${rolls} rolls`]: rolled, [`${baselines} times stopped first`]: stopped });
    console.log(`\nload of the machine ${loadavg()[0]?.toFixed(1)} after\n`);
    if (!isLocal) console.log(await startsBeside(host, images));
    const wrong = verdictOf(rolled, stopped, rolls);
    for (const line of wrong) console.error(line);
    process.exitCode = wrong.length > 0 ? 1 : 0;
  } finally {
    await host.stop();
    await remove();
  }
}

void main();
