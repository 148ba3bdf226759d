import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SWARM = join(__dirname, "../../../src/hosts/swarm");
const folder = mkdtempSync(join(tmpdir(), "slipway-swarm-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the swarm says of the service at one look. */
interface Look {
  readonly spec: string;
  readonly update?: string;
  readonly message?: string;
  readonly before?: boolean;
  readonly template: string;
  readonly replicas: string;
}

/** A task: id, when it was made, state, desired state, what it is made of. */
type Task = readonly [id: string, created: number, state: string, desired: string, template: string];

interface Swarm {
  readonly looks?: readonly Look[];
  readonly tasks?: readonly Task[];
  readonly files?: Readonly<Record<string, string>>;
  readonly deadline?: number;
}

/** Runs the step of a release whose service "web" is to be of spec NEW. */
function release({ looks = [], tasks = [], files = {}, deadline = 30 }: Swarm) {
  const pretended = mkdtempSync(join(folder, "swarm-"));
  const bin = join(pretended, "bin");
  mkdirSync(bin);
  copyFileSync(join(__dirname, "fake-docker.sh"), join(bin, "docker"));
  chmodSync(join(bin, "docker"), 0o755);
  // a second between two looks is of no use here; what ends a program that hangs is
  writeFileSync(join(bin, "sleep"), '#!/bin/sh\n[ "$1" = 1 ] || PATH=${PATH#*:} exec sleep "$1"\n', { mode: 0o755 });
  looks.forEach(({ spec, update = "", message = "", before = false, template, replicas }, at) => {
    mkdirSync(join(pretended, `${at + 1}`));
    const line = [spec, update, message, before ? "yes" : "", template].join("\t");
    writeFileSync(join(pretended, `${at + 1}/service`), `${line}\n`);
    writeFileSync(join(pretended, `${at + 1}/replicas`), `${replicas}\n`);
  });
  writeFileSync(join(pretended, "tasks"), tasks.map((task) => `${task.join(" ")}\n`).join(""));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(pretended, name), text);
  const script = ["swarm.sh", "release.sh"].map((name) => readFileSync(join(SWARM, name), "utf8")).join("\n");
  const { status, stdout } = spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      PRETENDED: pretended,
      SLIPWAY_HOST: "shop/host",
      SLIPWAY_SERVICES: "web\tshop-web\tNEW\n",
      SLIPWAY_DEADLINE: `${deadline}`,
      SLIPWAY_KEPT: "",
    },
  });
  const calls = join(pretended, "calls");
  return { status, said: stdout, calls: existsSync(calls) ? readFileSync(calls, "utf8") : "" };
}

const OLD = '{"Image":"old"}';
const NEW = '{"Image":"new"}';
const old: Task = ["t1", 1, "running", "running", OLD];

test("is done when every task runs, and each is made of what is declared", () => {
  const now = { spec: "NEW", template: `${NEW.slice(0, -1)},"Runtime":"container"}`, replicas: "1/1" };
  const { status, said } = release({
    looks: [{ ...now, update: "updating" }, now],
    tasks: [["t2", 2, "running", "running", NEW]],
  });
  expect({ status, said }).toEqual({ status: 0, said: "shop/host: web serves, 1/1 tasks run\n" });
});

test("does not take a task of before for one of now, while the swarm has said nothing of the update yet", () => {
  const { status, said } = release({
    looks: [{ spec: "NEW", template: NEW, replicas: "1/1", before: true }],
    tasks: [old],
    deadline: 0,
  });
  expect(status).toBe(1);
  expect(said).toContain("web is not what is declared: it was not done after 0 s and is put back");
});

test("fails where the swarm went back, with the task of this version and not of an earlier try", () => {
  const { status, said } = release({
    looks: [
      { spec: "OLD", template: OLD, update: "rollback_completed", message: "rollback completed", replicas: "1/1" },
    ],
    tasks: [["t3", 3, "failed", "shutdown", NEW], old, ["t2", 2, "failed", "shutdown", '{"Image":"earlier"}']],
  });
  expect(status).toBe(1);
  expect(said).toContain("shop/host: web is not what is declared: rollback completed\n");
  expect(said).toContain("shop/host: web: its task failed: because\n");
});

test("a task that was told to end, and did so well, is named all the same", () => {
  const { said } = release({
    looks: [{ spec: "OLD", template: OLD, update: "rollback_completed", replicas: "1/1" }],
    tasks: [["t3", 3, "complete", "shutdown", NEW], old, ["t2", 2, "failed", "shutdown", '{"Image":"earlier"}']],
  });
  expect(said).toContain("shop/host: web: its task complete: because\n");
});

test("what its check said last is told, and its log, but not of a check that met the end of the task", () => {
  const { said } = release({
    looks: [{ spec: "OLD", template: OLD, update: "rollback_completed", replicas: "1/1" }],
    tasks: [["t3", 3, "failed", "shutdown", NEW], old],
    files: {
      health: "GET / was answered 503, not 2xx\n\nOCI runtime exec failed: exec failed: broken pipe: unknown\n",
    },
  });
  expect(said).toContain("shop/host: web: its health check said last: GET / was answered 503, not 2xx\n");
  expect(said).toContain("shop/host: web: its last log lines:\n    the log of t3\n");
});

test("a swarm that went back to what is declared again is done", () => {
  const now = { spec: "NEW", template: NEW, update: "rollback_completed", replicas: "1/1" };
  const { status } = release({ looks: [now], tasks: [["t1", 1, "running", "running", NEW]] });
  expect(status).toBe(0);
});

test("a new service that fails again and again has no version to go back to", () => {
  const failed = [1, 2, 3].map((at): Task => [`t${at}`, at, "failed", "shutdown", NEW]);
  const { status, said } = release({ looks: [{ spec: "NEW", template: NEW, replicas: "0/1" }], tasks: failed });
  expect(status).toBe(1);
  expect(said).toContain("web is not what is declared: 3 of its tasks have failed, and there is no version before");
});

test("what fits on no node is put back at the deadline, so that it does not come later by itself", () => {
  const { status, said, calls } = release({
    looks: [{ spec: "NEW", template: NEW, update: "updating", replicas: "1/1", before: true }],
    tasks: [["t2", 2, "pending", "running", NEW], old],
    deadline: 0,
  });
  expect(status).toBe(1);
  expect(said).toContain("shop/host: web: its task pending: because");
  expect(calls).toContain("service rollback --detach --quiet shop-web");
});

test.each<[string, Swarm["files"], string]>([
  ["in no swarm", { state: "inactive/false" }, "is in no swarm: run docker swarm init there"],
  ["a worker", { state: "active/false" }, "is a worker of its swarm: tell a manager"],
  ["locked", { state: "locked/false" }, "is locked: run docker swarm unlock there"],
  [
    "out of reach",
    { down: "" },
    "the manager at the local engine is out of reach: Cannot connect to the Docker daemon",
  ],
])("an engine that is %s is told so", (_, files, problem) => {
  const { status, said } = release({ files });
  expect(status).toBe(1);
  expect(said).toContain(problem);
});
