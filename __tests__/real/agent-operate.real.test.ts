import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

jest.setTimeout(120_000);

let nano: FakeNano;

beforeEach(async () => {
  nano = await FakeNano.serving();
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

const web = (image: string, change: Record<string, unknown> = {}) => ({ name: "web", image, ...change });
const put = (image: string, change?: Record<string, unknown>) => nano.put(nano.manifest([web(image)], change));
const held = () => (nano.exists("pretended/aws/held") ? nano.read("pretended/aws/held").trim() : "");
/** What a plan would show. */
const published = () => (nano.exists("pretended/aws/hold") ? nano.read("pretended/aws/hold").trim() : "");
const json = async (...words: string[]) => JSON.parse((await nano.run(...words, "--json")).lines.join(""));
const refused = (reason: string | RegExp) => ({
  status: 1,
  last: expect.stringMatching(reason instanceof RegExp ? reason : `^slipway: refused: ${reason}`),
});

describe("a rollback", () => {
  test("serves what served before, and holds it: the timer, a boot and a new instance leave the newer one alone", async () => {
    await nano.deploy([web("2")]);
    const outcome = await nano.run("rollback");
    expect(outcome.lines).toContain("slipway: rolling back to version 1: version 2 is left alone");
    expect([outcome.status, nano.serves("1", "2"), nano.live(), held()]).toEqual([0, { web: "1" }, "1", "2"]);
    expect(published()).toMatch(/^version 1 since 20.*Z, by a rollback from version 2$/);
    const silent = { status: 0, lines: [], last: undefined };
    expect(await nano.run("converge")).toEqual(silent);
    nano.reboot();
    await nano.run("converge");
    expect(nano.serves("1", "2")).toEqual({ web: "1" });
    const status = await nano.run("status");
    expect(status.lines).toContainEqual(
      expect.stringMatching(/^held version=2 since=20.*Z: newer, left alone because an older one was chosen$/),
    );
    expect((await json("status")).held).toEqual({ version: 2, since: expect.stringMatching(/^20.*Z$/) });

    const next = new FakeNano(); // a new instance with the same ledger
    for (const name of ["newest", "live", "held", "1.json", "2.json"]) {
      next.pretend(`aws/${name}`, nano.read(`pretended/aws/${name}`));
    }
    next.manifest([web("1")]); // knows its ports
    expect(await next.run("converge")).toMatchObject({ status: 0 });
    expect(await next.run("converge")).toEqual(silent);
    expect(next.serves("1", "2")).toEqual({ web: "1" });
    next.remove();
  });

  test("ends with a new content, of the timer's too, and with the newest when somebody tells it", async () => {
    const second = put("2");
    await nano.told(second);
    await nano.run("rollback");
    put("3");
    expect(await nano.run("converge")).toMatchObject({ status: 0 });
    expect([nano.serves("3"), nano.live(), held(), nano.exists("var/lib/slipway/held"), published()]).toEqual([
      { web: "3" },
      "3",
      "",
      false,
      "none",
    ]);
    expect(await nano.run("rollback", "2")).toMatchObject({ status: 0 });
    expect([nano.serves("2"), held()]).toEqual([{ web: "2" }, "3"]);
    const third = { version: 3, release: (await json("releases")).releases[0].release };
    expect(await nano.told(third)).toMatchObject(
      refused("this host is held at version 2 since 20.*Z, by a rollback from version 3: apply other content"),
    );
    expect(nano.serves("2")).toEqual({ web: "2" });
    expect(await nano.run("converge", "3", third.release, "retry")).toMatchObject({ status: 0 });
    expect([nano.serves("3"), nano.live(), held()]).toEqual([{ web: "3" }, "3", ""]);
  });

  test("goes past what failed, and leaves what serves where it fails itself", async () => {
    nano.health("3", "return 1");
    await nano.deploy([web("3")]);
    await nano.deploy([web("2")]);
    nano.health("1", "return 1");
    expect(await nano.run("rollback")).toMatchObject({
      status: 1,
      last: expect.stringContaining("web is not healthy"),
    });
    expect([nano.serves("2"), nano.live()]).toEqual([{ web: "2" }, "3"]);
    expect(await nano.run("converge")).toMatchObject({ status: 0 });
    expect(nano.serves("2")).toEqual({ web: "2" });
  });

  test("never goes past a release that is irreversible, whether it came to serve or not", async () => {
    nano.health("2", "return 1");
    const second = put("2", { irreversible: true });
    await nano.told(second);
    await nano.deploy([web("3")]);
    await nano.deploy([web("4")]);
    const reason = `version 2 \\(${second.release.slice(0, 12)}\\) is declared irreversible`;
    expect(await nano.run("rollback", "1")).toMatchObject(refused(reason));
    expect([nano.serves("4"), held()]).toEqual([{ web: "4" }, ""]);
    expect(await nano.run("rollback", "3")).toMatchObject({ status: 0 });
    expect(nano.serves("3")).toEqual({ web: "3" });
  });

  test("goes on where the hold cannot be published, and is lifted by the next release that can say so", async () => {
    await nano.deploy([web("2")]);
    nano.pretend("aws/refuses", "AmazonSSM.PutParameter AccessDeniedException\n");
    const { status, lines } = await nano.run("rollback");
    expect([status, nano.serves("1"), held(), published()]).toEqual([0, { web: "1" }, "2", ""]);
    expect(lines).toContainEqual(
      expect.stringMatching(/^slipway: plans do not show that this host is held: .*AccessDenied/),
    );
    expect(await nano.deploy([web("3")])).toMatchObject({ status: 0 });
    expect([nano.serves("3"), held()]).toEqual([{ web: "3" }, "2"]); // a plan must not go on showing a hold without label
    nano.forget("aws/refuses");
    expect(await nano.deploy([web("4")])).toMatchObject({ status: 0 });
    expect([nano.serves("4"), held(), published()]).toEqual([{ web: "4" }, "", "none"]);
  });

  test("is refused to what serves already, to what is newer and to what nobody knows, on a host that serves nothing, and is 75 where AWS takes no hold", async () => {
    nano.health("2", "return 1");
    await nano.deploy([web("2")]);
    expect(await nano.run("rollback", "1")).toMatchObject(refused("version 1 serves already"));
    expect(await nano.run("rollback", "2")).toMatchObject(refused("version 2 is newer than what serves"));
    expect(await nano.run("rollback")).toMatchObject(refused("it is not known here which release served before"));
    await nano.deploy([web("3")]);
    nano.pretend("aws/refuses", "AmazonSSM.LabelParameterVersion AccessDeniedException\n");
    expect(await nano.run("rollback")).toMatchObject({ status: 75, last: expect.stringContaining("AccessDenied") });
    expect([nano.serves("3"), nano.live(), held()]).toEqual([{ web: "3" }, "3", ""]);
    const none = new FakeNano();
    none.put(none.manifest([web("1")]));
    expect(await none.run("rollback")).toMatchObject(refused("nothing serves here"));
    none.remove();
  });
});

test("the releases of the ledger are listed with what became of them", async () => {
  nano.health("2", "return 1");
  put("2", { irreversible: true });
  await nano.run("converge");
  await nano.deploy([web("3")]);
  const { releases, ...head } = await json("releases");
  expect(head).toEqual({ schema: 1, host: "shop/host" });
  expect(releases).toEqual([
    expect.objectContaining({
      version: 3,
      outcome: "live",
      live: true,
      held: false,
      irreversible: false,
      reason: null,
    }),
    expect.objectContaining({
      version: 2,
      outcome: "failed",
      live: false,
      irreversible: true,
      reason: expect.stringContaining("web is not healthy"),
    }),
    expect.objectContaining({ version: 1, live: false, services: [{ name: "web", image: expect.any(String) }] }),
  ]);
  const { lines } = await nano.run("releases");
  expect(lines[0]).toMatch(/^version 3 {2}[0-9a-f]{12} {2}- {2}live, live$/);
  expect(lines[1]).toMatch(/^version 2 {2}[0-9a-f]{12} {2}- {2}failed, irreversible: web is not healthy/);
});

test("the status says all of it in JSON, and ends with 1 where something is not healthy", async () => {
  const status = await json("status");
  expect(status).toEqual({
    schema: 1,
    host: "shop/host",
    healthy: true,
    serving: {
      version: 1,
      release: expect.stringMatching(/^[0-9a-f]{64}$/),
      since: expect.any(String),
      labelled: true,
    },
    services: [
      {
        name: "web",
        healthy: true,
        problem: null,
        container: "slipway-web-20000",
        port: 8080,
        image: `registry/app@sha256:${FakeNano.digest("1")}`,
        state: "running",
        since: "2026-01-02T03:04:05Z",
        restarts: 0,
        memory: "12.5MiB / 64MiB",
      },
    ],
    certificates: [],
    maintenance: [],
    schedules: [],
    notes: [],
    memory: { availableMiB: expect.any(Number), swapMiB: expect.any(Number), swapFreeMiB: expect.any(Number) },
    disk: { usedPercent: expect.any(Number), freeMiB: expect.any(Number) },
    failures: [],
    held: null,
    last: { version: 1, release: status.serving.release, at: expect.any(String), outcome: "live" },
    log: [],
    agent: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  nano.health("1", "return 1");
  const sick = await nano.run("status", "0", "0".repeat(64), "--json"); // as Run Command says it
  expect(sick.status).toBe(1);
  expect(JSON.parse(sick.lines.join(""))).toMatchObject({
    healthy: false,
    services: [{ healthy: false, problem: "GET / was answered 503, not 2xx" }],
  });
});

describe("the logs of a service", () => {
  test("are its container's last lines, whole ones that Run Command hands on", async () => {
    nano.pretend("docker/last-words", "one\ntwo\n");
    expect(await nano.run("logs", "web")).toMatchObject({ status: 0, lines: ["one", "two"] });
    expect(nano.calls("docker logs")).toEqual(["docker logs --timestamps --tail 100 slipway-web-20000"]);
    nano.pretend("docker/last-words", `${"x".repeat(90)}\n`.repeat(1000));
    const { lines } = await nano.run("logs", "0", "0".repeat(64), "web", "2000");
    expect([lines.length, new Set(lines.map((line) => line.length))]).toEqual([219, new Set([90])]);
  });

  test("are refused of a service that is not served, and for words that are none", async () => {
    const last = "slipway: no service nobody serves here; there are: web";
    expect(await nano.run("logs", "nobody")).toMatchObject({ status: 1, last });
    for (const words of [["web", "many"], ["web", "9999"], []]) {
      expect([words, (await nano.run("logs", ...words)).status]).toEqual([words, 2]);
    }
  });
});

describe("maintenance", () => {
  const sites = `server {\n    if (-f /var/lib/slipway/maintenance/shop.test) {\n    if (-f /var/lib/slipway/maintenance/_.b.test) {\n`;

  beforeEach(async () => {
    await nano.deploy([web("1")], { sites });
  });

  test("switches a site by a file, which a release and a boot leave, and which both say", async () => {
    expect(await nano.run("maintenance", "shop.test", "on")).toMatchObject({
      status: 0,
      last: "slipway: shop.test: answers 503 until: slipway maintenance shop.test off",
    });
    await nano.run("maintenance", "*.b.test", "on");
    expect(nano.exists("var/lib/slipway/maintenance/shop.test")).toBe(true);
    expect((await json("status")).maintenance).toEqual([
      { site: "*.b.test", since: expect.stringMatching(/^20.*Z$/) },
      { site: "shop.test", since: expect.stringMatching(/^20.*Z$/) },
    ]);
    const { lines } = await nano.deploy([web("2")], { sites });
    expect(lines).toContainEqual(
      expect.stringMatching(/^slipway: shop.test: in maintenance since 20.*Z: slipway maintenance shop.test off$/),
    );
    nano.reboot();
    await nano.run("converge");
    expect(nano.exists("var/lib/slipway/maintenance/_.b.test")).toBe(true);
    expect(await nano.run("maintenance", "_.b.test", "off")).toMatchObject({
      status: 0,
      last: "slipway: *.b.test: is served again",
    });
    expect(await nano.run("maintenance", "_.b.test", "off")).toMatchObject({
      status: 0,
      last: "slipway: *.b.test: was not in maintenance",
    });
    expect((await json("status")).maintenance).toHaveLength(1);
  });

  test("is refused for a site that is not served, and for words that are none", async () => {
    expect(await nano.run("maintenance", "a.test", "on")).toMatchObject({
      status: 1,
      last: "slipway: a.test: no site of this host that can be switched off; there are: *.b.test shop.test",
    });
    for (const words of [["shop.test", "of"], ["../x", "on"], ["shop.test"]]) {
      expect([words, (await nano.run("maintenance", ...words)).status]).toEqual([words, 2]);
    }
    expect(nano.exists("var/lib/slipway/maintenance")).toBe(false);
  });
});

describe("a reboot by itself", () => {
  const HOUR = 3_600_000;
  const clock = (later: number) => new Date(Date.now() + later).toISOString().slice(11, 16);
  const asks = () => nano.write("run/reboot-required", "");
  const rebooted = () => nano.exists("pretended/units/rebooted");

  test("comes in its window, tells a release to wait, and ends in what was live and then in the release", async () => {
    await nano.deploy([web("1")], { reboot: { from: clock(-HOUR), to: clock(HOUR) } });
    await nano.run("converge");
    expect(rebooted()).toBe(false);
    asks();
    const outcome = await nano.run("converge");
    expect([outcome.status, outcome.last, rebooted()]).toEqual([0, "slipway: rebooting for an upgrade", true]);
    const next = put("2");
    const waits = await nano.told(next);
    expect([waits.status, waits.last]).toEqual([75, expect.stringContaining("this host is rebooting")]);
    nano.reboot();
    await nano.run("converge");
    expect(nano.serves("1", "2")).toEqual({ web: "1" });
    await nano.run("converge");
    expect(nano.serves("1", "2")).toEqual({ web: "2" });
  });

  test("does not come outside of it", async () => {
    await nano.deploy([web("1")], { reboot: { from: clock(HOUR), to: clock(2 * HOUR) } });
    asks();
    await nano.run("converge");
    expect(rebooted()).toBe(false);
  });
});
