import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

let nano: FakeNano;
jest.setTimeout(120_000); // each run of the agent starts some hundred programs
beforeEach(() => {
  nano = new FakeNano();
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

/** From here on the host is one that serves `web`, image 1, in version 1. */
async function serving(): Promise<void> {
  nano.remove();
  nano = await FakeNano.serving();
}

const web = (image: string, other = {}) => ({ name: "web", image, ...other });
const SILENT = { status: 0, lines: [], last: undefined };
const ENDS = "exited false 3";

test("the boot releases the newest where nothing is labelled, labels it, and the next run has nothing to do", async () => {
  const { release } = nano.put(nano.manifest([web("1")]));
  expect(await nano.run("converge")).toMatchObject({ status: 0, last: `slipway: live version=1 release=${release}` });
  expect([nano.serves("1"), nano.live()]).toEqual([{ web: "1" }, "1"]);
  nano.forgetCalls();
  expect(await nano.run("converge")).toEqual(SILENT);
  expect(nano.calls("docker run")).toEqual([]);
});

test("a version changes by one rename: Nginx loads nothing, the old one ends with its own grace when it is idle", async () => {
  await serving();
  nano.pretend("connections/20000", "3");
  expect(await nano.deploy([web("2")])).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
  expect(nano.calls("nginx")).toEqual([expect.stringContaining("nginx -t")]);
  expect(nano.calls("ss")).toHaveLength(5); // three times busy, twice idle
  expect(nano.calls("docker stop")).toEqual(["docker stop slipway-web-20000"]);
  expect(nano.containers()).toEqual(["slipway-web-20001"]);
  expect(nano.read("pretended/docker/slipway-web-20001/restart").trim()).toBe("unless-stopped");
});

describe("a worker, which has no port", () => {
  const times = { interval: 1, timeout: 1, retries: 1, startPeriod: 0 };
  const unreached = { port: undefined, slots: undefined, introduction: undefined };
  const queue = (image: string, health: object = { kind: "command", command: ["is", "it's well"] }) => ({
    name: "queue",
    image,
    ...unreached,
    health: { ...health, ...times },
  });

  test("is asked in its container, moves without a word to Nginx, and is not drained", async () => {
    await serving();
    expect(await nano.deploy([web("1"), queue("1")])).toMatchObject({ status: 0 });
    expect(nano.containers()).toEqual(["slipway-queue-0", "slipway-web-20000"]);
    expect(nano.calls("docker run")[0]).not.toContain("--publish");
    expect(nano.calls("docker exec").at(-1)).toMatch(
      /^docker exec --env SLIPWAY_CHECK=\S+ slipway-queue-0 is it's well$/,
    );
    nano.forgetCalls();
    expect(await nano.deploy([web("1"), queue("2")])).toMatchObject({ status: 0 });
    expect(nano.serves("1", "2")).toEqual({ queue: "2", web: "1" });
    expect([nano.calls("nginx -s"), nano.calls("ss")]).toEqual([[], []]);
    expect(nano.calls("docker stop")).toEqual(["docker stop slipway-queue-0"]);
    const status = await nano.run("status");
    expect(status.lines[0]).toMatch(/^serving version=3 /);
    expect(status.lines.find((line) => line.includes("queue"))).toMatch(/queue +healthy, no port, /);
  });

  test("two of them have names of their own, and one that gets a port leaves none behind", async () => {
    const other = { ...queue("1"), name: "mail" };
    expect(await nano.deploy([queue("1"), other])).toMatchObject({ status: 0 });
    expect(nano.containers()).toEqual(["slipway-mail-0", "slipway-queue-0"]);
    const { port, slots, introduction, health, ...reached } = queue("1");
    expect(await nano.deploy([reached, other])).toMatchObject({ status: 0 });
    expect(nano.containers()).toEqual(["slipway-mail-0", expect.stringMatching(/^slipway-queue-2\d{4}$/)]);
  });

  test("that ends leaves the one that runs, and after a boot each comes back", async () => {
    await nano.deploy([queue("1", { kind: "running", seconds: 10 })]);
    nano.pretend(`docker/ends/${FakeNano.digest("2").slice(0, 12)}`, ENDS);
    const outcome = await nano.deploy([queue("2")]);
    expect(outcome.last).toContain("queue is not healthy: its container ended with status 3");
    expect(nano.serves("1", "2")).toEqual({ queue: "1" });
    nano.reboot();
    nano.pretend("docker/slipway-queue-0/state", "exited false 0");
    expect(await nano.run("converge")).toMatchObject({ status: 0 });
    expect(nano.serves("1", "2")).toEqual({ queue: "1" });
  });
});

test("other texts are loaded, and only then the release serves", async () => {
  await serving();
  expect(await nano.deploy([web("1")], { sites: "# others\n" })).toMatchObject({ status: 0 });
  expect(nano.calls("nginx").map((call) => call.slice(0, 15))).toEqual(["nginx -t -q -c ", "nginx -s reload"]);
  expect(nano.calls("docker run")).toEqual([]);
  nano.pretend("nginx/stuck");
  const stuck = await nano.deploy([web("2")], { sites: "# more\n" });
  expect(stuck).toMatchObject({ status: 1, last: expect.stringContaining("was told to reload and does not serve it") });
  expect(nano.serves("1", "2")).toEqual({ web: "1" });
});

test("what Nginx refuses is never live", async () => {
  await serving();
  const { last, status } = await nano.deploy([web("2")], { sites: "nonsense;\n" });
  expect(last).toContain("nginx refuses the configuration: nginx: [emerg] unknown directive nonsense;");
  expect([status, nano.serves("1", "2"), nano.containers()]).toEqual([1, { web: "1" }, ["slipway-web-20000"]]);
});

test("a candidate that ends fails the release with its status and last words, and leaves nothing", async () => {
  await serving();
  nano.pretend(`docker/ends/${FakeNano.digest("2").slice(0, 12)}`, ENDS);
  nano.pretend("docker/last-words", "no database\n");
  const told = nano.put(nano.manifest([web("2")]));
  const outcome = await nano.told(told);
  const reason = "web is not healthy: its container ended with status 3";
  expect(outcome).toMatchObject({
    status: 1,
    last: `slipway: failed version=2 release=${told.release}: ${reason}`,
  });
  expect(outcome.lines.filter((line) => line.includes("no database"))).toEqual(["slipway:     no database"]);
  expect(outcome.lines).toContain("slipway: what served before serves on");
  expect([nano.containers(), nano.serves("1"), nano.live()]).toEqual([["slipway-web-20000"], { web: "1" }, "1"]);
  expect(nano.exists(`pretended/docker/images/${FakeNano.digest("2").slice(0, 12)}`)).toBe(false);

  // the timer leaves it alone, who tells has it tried again
  expect(await nano.run("converge")).toEqual(SILENT);
  nano.forget("docker/ends");
  expect(await nano.told(told)).toMatchObject({ status: 0 });
});

test.each([
  ["oom", "exited true 137", "needed more than its memory limit and was killed"],
  ["gone", undefined, "GET / was answered 503, not 2xx"],
])(
  "a candidate that is %s is told as such; nothing served before, and nothing is said to",
  async (_, state, reason) => {
    if (state) nano.pretend(`docker/ends/${FakeNano.digest("1").slice(0, 12)}`, state);
    nano.health("1", "return 1");
    const outcome = await nano.deploy([web("1")]);
    expect(outcome).toMatchObject({ status: 1, last: expect.stringContaining(reason) });
    expect(outcome.lines.join()).not.toContain("serves on");
    expect(nano.containers()).toEqual([]);
  },
);

test("a release fails only by what it changes: its unhealthy neighbour is reported, and gets well by it", async () => {
  await nano.deploy([
    { name: "a", image: "a1" },
    { name: "b", image: "b1" },
  ]);
  nano.health("b1", `grep -q ${FakeNano.digest("a2").slice(0, 12)} "$D"/slipway-a-*/image && reaches a`);
  const a = nano.manifest([
    { name: "a", image: "a2" },
    { name: "b", image: "b1" },
  ]);
  expect(await nano.told(nano.put(a))).toMatchObject({ status: 0 });
  expect(nano.serves("a1", "a2", "b1")).toEqual({ a: "a2", b: "b1" });
  nano.health("b1", "return 1");
  const next = await nano.deploy([
    { name: "a", image: "a3" },
    { name: "b", image: "b1" },
  ]);
  expect(next.status).toBe(0);
  expect(next.lines).toContain(
    "slipway: b: is not healthy, and this release did not change it: GET / was answered 503, not 2xx",
  );
});

test.each([
  ["need each other", "reaches b", "reaches a", ["a", "b"]],
  ["a needs b", "reaches b", "true", ["a", "b"]],
  ["a needs b, declared first", "reaches b", "true", ["b", "a"]],
])("at a first release %s", async (_, needsOfA, needsOfB, names) => {
  nano.health("a1", needsOfA);
  nano.health("b1", needsOfB);
  expect(await nano.deploy(names.map((name) => ({ name, image: `${name}1` })))).toMatchObject({ status: 0 });
  expect(nano.serves("a1", "b1")).toEqual({ a: "a1", b: "b1" });
  expect(nano.exists("var/lib/slipway/live/introduce-a.conf")).toBe(false);
});

test("a new service that was introduced and fails leaves neither its way nor its container", async () => {
  await serving();
  nano.health("2", "return 1");
  const outcome = await nano.deploy([web("1"), { name: "new", image: "2" }]);
  expect(outcome).toMatchObject({ status: 1, last: expect.stringContaining("new is not healthy") });
  expect([nano.serves("1"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-20000"]]);
  expect(nano.exists("var/lib/slipway/live/introduce-new.conf")).toBe(false);
});

test("a host that lost all containers brings up what is healthy, says what is missing, and tries that again", async () => {
  const { version, release } = nano.put(
    nano.manifest([
      { name: "a", image: "a1" },
      { name: "b", image: "b1" },
    ]),
  );
  await nano.told({ version, release });
  for (const name of nano.containers()) nano.forget(`docker/${name}`);
  nano.put(nano.manifest([{ name: "a", image: "newer" }]));
  nano.health("b1", "return 1");
  nano.reboot();
  const outcome = await nano.run("converge");
  expect(outcome).toMatchObject({ status: 0, last: `slipway: live version=1 release=${release}` });
  expect(outcome.lines).toContain("slipway: b is not healthy: GET / was answered 503, not 2xx; nothing waits for it");
  expect(nano.serves("a1", "b1")).toEqual({ a: "a1" });
  expect((await nano.run("status")).lines).toContainEqual(expect.stringMatching(/^ {2}b +NOT HEALTHY, port , /));
});

test("what was stopped is started again, and what runs without being healthy is replaced once", async () => {
  await serving();
  nano.pretend("docker/slipway-web-20000/state", "exited false 0\n");
  const stopped = await nano.run("converge");
  expect([stopped.status, stopped.lines[0]]).toEqual([0, "slipway: web: does not run"]);
  expect([nano.serves("1"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-20001"]]);

  nano.health("1", "return 1");
  const replaced = await nano.run("converge");
  expect(replaced.lines[0]).toBe("slipway: web: is not healthy: GET / was answered 503, not 2xx");
  expect(replaced.lines).toContainEqual(expect.stringContaining("web: starting on port 20000"));
  expect(nano.serves("1")).toEqual({ web: "1" }); // the old one serves on as well as it can
  expect(await nano.run("converge")).toEqual(SILENT);
});

test("an older version that was told stays, and who tells a version names its release", async () => {
  const first = nano.put(nano.manifest([web("1")]));
  await nano.told(first);
  await nano.deploy([web("2")]);
  expect(await nano.told(first)).toMatchObject({ status: 0, last: `slipway: live version=1 release=${first.release}` });
  expect(await nano.run("converge")).toEqual(SILENT);
  expect([nano.serves("1", "2"), nano.live()]).toEqual([{ web: "1" }, "1"]);
  expect((await nano.run("status")).lines).toContainEqual(expect.stringMatching(/^held version=2/));
  expect(await nano.told({ version: 1, release: "f".repeat(64) })).toMatchObject({ status: 3 });
});

test("a label that AWS refuses is tried again while the release serves", async () => {
  nano.pretend("aws/refuses", "AmazonSSM.LabelParameterVersion AccessDeniedException\n");
  const outcome = await nano.deploy([web("1")]);
  expect(outcome).toMatchObject({
    status: 75,
    last: expect.stringMatching(/again version=1 .*: it serves, but the label live did not move: .*AccessDenied/),
  });
  expect(nano.serves("1")).toEqual({ web: "1" });
  nano.forget("aws/refuses");
  nano.forgetCalls();
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect([nano.live(), nano.calls("docker run")]).toEqual(["1", []]);
});

test.each([
  ["the engine", () => nano.pretend("docker/off"), "the Docker Engine does not answer"],
  ["AWS", () => nano.pretend("aws/refuses", "AmazonSSM.GetParameter ThrottlingException\n"), "ThrottlingException"],
  ["the end of the first boot", () => nano.forget("../var/lib/slipway/bootstrapped"), "the first boot did not finish"],
])("without %s a run ends with 75 and no verdict", async (_, away, reason) => {
  const told = nano.put(nano.manifest([web("1")]));
  away();
  expect(await nano.told(told)).toMatchObject({
    status: 75,
    last: expect.stringMatching(new RegExp(`^slipway: again version=1 release=${told.release}: .*${reason}`)),
  });
  expect(nano.exists(`var/lib/slipway/failed/${told.release}.json`)).toBe(false);
});

describe("a service with a volume of its own", () => {
  const redis = (image: string) => ({
    ...{ name: "redis", image, port: 6379, direct: "172.17.0.1:29000" },
    mounts: {
      "/data": { kind: "volume", volume: "redis" },
      "/etc/redis.conf": { kind: "file", content: `# of ${image}: $HOME "quoted"` },
      "/scratch": { kind: "tmpfs", sizeMiB: 8 },
      "/srv/it's": { kind: "host", source: "/srv/seed", readOnly: true },
    },
  });
  /** What was done to containers, but for what makes one. */
  const steps = () =>
    nano.calls("docker").flatMap((call) => /^docker (?:(?:stop|start|rm) .*|run .*--name \S+)/.exec(call)?.[0] ?? []);
  const FILE = "var/lib/slipway/files";

  beforeEach(async () => {
    nano.pretend("bin/mountpoint", "#!/bin/sh\n");
    chmodSync(join(nano.root, "pretended/bin/mountpoint"), 0o755);
    expect(await nano.deploy([redis("1")])).toMatchObject({ status: 0 });
  });

  test("gets its mounts, and a port on the bridge that stays the same", async () => {
    const volume = join(nano.root, "var/lib/slipway-data/volumes/redis");
    const words = `type=volume,source=slipway-redis,target=/data,volume-driver=local,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=${volume}`;
    const [run] = nano.calls("docker run");
    expect(run).toContain(` --publish 172.17.0.1:29000:6379 --mount ${words} --mount `);
    expect(run).toContain(" --mount type=tmpfs,target=/scratch,tmpfs-size=8m ");
    expect(run).toContain(" --mount type=bind,source=/srv/seed,target=/srv/it's,readonly ");
    expect(run).toContain(
      `type=bind,source=${join(nano.root, FILE)}/slipway-redis-20000/0,target=/etc/redis.conf,readonly `,
    );
    expect(nano.read(`${FILE}/slipway-redis-20000/0`)).toBe('# of 1: $HOME "quoted"');
    expect(statSync(join(nano.root, FILE, "slipway-redis-20000/0")).mode & 0o777).toBe(0o444);
    expect(statSync(volume).isDirectory()).toBe(true);
  });

  test("is stopped before its successor starts, and goes with its file once that serves", async () => {
    nano.forgetCalls();
    expect(await nano.deploy([redis("2")])).toMatchObject({ status: 0 });
    expect(steps()).toEqual([
      "docker stop slipway-redis-20000",
      "docker run --detach --name slipway-redis-20001",
      "docker stop slipway-redis-20000",
      "docker rm --force --volumes slipway-redis-20000",
    ]);
    expect([nano.serves("1", "2"), readdirSync(join(nano.root, FILE))]).toEqual([
      { redis: "2" },
      ["slipway-redis-20001"],
    ]);
    expect(nano.calls("docker run").join()).toContain("--publish 172.17.0.1:29000:6379");
  });

  test("runs again as it was where its successor ends", async () => {
    nano.pretend(`docker/ends/${FakeNano.digest("2").slice(0, 12)}`, ENDS);
    nano.forgetCalls();
    const outcome = await nano.deploy([redis("2")]);
    expect(outcome).toMatchObject({
      status: 1,
      last: expect.stringContaining("redis is not healthy: its container ended with status 3"),
    });
    expect(steps().at(-1)).toBe("docker start slipway-redis-20000");
    expect([nano.serves("1", "2"), nano.containers()]).toEqual([{ redis: "1" }, ["slipway-redis-20000"]]);
    expect(nano.read("pretended/docker/slipway-redis-20000/state")).toMatch(/^running/);
    expect(nano.read(`${FILE}/slipway-redis-20000/0`)).toContain("of 1");
  });

  test.each([
    ["before the new one starts", "docker run"],
    ["while that gets healthy", "127.0.0.1:20001/"],
  ])("a run that dies %s leaves one, which runs again, and the next run ends the release", async (_, at) => {
    const told = nano.put(nano.manifest([redis("2")]));
    nano.pretend("die", "docker stop");
    nano.pretend("die-next", at);
    expect((await nano.told(told)).status).toBeNull();
    nano.forgetCalls();
    expect(await nano.run("converge")).toMatchObject({ status: 0 });
    expect(steps().filter((step) => /start|run/.test(step))).toEqual([
      "docker start slipway-redis-20000",
      "docker run --detach --name slipway-redis-20001",
    ]);
    expect([nano.serves("1", "2"), nano.containers()]).toEqual([{ redis: "2" }, ["slipway-redis-20001"]]);
  });

  test("waits for a data volume that is not there, and nothing is stopped", async () => {
    nano.pretend("bin/mountpoint", "#!/bin/sh\nexit 1\n");
    nano.forgetCalls();
    expect(await nano.deploy([redis("2")])).toMatchObject({
      status: 75,
      last: expect.stringContaining("its data is not there"),
    });
    expect([steps(), nano.serves("1")]).toEqual([[], { redis: "1" }]);
  });
});
