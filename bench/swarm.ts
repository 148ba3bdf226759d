/**
 * Three real engines as one swarm, each in namespaces of its own on this machine, and what visitors of every node meet while
 * a version is rolled, a route changes, an image is bad, a node's cable is cut and another node is drained. Ends with 1
 * where a request failed that was not one of a node that was gone, or where a second plan is not empty. As root on Linux;
 * needs what `slipway setup` brings, and slirp4netns and socat.
 *
 *   node --import tsx bench/swarm.ts [--engine machine|29] [--clients N] [--only roll,route,bad,cut,drain]
 *
 * --engine    this machine's own dockerd: the default; 29 is built from source, six minutes of a processor once
 * --clients   of each node, each ten requests a second; 6 unless said. Half keep their connection, as careless clients do
 * --only      some of what happens
 */
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { pageServer } from "../__tests__/real/page-server.ts";
import { docker, Project } from "../__tests__/real/project.ts";
import { cacheFolder } from "../src/cli/cache-folder.mjs";
import { run as runCommand } from "../src/cli/command.mjs";
import { buildDockerEngine } from "../src/rehearsal/engine/docker-engine.mjs";
import type { Asked, Kind, Tally } from "./swarm/ask.ts";
import { Swarm } from "./swarm/swarm.ts";
import { type Node, run, ThreeEngines } from "./swarm/three-engines.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "machine" },
    clients: { type: "string", default: "6" },
    only: { type: "string", default: "roll,route,bad,cut,drain" },
  },
});
if (values.engine !== "machine" && values.engine !== "29")
  throw new Error(`--engine must be machine or 29, not ${values.engine}`);

const SERVER = pageServer('body, status = os.environ["BODY"], int(os.environ.get("STATUS", "200"))');
const cacheDir = cacheFolder();
const log = (text: string) => console.error(text);
const wrong: string[] = [];

interface Event {
  readonly word: string;
  readonly name: string;
  readonly work: () => Promise<void>;
  /** The node whose visitors lose something by what happens. */
  readonly without?: Node;
  /** What answers in the end. @default - what did before */
  readonly body?: string;
  /** Whether Nginx reloads, where an old one closes connections that are kept. */
  readonly reloads?: boolean;
}

