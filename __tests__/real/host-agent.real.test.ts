import { Agent, get } from "node:http";
import { type AgentHost, QUICK, type TestService } from "../aws/nano/agent/agent-host.ts";
import type { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { freshHostForEachTest } from "../aws/nano/agent/fresh-host.ts";
import { docker } from "../aws/nano/agent/test-images.ts";
import { request, requestStream } from "./request-stream.ts";
import { RUN_OPTIONS, SEEN, seenOptions } from "./run-options.ts";

let aws: AwsDouble;
let host: AgentHost;
const images = freshHostForEachTest((fresh) => {
  ({ aws, host } = fresh);
});

jest.setTimeout(120_000);

const app = (version: string, name = "web") => ({ name, image: images.reference(version) });
const body = async (name = "web", path = "/") => (await request(host.port, `${name}.test`, path)).body.trim();
const live = () => aws.labelled(host.parameter, "live");

test("a host without a release says so and waits", async () => {
  const outcome = await host.run(["converge"]);
  expect(outcome.lines).toEqual([`slipway: no release yet: ${host.parameter} does not exist`]);
  expect(outcome.status).toBe(0);
  const status = await host.run(["status"]);
  expect([status.lines[0], status.status]).toEqual(["serving nothing", 1]);
});

test("the first boot brings up the newest release, labels it live, and then has nothing to do", async () => {
  const { version, release } = host.put(host.manifest([app("1")]));
  const outcome = await host.run(["converge"]);
  expect(outcome.last).toBe(`slipway: live version=1 release=${release}`);
  expect(outcome.status).toBe(0);
  expect(await body()).toBe("version 1");
  expect(live()).toBe(version);
  expect(host.serving()).toMatchObject({ version, release, labelled: true });
  const status = await host.run(["status"]);
  expect(status.lines[0]).toBe(`serving version=1 release=${release} since=${host.serving().since}`);
  expect(status.lines[1]).toMatch(/^ {2}web +healthy, port \d+, [0-9a-f]{12}, running since /);
  expect(status.status).toBe(0);

  const before = host.containerIds();
  expect(await host.run(["converge"])).toEqual({ status: 0, lines: [], last: "" });
  expect(host.containerIds()).toEqual(before);
});

test("a version bump fails no request and leaves one container", async () => {
  await host.release([app("1")]);
  const stream = requestStream(host.port, "web.test");
  const outcome = await host.release([app("2")]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { failed, answered, bodies } = await stream.stop();
  expect(outcome.status).toBe(0);
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(50);
  expect([...bodies.keys()]).toEqual(["version 1\n", "version 2\n"]);
  expect(host.containers()).toEqual([expect.stringMatching(/^slipway-web-\d+ running$/)]);
  expect(live()).toBe(2);
});

test("connections that clients keep outlive a version bump, and those to a service that stays are not touched", async () => {
  await host.release([app("1"), app("1", "api")]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const stream = body("api", "/cgi-bin/stream");
  const told = host.put(host.manifest([app("2"), app("1", "api")]));
  const { outcome } = host.begin(["converge", `${told.version}`, told.release]);
  let running = true;
  void outcome.then(() => (running = false));
  const seen = new Set<string>();
  const sockets = new Set<unknown>();
  // Nginx closes a connection after a thousand requests
  for (; running; await new Promise((resolve) => setTimeout(resolve, 20))) seen.add(await kept(agent, sockets));
  seen.add(await kept(agent, sockets));
  expect((await outcome).status).toBe(0);
  expect([...seen]).toEqual(["version 1\n", "version 2\n"]);
  expect(sockets.size).toBe(1);
  expect(await stream).toMatch(/whole$/);
  agent.destroy();
});

/** One request on whatever connection the agent has; the socket is added to `sockets`. */
function kept(agent: Agent, sockets: Set<unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = get({ agent, port: host.port, headers: { Host: "web.test" } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more) => {
        text += more;
      });
      response.on("end", () => resolve(text));
    });
    call.on("socket", (socket) => sockets.add(socket)).on("error", reject);
  });
}

test("a container runs as it is declared to", async () => {
  expect((await host.release([{ ...app("1"), ...RUN_OPTIONS }])).status).toBe(0);
  const [container] = host.containers().map((line) => line.split(" ")[0] as string);
  expect(seenOptions(container as string)).toEqual({ asked: RUN_OPTIONS, seen: SEEN });
});

