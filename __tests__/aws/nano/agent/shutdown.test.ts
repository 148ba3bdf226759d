import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endOf } from "../../../ended-child.ts";
import { hostFiles, PARTS } from "./agent-parts.ts";

const PROGRAM = `
ROOT=$SLIPWAY_ROOT
RUN=$ROOT/run/slipway
for part in journal shutdown; do . "${PARTS}/$part.sh"; done
ENGINE_SECONDS=2
end_containers "$1"
echo "ends with $?"
`;

let root: string;
let engine: Running;
let running: Running[];
const { write, program } = hostFiles(() => root);
const said = (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8").trim() : "");

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<string>;
}

/** A process that runs until a signal ends it, and has set its traps. */
async function runs(traps = ""): Promise<Running> {
  const text = `${traps}\necho there; while :; do sleep 0.05; done`;
  const child = spawn("sh", ["-c", text], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit").then(([code, signal]) => `${signal ?? code}`);
  await once(child.stdout, "data");
  return { child, pid: child.pid as number, ended };
}

/** What ends by that signal alone, and says whether the engine was there then. */
const endsBy = (signal: string) =>
  runs(`trap "" TERM INT QUIT; trap 'kill -0 ${engine.pid} && echo beside >${root}/engine; exit 7' ${signal}`);

/** What the engine has: for each process what "docker container inspect" prints of its container. */
async function has(...containers: readonly (readonly [Promise<Running>, string])[]): Promise<Running[]> {
  running = await Promise.all(containers.map(([container]) => container));
  write("containers", running.map(({ pid }, at) => `${pid} ${containers[at]?.[1]}\n`).join(""));
  return running;
}

async function end(): Promise<string> {
  const env = { PATH: `${join(root, "bin")}:${process.env.PATH}`, SLIPWAY_ROOT: root };
  // in a process group of its own, which is all that a wrong "kill" of it reaches
  const shell = spawn("sh", ["-u", "-c", PROGRAM, "sh", `${engine.pid}`], { env, detached: true });
  return (await endOf(shell)).output;
}

const isThere = ({ child }: Running) => child.exitCode === null && child.signalCode === null;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "slipway-shutdown-"));
  running = [];
  engine = await runs();
  program("logger", "exit 0");
  program("systemctl", "echo stopping; exit 1");
  program(
    "docker",
    `case "$1" in ps) sed 's/.*/0123/' "${root}/containers" ;; container) cat "${root}/containers" ;; esac`,
  );
});
afterEach(() => {
  for (const { child } of [engine, ...running]) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

test("each container ends by its own signal, once the engine has ended", async () => {
  const [quits, numbered, usual] = await has(
    [endsBy("QUIT"), "30 SIGQUIT"],
    [endsBy("USR2"), "null 12"],
    [runs("trap 'exit 7' TERM"), "10 "],
  );
  expect(await end()).toBe("ends with 0\n");
  expect(await Promise.all([engine, quits, numbered, usual].map((each) => each?.ended))).toEqual([
    "SIGTERM",
    "7",
    "7",
    "7",
  ]);
  expect(said("engine")).toBe("");
});

test("one that does not listen is killed when its grace is over, and nobody waits for it longer", async () => {
  const [deaf, never] = await has([runs('trap "" TERM'), "1 "], [runs(), "-1 SIGKILL"]);
  const began = Date.now();
  expect(await end()).toBe("ends with 0\n");
  expect(await Promise.all([deaf?.ended, never?.ended])).toEqual(["SIGKILL", "SIGKILL"]);
  expect(Date.now() - began).toBeLessThan(8_000);
});

test("a signal that is none ends as the usual one", async () => {
  const [one] = await has([runs("trap 'exit 7' TERM"), "10 SIGNONE"]);
  await end();
  expect(await one?.ended).toBe("7");
});

test("of containers that end or go meanwhile nobody else hears", async () => {
  const [one] = await has([runs("trap 'exit 7' TERM"), "10 "]);
  program(
    "docker",
    `case "$1" in ps) echo 0123; echo 4567 ;; *) echo "0 10 "; cat "${root}/containers"; exit 1 ;; esac`,
  );
  expect(await end()).toBe("ends with 0\n");
  expect(await one?.ended).toBe("7");
});

test("an engine that is restarted or stopped by hand leaves its containers", async () => {
  program("systemctl", "echo running");
  const [one] = await has([runs(), "10 "]);
  expect(await end()).toBe("ends with 0\n");
  expect([engine, one as Running].map(isThere)).toEqual([true, true]);
});

test.each([
  ["does not answer", "exec sleep 60"],
  ["answers with an error", "echo no >&2; exit 1"],
])("an engine that %s is left to systemd, and soon", async (_, text) => {
  const [one] = await has([runs(), "10 "]);
  program("docker", text);
  expect(await end()).toContain("the Docker Engine does not say what runs: systemd ends it\n");
  expect([engine, one as Running].map(isThere)).toEqual([true, true]);
});

test("an engine that runs nothing is left to systemd", async () => {
  await has();
  expect(await end()).toBe("ends with 0\n");
  expect(isThere(engine)).toBe(true);
});