async function main(): Promise<void> {
  const programs =
    values.engine === "29"
      ? await buildDockerEngine({ cacheDir, run: runCommand, log, install: async () => undefined })
      : [];
  const mirrors = JSON.parse(docker("info", "--format", "{{json .RegistryConfig.Mirrors}}")) ?? [];
  await ThreeEngines.run({ cacheDir, programs, mirrors, log }, async (engines) => {
    const swarm = new Swarm(engines);
    const { environment } = swarm.manager.engine;
    const application = { "server.py": SERVER };
    const project = new Project("../../../bench/programs/swarm.ts", "slipway-bench-swarm", application, environment);
    try {
      await measure(swarm, project);
    } finally {
      const { status, output } = await project.destroy();
      if (status !== 0) wrong.push(`the destroy failed\n${output}`);
    }
  });
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

async function measure(swarm: Swarm, project: Project): Promise<void> {
  const [, second, third] = swarm.engines.nodes as readonly [Node, Node, Node];
  const version = run("docker", ["version", "--format", "{{.Server.Version}}"], swarm.manager.engine.environment);
  console.log(`Three managers, Docker Engine ${version}, load of the machine ${loadavg()[0]?.toFixed(1)} before\n`);
  const began = Date.now();
  await deploy(project, {}, 0);
  console.log(`first apply ${seconds(began)} s`);
  await isEmpty(project);
  let body = "one";
  const now = (more: Readonly<Record<string, string>> = {}) => ({ SLIPWAY_BENCH_BODY: body, ...more });
  const bad = { SLIPWAY_BENCH_BODY: "bad", SLIPWAY_BENCH_STATUS: "503" };
  const roll = () => deploy(project, { SLIPWAY_BENCH_BODY: "two" }, 0);
  const route = () => deploy(project, now({ SLIPWAY_BENCH_ROUTE: "/moved" }), 0);
  const events: Event[] = [
    { word: "roll", name: "three tasks rolled to another version", work: roll, body: "two" },
    { word: "route", name: "a route changed", work: route, reloads: true },
    { word: "bad", name: "a bad version, rolled back", work: () => deploy(project, now(bad), 1) },
    { word: "cut", name: "a node's cable cut", work: () => swarm.lose(third), without: third },
    { word: "cut", name: "the cable mended", work: () => swarm.find(third), without: third },
    { word: "drain", name: "another node drained", work: () => swarm.drain(second), without: second },
    { word: "drain", name: "active again", work: () => swarm.activate(second), without: second },
  ];
  console.log(
    "\n| event | seconds | requests | failed on new connections | on kept ones | slowest | those of the node that was away: requests | failed |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  const only = values.only.split(",");
  for (const event of events.filter(({ word }) => only.includes(word))) {
    if (event.name.endsWith("cut") && swarm.tasksOn(third, "slipway-bench-swarm-host-web") === 0)
      wrong.push("the node whose cable is cut has no task of the application");
    await happen(swarm, event, body);
    body = event.body ?? body;
  }
  await deploy(project, now(), 0);
  await isEmpty(project);
}

/** An event under load, as a row. */
async function happen(swarm: Swarm, { name, work, without, body, reloads }: Event, before: string): Promise<void> {
  const addresses = swarm.engines.nodes.map(({ address }) => address);
  const words = ["--import", require.resolve("tsx"), join(__dirname, "swarm/ask.ts")];
  const all = [...words, "web.localhost", "8080", values.clients, ...addresses];
  const visitors = spawn(...swarm.engines.outside(process.execPath, all), { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  visitors.stdout.setEncoding("utf8").on("data", (more) => {
    text += more;
  });
  const ended = new Promise<void>((done) => visitors.once("close", () => done()));
  await pause(3000);
  const began = Date.now();
  try {
    await work();
  } finally {
    await pause(2000);
    visitors.stdin.end();
    await ended;
  }
  const took = seconds(began);
  const asked = JSON.parse(text) as Asked;
  const of = (isAway: boolean, kinds: readonly Kind[] = ["new", "kept"]) =>
    Object.entries(asked)
      .filter(([address]) => (address === without?.address) === isAway)
      .flatMap(([, tallies]) => kinds.map((kind) => tallies[kind]));
  const [here, away] = [of(false), of(true)];
  const lost = without ? `${sum(away, "asked")} | ${sum(away, "failed")}${why(away)}` : "| ";
  const slowest = Math.max(...here.map(({ slowestMs }) => slowestMs));
  const [anew, kept] = [of(false, ["new"]), of(false, ["kept"])];
  const failed = [anew, kept].map((tallies) => `${sum(tallies, "failed")}${why(tallies)}`).join(" | ");
  console.log(`| ${name} | ${took} | ${sum(here, "asked")} | ${failed} | ${slowest} ms | ${lost} |`);
  const counted = reloads && isOld(swarm) ? anew : here;
  if (sum(counted, "failed") > 0) wrong.push(`${name}: ${sum(counted, "failed")} requests failed`);
  const answered = [...new Set(here.flatMap((tally) => Object.keys(tally.bodies)))].sort();
  const wanted = [...new Set([before, body ?? before])].sort();
  if (answered.join() !== wanted.join()) wrong.push(`${name}: ${answered.join(", ")} answered`);
}

/** Whether Nginx has no word for connections to be kept over a reload, which came with 1.27.4. */
function isOld(swarm: Swarm): boolean {
  const { environment } = swarm.manager.engine;
  const [nginx = ""] = run("docker", ["ps", "--quiet", "--filter", "name=host-nginx\\."], environment).split("\n");
  return run("docker", ["exec", nginx, "ls", "-A", "/etc/nginx/keepalive"], environment) === "";
}

async function deploy(project: Project, environment: Readonly<Record<string, string>>, wanted: number): Promise<void> {
  await project.synth(environment);
  if (Object.keys(environment).length === 0) await project.init();
  const { status, output } = await project.apply();
  if (status === wanted) return;
  if (Object.keys(environment).length === 0) throw new Error(output);
  wrong.push(`an apply ended with ${status}, not ${wanted}\n${output}`);
}

async function isEmpty(project: Project): Promise<void> {
  const { status, output } = await project.plan();
  if (status !== 0) wrong.push(`a second plan is not empty\n${output}`);
}

function sum(tallies: readonly Tally[], key: "asked" | "failed"): number {
  return tallies.reduce((so, tally) => so + tally[key], 0);
}

function why(tallies: readonly Tally[]): string {
  const reasons = new Map<string, number>();
  for (const tally of tallies)
    for (const [reason, times] of Object.entries(tally.reasons))
      reasons.set(reason, (reasons.get(reason) ?? 0) + times);
  return reasons.size === 0 ? "" : ` (${[...reasons].map(([reason, times]) => `${times} × ${reason}`).join(", ")})`;
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

void main();
