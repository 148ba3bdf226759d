import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

let nano: FakeNano;
jest.setTimeout(120_000); // each run of the agent starts some hundred programs
beforeEach(async () => {
  nano = await FakeNano.serving();
  nano.pretend("aws/tasks", "none\n");
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

const web = (image: string) => [{ name: "web", image }];
const pinned = (letter: string) => `registry/app@sha256:${FakeNano.digest(letter)}`;
const migrate = (letter: string, change: object = {}) => ({
  tasks: [
    {
      name: "migrate",
      spec: FakeNano.digest(letter).slice(0, 16),
      image: pinned(letter),
      command: ["migrate", "--to it's"],
      env: { TO: letter },
      secrets: { PASSWORD: { from: "secrets-manager", id: "db" } },
      timeoutSeconds: 30,
      before: ["web"],
      ...change,
    },
  ],
  taskLedger: "/slipway/shop/host/tasks",
});
const ends = (letter: string, state: string) =>
  nano.pretend(`docker/ends/${FakeNano.digest(letter).slice(0, 12)}`, `${state}\n`);
const ledger = () => nano.read("pretended/aws/tasks").split("\n").filter(Boolean);
const spec = (letter: string) => `migrate ${FakeNano.digest(letter).slice(0, 16)}`;

describe("a task", () => {
  beforeEach(() => nano.pretend("aws/secret.json", JSON.stringify({ SecretString: "hunter2" })));

  test("runs once, with its own words, variables and secrets, before the service starts, and stands in the ledger", async () => {
    ends("m", "exited false 0");
    nano.pretend("docker/last-words", "3 tables changed\n");
    // more than a parameter holds: the oldest go
    const before = Array.from({ length: 400 }, (_, at) => `migrate ${`${at}`.padStart(16, "0")}`);
    nano.pretend("aws/tasks", `${before.join("\n")}\n`);
    const { status, lines } = await nano.deploy(web("2"), migrate("m"));
    expect([status, nano.serves("2")]).toEqual([0, { web: "2" }]);
    const kept = ledger();
    expect(kept).toEqual([...before.slice(1 - kept.length), spec("m")]);
    expect(kept.length).toBeGreaterThan(150);
    expect(kept.join("\n").length).toBeLessThan(4096);
    expect(lines).toEqual(
      expect.arrayContaining([
        "slipway: migrate: running, 30 s at most",
        "slipway:     3 tables changed",
        "slipway: migrate: done",
      ]),
    );
    const [task = "", service = ""] = nano.calls("docker run");
    expect(task).toContain("--name slipway.task.migrate --restart no");
    expect(task).toMatch(/migrate --to it's$/);
    expect(task).not.toContain("--publish");
    expect(service).toContain("--name slipway-web-");
    expect(nano.containers()).toEqual(expect.not.arrayContaining(["slipway.task.migrate"]));
    expect(nano.calls("docker rm")).toContain("docker rm --force --volumes slipway.task.migrate");

    nano.forgetCalls();
    expect(await nano.deploy(web("3"), migrate("m"))).toMatchObject({ status: 0 });
    expect(nano.calls("docker run").join("\n")).not.toContain("slipway.task.migrate");
    // the way back, and one with another content
    expect(await nano.deploy(web("2"), migrate("n", { env: {} }))).toMatchObject({ status: 1 });
  });

  test.each([
    ["ends badly", "exited false 3", "its container ended with status 3"],
    ["does not end", "running false 0", "it had not ended after 1 s"],
  ])("that %s fails the release, which leaves what served", async (_, state, problem) => {
    ends("m", state);
    const { status, last } = await nano.deploy(web("2"), migrate("m", { timeoutSeconds: 1 }));
    expect([status, last]).toEqual([1, expect.stringContaining(`migrate failed: ${problem}`)]);
    expect([nano.serves("1"), ledger()]).toEqual([{ web: "1" }, ["none"]]);
    expect(nano.containers()).toHaveLength(1);
  });

  test("that was killed with its host runs anew, and what it left is gone before", async () => {
    ends("m", "running false 0");
    nano.pretend("die", "docker logs --follow");
    const told = nano.put(nano.manifest(web("2"), migrate("m")));
    expect(await nano.told(told)).toMatchObject({ status: null });
    expect(nano.exists("pretended/docker/slipway.task.migrate/state")).toBe(true);
    ends("m", "exited false 0");
    nano.reboot();
    nano.forgetCalls();
    expect(await nano.told(told)).toMatchObject({ status: 0 });
    const about = nano.calls("docker ").filter((call) => /(stop|run|rm) .*slipway\.task\.migrate/.test(call));
    expect(about.map((call) => call.split(" ")[1])).toEqual(["stop", "rm", "run", "stop", "rm"]);
    expect([nano.serves("2"), ledger()]).toEqual([{ web: "2" }, ["none", spec("m")]]);
  });

  test("does not run where the ledger cannot be read or kept: not now", async () => {
    ends("m", "exited false 0");
    nano.pretend("aws/refuses", "AmazonSSM.PutParameter AccessDeniedException\n");
    const { status, last } = await nano.deploy(web("2"), migrate("m"));
    expect([status, last]).toEqual([
      75,
      expect.stringContaining("migrate has run, which cannot be recorded: AWS refuses"),
    ]);
    expect([nano.serves("1"), ledger()]).toEqual([{ web: "1" }, ["none"]]);
  });

  test("does not run at a boot", async () => {
    ends("m", "exited false 0");
    expect(await nano.deploy(web("2"), migrate("m"))).toMatchObject({ status: 0 });
    nano.pretend("aws/tasks", "none\n");
    nano.reboot();
    for (const name of nano.containers()) nano.forget(`docker/${name}`);
    nano.forgetCalls();
    expect(await nano.run("converge")).toMatchObject({ status: 0 });
    expect([nano.serves("2"), nano.calls("docker run").length]).toEqual([{ web: "2" }, 1]);
  });
});

const report = (change: object = {}) => ({
  schedules: [
    {
      name: "report",
      image: pinned("r"),
      command: ["report"],
      env: {},
      secrets: {},
      memoryMiB: 32,
      timeoutSeconds: 5,
      calendar: "Mon..Fri *-*-* 03:00:00 UTC",
      ...change,
    },
  ],
});
const UNIT = "etc/systemd/system/slipway-schedule-report";
const active = () => nano.read("pretended/units/on").split("\n").filter(Boolean);
const reloads = () => (nano.exists("pretended/units/loaded") ? nano.read("pretended/units/loaded").length : 0);

describe("a schedule", () => {
  test("has its units when the release is live, which systemd reads once, and loses them with the release", async () => {
    expect(await nano.deploy(web("1"), report())).toMatchObject({ status: 0 });
    expect(nano.read(`${UNIT}.timer`)).toContain("OnCalendar=Mon..Fri *-*-* 03:00:00 UTC\n");
    expect(nano.read(`${UNIT}.service`)).toContain("ExecStart=/usr/local/sbin/slipway run-schedule report\n");
    expect([active(), reloads()]).toEqual([["slipway-schedule-report.timer"], 1]);

    expect(await nano.deploy(web("2"), report())).toMatchObject({ status: 0 });
    expect(reloads()).toBe(1);
    nano.forgetCalls();
    expect(await nano.deploy(web("2"), report({ calendar: "*-*-* *:00:00 UTC" }))).toMatchObject({ status: 0 });
    expect(nano.read(`${UNIT}.timer`)).toContain("OnCalendar=*-*-* *:00:00 UTC\n");
    expect([reloads(), nano.calls("systemctl restart")]).toEqual([
      2,
      ["systemctl restart slipway-schedule-report.timer"],
    ]);

    expect(await nano.deploy(web("2"))).toMatchObject({ status: 0 });
    expect([nano.exists(`${UNIT}.timer`), nano.exists(`${UNIT}.service`), active(), reloads()]).toEqual([
      false,
      false,
      [],
      3,
    ]);
  });

  test("that was written by a run which died is told to systemd by the next", async () => {
    nano.pretend("die", "systemctl daemon-reload");
    const told = nano.put(nano.manifest(web("2"), report()));
    expect(await nano.told(told)).toMatchObject({ status: null });
    expect([reloads(), nano.exists("pretended/units/on")]).toEqual([0, false]);
    expect(await nano.run("converge")).toMatchObject({ status: 0 });
    expect([reloads(), active()]).toEqual([1, ["slipway-schedule-report.timer"]]);
  });

  test("runs with the image of the release that is live, and status shows how it ended", async () => {
    nano.pretend("aws/secret.json", JSON.stringify({ SecretString: "hunter2" }));
    const secrets = { PASSWORD: { from: "secrets-manager", id: "db" } };
    expect(await nano.deploy(web("1"), report({ secrets, timeoutSeconds: 2 }))).toMatchObject({ status: 0 });
    expect((await nano.run("status")).lines.join("\n")).toContain(
      "report               schedule, next Mon 2031-01-06 03:00:00 UTC, has not run yet",
    );
    ends("r", "exited false 0");
    nano.pretend("docker/last-words", "42 sold\n");
    const { status, lines } = await nano.run("run-schedule", "report");
    expect({ status, lines }).toEqual({ status: 0, lines: ["slipway:     42 sold", "slipway: report: done"] });
    expect(nano.containers()).toHaveLength(1);
    expect((await nano.run("status")).lines.join("\n")).toMatch(/schedule, next Mon .*, last at 20\S+Z, \d+ s, done/);

    ends("r", "exited false 9");
    expect(await nano.run("run-schedule", "report")).toMatchObject({
      status: 1,
      last: "slipway: report: failed: its container ended with status 9",
    });
    expect((await nano.run("status")).lines.join("\n")).toContain("FAILED: its container ended with status 9");
    ends("r", "running false 0");
    expect(await nano.run("run-schedule", "report")).toMatchObject({
      status: 1,
      last: "slipway: report: failed: it had not ended after 2 s",
    });
    expect(nano.exists("pretended/docker/slipway.schedule.report")).toBe(false);
    expect(nano.exists("run/slipway/scheduled/report/env")).toBe(false);
  });

  test("without its image keeps a release from going live", async () => {
    const it = FakeNano.digest("r").slice(0, 12);
    nano.pretend(`docker/refused/${it}`, "manifest unknown");
    const { status, last } = await nano.deploy(web("2"), report());
    expect([status, last]).toEqual([
      1,
      expect.stringContaining(`report: cannot pull ${pinned("r")}: manifest unknown`),
    ]);
    expect(nano.serves("1")).toEqual({ web: "1" });
  });

  test("that runs is left alone by a release, and one at a time runs", async () => {
    const long = report({ timeoutSeconds: 600 });
    expect(await nano.deploy(web("1"), long)).toMatchObject({ status: 0 });
    ends("r", "running false 0");
    const running = nano.begin("run-schedule", "report");
    await until(() => nano.exists("pretended/docker/slipway.schedule.report/state"));
    expect(await nano.run("run-schedule", "report")).toMatchObject({
      status: 75,
      last: "slipway: report: runs already",
    });
    nano.forgetCalls();
    expect(await nano.deploy(web("2"), long)).toMatchObject({ status: 0 });
    expect(nano.calls("docker stop").join("\n")).not.toContain("schedule");
    nano.pretend("docker/slipway.schedule.report/state", "exited false 0\n");
    expect(await running.outcome).toMatchObject({ status: 0 });
  });

  test("keeps its image, and one that no release has does not run", async () => {
    expect(await nano.deploy(web("1"), report())).toMatchObject({ status: 0 });
    ends("r", "exited false 0");
    expect(await nano.run("run-schedule", "report")).toMatchObject({ status: 0 });
    nano.forgetCalls();
    expect(await nano.deploy(web("2"), { ...report(), keepReleases: 1 })).toMatchObject({ status: 0 });
    expect(nano.calls("docker image rm")).toEqual([`docker image rm ${pinned("1")}`]);
    expect(await nano.run("run-schedule", "other")).toMatchObject({
      status: 1,
      last: "slipway: other: the release that is live has no such schedule",
    });
    expect(await nano.run("run-schedule", "../x")).toMatchObject({ status: 2 });
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !isSo(); ) {
    if (Date.now() > end) throw new Error("it did not come so");
    await new Promise((done) => setTimeout(done, 20));
  }
}