test("a worker is asked in its container, and replaced by one that has run for a while; one that ends leaves it", async () => {
  const { HealthCheck } = await import("../../src/values/health-check.ts");
  const worker = (beat: string, more: object = {}) => ({
    name: "worker",
    image: images.reference("1"),
    port: undefined,
    command: ["sh", "-c", `trap 'exit 0' TERM; echo ${beat} >/tmp/beat; while :; do sleep 0.1; done`],
    health: HealthCheck.command(["grep", "-q", beat, "/tmp/beat"], QUICK),
    ...more,
  });
  const release = (each: TestService) => host.release([app("1"), each], { sites: { "web.test": "web" } });
  const beat = () => host.containers().flatMap((line) => /slipway-worker-\d+/.exec(line)?.[0] ?? []);
  expect((await release(worker("one"))).lines).toContain("slipway: worker: healthy");
  expect([beat(), docker("exec", "slipway-worker-0", "cat", "/tmp/beat")]).toEqual([["slipway-worker-0"], "one\n"]);
  const status = await host.run(["status"]);
  const line = /^ {2}worker +healthy, no port, [0-9a-f]{12}, running since /;
  expect(status.lines).toContainEqual(expect.stringMatching(line));

  const failing = HealthCheck.command(["sh", "-c", "echo lost >&2; exit 4"], { ...QUICK, retries: 1, startPeriod: 1 });
  const never = await release(worker("two", { health: failing }));
  expect(never.last).toMatch(/: worker is not healthy: its check sh ended with status 4: lost$/);
  const ends = await release(
    worker("two", { command: ["sh", "-c", "sleep 1; exit 3"], health: HealthCheck.running(3) }),
  );
  expect(ends.last).toMatch(/: worker is not healthy: its container ended with status 3$/);
  expect(beat()).toEqual(["slipway-worker-0"]);

  expect((await release(worker("three", { health: HealthCheck.running(2) }))).status).toBe(0);
  expect([beat(), docker("exec", "slipway-worker-1", "cat", "/tmp/beat")]).toEqual([["slipway-worker-1"], "three\n"]);
});

test("an old container goes when what it was asked is answered", async () => {
  await host.release([app("1")], { drainSeconds: 30 });
  const stream = body("web", "/cgi-bin/stream");
  expect((await host.release([app("2")], { drainSeconds: 30 })).status).toBe(0);
  expect(await stream).toMatch(/whole$/);
});

