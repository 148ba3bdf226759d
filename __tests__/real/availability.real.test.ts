import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { docker, Project } from "./project.ts";

jest.setTimeout(180_000);

const STACK = "slipway-availability";
const VOLUME = `${STACK}-host-volume-influxdb`;
const NOBODY = "http://nowhere.invalid/";
const password = () => randomBytes(16).toString("hex");
const PASSWORDS = { "influxdb-admin": password(), "influxdb-agent": password(), "influxdb-grafana": password() };

const secrets = mkdtempSync(join(tmpdir(), "slipway-secrets-"));
const environment = { SLIPWAY_SECRETS_DIR: secrets, SLIPWAY_WITHOUT_GRAFANA: "1" };
const project = new Project("availability.ts", STACK, {}, environment);
const targets = (...more: string[]) => ({ SLIPWAY_TARGETS: [NOBODY, ...more].join(" ") });

/** The container of a service that runs. */
const running = (service: string) =>
  docker("ps", "--quiet", "--no-trunc", "--filter", `label=dev.slipway.construct=${STACK}/host/${service}/Container`);

/** What InfluxDB answers to a user who may read, by way of a neighbour. */
function asks(query: string): { series?: { tags: { target: string }; values: number[][] }[] }[] {
  const script = `import os, sys, urllib.parse, urllib.request
words = urllib.parse.urlencode({"db": "availability", "u": "grafana", "p": sys.argv[1], "q": sys.argv[2]})
print(urllib.request.urlopen(os.environ["INFLUXDB_URL"] + "/query?" + words, timeout=5).read().decode())`;
  const answer = docker("exec", running("agent"), "python3", "-c", script, PASSWORDS["influxdb-grafana"], query);
  return JSON.parse(answer).results;
}

/** How many points there are by target, and how many of them were up. */
function points(): Record<string, [number, number]> {
  const [{ series = [] } = {}] = asks('SELECT count("up"), sum("up") FROM "availability" GROUP BY "target"');
  return Object.fromEntries(
    series.map(({ tags, values: [first = []] }) => [tags.target, [first[1] as number, first[2] as number]]),
  );
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 40_000; !holds(); await sleep(500)) {
    if (Date.now() > deadline) throw new Error(`not in time: ${JSON.stringify(points())}`);
  }
}

beforeAll(async () => {
  for (const [name, text] of Object.entries(PASSWORDS)) writeFileSync(join(secrets, name), `${text}\n`);
  cpSync(resolve(__dirname, "../../stacks/apps"), join(project.directory, "stacks/apps"), { recursive: true });
  await project.cleanUp();
  docker("volume", "rm", "--force", VOLUME);
});
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
  docker("volume", "rm", "--force", VOLUME);
  rmSync(secrets, { recursive: true });
});

test("each probe is a point of InfluxDB, which a user who may read gets by query", async () => {
  const text = await project.synth(targets());
  for (const each of Object.values(PASSWORDS)) expect(text).not.toContain(each);
  await project.init();
  const run = await project.apply();
  expect(run.output).toContain("Apply complete!");
  await until(() => (points()[NOBODY]?.[0] ?? 0) >= 2);
  for (const each of Object.values(PASSWORDS)) expect(project.state()).not.toContain(each);
  expect(points()[NOBODY]?.[1]).toBe(0);
  expect(() => asks("DROP MEASUREMENT availability")).toThrow("403");
  expect(points()[NOBODY]?.[0]).toBeGreaterThanOrEqual(2);
});

test("a release of the agent touches no accessory and loses no point", async () => {
  const [influxdb, agent, [before]] = [running("influxdb"), running("agent"), points()[NOBODY] as [number, number]];
  await project.synth(targets("http://127.0.0.1:9115/metrics"));
  expect((await project.apply()).status).toBe(0);
  expect(running("influxdb")).toBe(influxdb);
  expect(running("agent")).not.toBe(agent);
  await until(() => (points()["http://127.0.0.1:9115/metrics"]?.[1] ?? 0) >= 1);
  expect(points()[NOBODY]?.[0]).toBeGreaterThanOrEqual(before);
  expect(await project.plan()).toMatchObject({ status: 0 });
});