test("a request that is under way when the release moves is answered", async () => {
  await host.release([app("1")]);
  const told = host.put(host.manifest([app("2")]));
  const { outcome } = host.begin(["converge", `${told.version}`, told.release]);
  const slow: Promise<string>[] = [];
  let running = true;
  void outcome.then(() => (running = false));
  while (running) {
    slow.push(body("web", "/cgi-bin/slow"));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect((await outcome).status).toBe(0);
  expect(slow.length).toBeGreaterThan(3);
  expect(new Set(await Promise.all(slow))).toEqual(new Set(["slow"]));
});

test("a release that never gets healthy fails with its reason, and what served serves on", async () => {
  const first = host.put(host.manifest([app("1")]));
  await host.converge(first);
  const before = host.containerIds(true);
  const stream = requestStream(host.port, "web.test");
  const ended = { ...app("ends"), command: ["sh", "-c", "echo no database; exit 3"] };
  const told = host.put(host.manifest([ended]));
  const outcome = await host.converge(told);
  const { failed, bodies } = await stream.stop();
  const reason = "web is not healthy: its container ended with status 3";
  expect(outcome.last).toBe(`slipway: failed version=2 release=${told.release}: ${reason}`);
  expect(outcome.lines).toContain("slipway:     no database");
  expect(outcome.status).toBe(1);
  expect(failed).toEqual([]);
  expect([...bodies.keys()]).toEqual(["version 1\n"]);
  expect(host.containerIds(true)).toEqual(before);
  expect(live()).toBe(1);
  expect(host.serving().release).toBe(first.release);
  expect(images.present("ends")).toBe(false);
  const status = await host.run(["status"]);
  expect(status.lines.at(-1)).toMatch(new RegExp(`^failed version=2 release=${told.release} at=.*: ${reason}$`));
});

test("a failed version is left alone by the timer, and tried again when told", async () => {
  await host.release([app("1")]);
  const told = host.put(host.manifest([{ ...app("2"), command: ["false"] }]));
  expect((await host.converge(told)).status).toBe(1);
  expect(await host.run(["converge"])).toEqual({ status: 0, lines: [], last: "" });
  const again = await host.converge(told);
  expect(again.status).toBe(1);
  expect(again.lines).toContainEqual(expect.stringMatching(/^slipway: web: starting on port /));
});

test("the wrong answer to a health check is told", async () => {
  await host.release([app("1")]);
  const { HealthCheck } = await import("../../src/values/health-check.ts");
  const health = HealthCheck.http("/nowhere", { interval: 1, timeout: 1, retries: 1, startPeriod: 1 });
  const outcome = await host.release([{ ...app("2"), health }]);
  expect(outcome.last).toMatch(/: web is not healthy: GET \/nowhere was answered 404, not 2xx$/);
  expect(outcome.status).toBe(1);
  expect(await body()).toBe("version 1");
});

test("a digest that the registry does not have fails the release at once", async () => {
  await host.release([app("1")]);
  const outcome = await host.release([{ name: "web", image: images.missing }]);
  expect(outcome.last).toMatch(/^slipway: failed version=2 .*: cannot pull .*@sha256:0{64}: /);
  expect(outcome.status).toBe(1);
  expect(await body()).toBe("version 1");
});

test("text that Nginx refuses fails the release, and Nginx keeps what it had", async () => {
  await host.release([app("1")]);
  const outcome = await host.converge(host.put({ ...host.manifest([app("2")]), sites: "nonsense on;\n" }));
  expect(outcome.last).toMatch(/: nginx refuses the configuration: .*unknown directive "nonsense"/);
  expect(outcome.status).toBe(1);
  expect(await body()).toBe("version 1");
  expect(host.containers()).toHaveLength(1);
  expect((await host.run(["status"])).lines[0]).toMatch(/^serving version=1 /);
});

test("after a boot the labelled version comes back, not the newest", async () => {
  await host.release([app("1")]);
  const { release } = host.serving();
  host.put(host.manifest([app("2")]));
  for (const id of host.containerIds()) docker("stop", id);
  host.forgetMemory();
  const outcome = await host.run(["converge"]);
  expect(outcome.last).toBe(`slipway: live version=1 release=${release}`);
  expect(await body()).toBe("version 1");

  const next = await host.run(["converge"]);
  expect(next.last).toMatch(/^slipway: live version=2 /);
  expect(await body()).toBe("version 2");
  expect(live()).toBe(2);
});

test("an older version that was told stays", async () => {
  const first = host.put(host.manifest([app("1")]));
  await host.converge(first);
  await host.release([app("2")]);
  expect((await host.converge(first)).last).toBe(`slipway: live version=1 release=${first.release}`);
  expect(live()).toBe(1);
  expect((await host.run(["converge"])).lines).toEqual([]);
  expect(await body()).toBe("version 1");
});

test("a container that was killed comes back with the next run", async () => {
  await host.release([app("1")]);
  for (const id of host.containerIds()) docker("rm", "--force", id);
  const outcome = await host.run(["converge"]);
  expect(outcome.lines[0]).toBe("slipway: web: does not run");
  expect(outcome.status).toBe(0);
  expect(await body()).toBe("version 1");
});

test("of two runs at once one works, the timer's goes away and the told one waits", async () => {
  const first = host.put(host.manifest([app("1")]));
  const working = host.begin(["converge", "1", first.release]).outcome;
  while (!host.exists("run/slipway/releasing.json")) await new Promise((resolve) => setTimeout(resolve, 20));
  const timer = await host.run(["converge"]);
  expect(timer).toEqual({ status: 0, lines: ["slipway: another run is at work"], last: expect.any(String) });
  const told = await host.converge(host.put(host.manifest([app("2")])));
  expect((await working).status).toBe(0);
  expect(told.status).toBe(0);
  expect(await body()).toBe("version 2");
  expect(host.containers()).toHaveLength(1);
});

test("a version that holds another release is refused", async () => {
  const { version } = host.put(host.manifest([app("1")]));
  const other = "f".repeat(64);
  const outcome = await host.converge({ version, release: other });
  expect(outcome.status).toBe(3);
  expect(outcome.last).toMatch(/^slipway: version 1 of .* is release [0-9a-f]{64}, not f{64}$/);
  expect(host.containers()).toEqual([]);
});

test.each([
  [
    "AWS",
    () => aws.refusals.set("AmazonSSM.GetParameter", "ThrottlingException"),
    "AWS refuses GetParameter: Throttling",
  ],
  ["the role", () => (aws.hasRole = false), "this instance has no role: attach its instance profile"],
])("without %s the run ends with 75 and no verdict", async (_, away, reason) => {
  const told = host.put(host.manifest([app("1")]));
  away();
  const outcome = await host.converge(told);
  expect(outcome.status).toBe(75);
  expect(outcome.last).toContain(`slipway: again version=1 release=${told.release}: ${reason}`);
  aws.refusals.clear();
  aws.hasRole = true;
  expect((await host.run(["converge"])).last).toBe(`slipway: live version=1 release=${told.release}`);
});

test.each([
  ["of another host", { host: "other/host" }, "the manifest is for other/host, this host is"],
  ["of another time", { manifest: 1 }, "this agent reads manifests 2 and 3, not 1"],
  ["with an unknown key", { sidecar: true }, "has the unknown key sidecar"],
])("a manifest %s is refused", async (_, change, reason) => {
  const outcome = await host.converge(host.put({ ...host.manifest([app("1")]), ...change }));
  expect(outcome.status).toBe(1);
  expect(outcome.last).toContain(reason);
  expect(host.containers()).toEqual([]);
});

test.each([[[]], [["deploy"]], [["converge", "1"]], [["converge", "x", "0".repeat(64)]], [["converge", "1", "abc"]]])(
  "wrong use %j ends with 2 and the usage",
  async (words) => {
    const outcome = await host.run(words);
    expect(outcome.status).toBe(2);
    expect(outcome.lines.join("\n")).toContain("slipway converge VERSION RELEASE");
  },
);
