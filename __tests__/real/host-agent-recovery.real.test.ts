import { releaseFile } from "../../src/nginx/server.ts";
import { slotFile } from "../../src/nginx/upstream.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { type AgentHost, QUICK, type TestService } from "../aws/nano/agent/agent-host.ts";
import type { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { freshHostForEachTest } from "../aws/nano/agent/fresh-host.ts";
import { docker } from "../aws/nano/agent/test-images.ts";
import { request, requestStream } from "./request-stream.ts";

let aws: AwsDouble;
let host: AgentHost;
const images = freshHostForEachTest((fresh) => {
  ({ aws, host } = fresh);
});

jest.setTimeout(120_000);

const app = (version: string, change: Partial<TestService> = {}): TestService => ({
  name: "web",
  image: images.reference(version),
  ...change,
});
const body = async (name = "web", path = "/") => (await request(host.port, `${name}.test`, path)).body.trim();
const live = () => aws.labelled(host.parameter, "live");

// each place where a power cut leaves something else behind
test.each([
  ["before the image is pulled", "docker pull", "1"],
  ["before the container starts", "docker run", "1"],
  ["while it gets healthy", "docker update", "1"],
  ["before the label moves", "LabelParameterVersion", "2"],
  ["before the old container stops", "docker stop", "2"],
])("a release that dies %s serves on, and the next run ends it", async (_, dieAt, serves) => {
  await host.release([app("1")]);
  const told = host.put(host.manifest([app("2")]));
  const stream = requestStream(host.port, "web.test");
  expect((await host.converge(told, { DIE_AT: dieAt })).status).toBeNull();
  expect(await body()).toBe(`version ${serves}`);
  // what the dead one had started keeps the lock until it ends
  let outcome = await host.run(["converge"]);
  while (outcome.last === "slipway: another run is at work") outcome = await host.run(["converge"]);
  expect((await stream.stop()).failed).toEqual([]);
  expect(outcome.status).toBe(0);
  expect(await body()).toBe("version 2");
  expect(live()).toBe(2);
  expect(host.containers()).toEqual([expect.stringMatching(/^slipway-web-\d+ running$/)]);
  expect(host.exists(`var/lib/slipway/attempts/${told.release}`)).toBe(false);
});

test("a release that dies again and again is given up, until somebody tells", async () => {
  await host.release([app("1")]);
  const told = host.put(host.manifest([app("2")]));
  for (let times = 0; times < 2; times += 1) {
    expect((await host.run(["converge"], { DIE_AT: "docker run" })).status).toBeNull();
  }
  expect((await host.run(["converge"])).last).toBe(
    `slipway: failed version=2 release=${told.release}: it was begun 2 times and cut off each time`,
  );
  expect(await body()).toBe("version 1");
  expect((await host.run(["converge"])).lines).toEqual([]);
  expect((await host.converge(told)).status).toBe(0);
  expect(await body()).toBe("version 2");
});

test("a switch of Nginx that dies before the reload is taken back", async () => {
  await host.release([app("1")]);
  const told = host.put(host.manifest([app("2")], { edge: { port: host.port, publicPort: 81 } }));
  expect((await host.converge(told, { DIE_AT: "nginx -s reload" })).status).toBeNull();
  // the old texts look at the new files: what they say was healthy before
  expect(await body()).toBe("version 2");
  const outcome = await host.run(["converge"]);
  expect(outcome.lines[0]).toMatch(/^slipway: going back to generation \d+: an earlier run was cut off$/);
  expect(outcome.last).toBe(`slipway: live version=2 release=${told.release}`);
});

test("a told stop takes back what was begun", async () => {
  await host.release([app("1")]);
  const told = host.put(
    host.manifest([app("2", { health: HealthCheck.http("/nowhere", { ...QUICK, startPeriod: 60 }) })]),
  );
  const { child, outcome } = host.begin(["converge", "2", told.release]);
  while (host.containers().length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
  child.kill("SIGTERM");
  expect(await outcome).toMatchObject({
    status: 75,
    last: `slipway: again version=2 release=${told.release}: was told to stop`,
  });
  expect(host.containers()).toHaveLength(1);
  expect(await body()).toBe("version 1");
});

test("Nginx that does not run is started with what served", async () => {
  await host.release([app("1")]);
  host.nginx("-s", "quit");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await host.run(["status"])).lines).toContain("nginx does not answer: systemctl status nginx; nginx -t");
  expect((await host.run(["converge"])).status).toBe(0);
  expect(await body()).toBe("version 1");
});

test("a service that runs without being healthy is replaced once, and left alone if that is no help", async () => {
  await host.release([app("1")]);
  const [id] = host.containerIds() as [string];
  docker("exec", id, "rm", "/srv/status");
  expect(await host.run(["converge"])).toMatchObject({ status: 0 });
  expect(host.containerIds()).not.toEqual([id]);

  const lame = ["sh", "-c", "[ -e /tmp/x ] || rm /srv/status; exec busybox httpd -f -p 8080 -h /srv"];
  const health = HealthCheck.http("/index.html", QUICK);
  await host.release([app("1", { health, command: lame })]);
  const [other] = host.containerIds() as [string];
  docker("exec", other, "rm", "/srv/index.html");
  expect((await host.run(["converge"])).status).toBe(0);
});

test("a service gets healthy by a neighbour that never served before, in any order", async () => {
  const neighbour = `http://172.17.0.1:${host.portsOf("back").internal}`;
  const health = HealthCheck.http("/cgi-bin/ready", QUICK);
  const front = app("1", { name: "front", env: { NEIGHBOUR: neighbour }, health });
  expect(await host.release([front, app("1", { name: "back" })])).toMatchObject({ status: 0 });
  expect(await body("front", "/cgi-bin/neighbour")).toBe("ok");
  expect(host.exists("etc/nginx/slipway/introduce-back.conf")).toBe(false);
});

test("a new service that was introduced and then fails leaves nothing behind", async () => {
  await host.release([app("1")]);
  const slow = app("1", {
    name: "slow",
    health: HealthCheck.http("/nowhere", { ...QUICK, startPeriod: 1, retries: 1 }),
  });
  const outcome = await host.release([app("1"), app("1", { name: "back" }), slow]);
  expect(outcome).toMatchObject({ status: 1, last: expect.stringContaining("slow is not healthy") });
  expect(host.containers()).toHaveLength(1);
  expect(host.exists("etc/nginx/slipway/introduce-back.conf")).toBe(false);
  expect(await body()).toBe("version 1");
});

test("only the service that changed is replaced; one that is gone goes", async () => {
  await host.release([app("1"), app("1", { name: "api" }), app("1", { name: "old" })]);
  const before = host.containerIds();
  expect(before).toHaveLength(3);
  expect(await host.release([app("2"), app("1", { name: "api" })])).toMatchObject({ status: 0 });
  const after = host.containerIds();
  expect(after).toHaveLength(2);
  expect(after.filter((id) => before.includes(id))).toHaveLength(1);
  expect([await body(), await body("api")]).toEqual(["version 2", "version 1"]);
  await expect(request(host.port, "old.test")).rejects.toThrow(/hang up|ECONNRESET/);
});

test("a label that does not move is tried again, while the release serves", async () => {
  const told = host.put(host.manifest([app("1")]));
  aws.refusals.set("AmazonSSM.LabelParameterVersion", "AccessDeniedException");
  expect(await host.converge(told)).toMatchObject({
    status: 75,
    last: expect.stringContaining("AccessDeniedException"),
  });
  expect(await body()).toBe("version 1");
  expect(live()).toBeUndefined();
  expect((await host.run(["status"])).lines).toContain(
    "  the label live is elsewhere: the role may not label, or AWS did not answer",
  );
  aws.refusals.clear();
  expect((await host.run(["converge"])).status).toBe(0);
  expect(live()).toBe(1);
});

test("a port that Nginx cannot have fails the release, for a reload only asks", async () => {
  await host.release([app("1")]);
  const { createServer } = await import("node:net");
  const taker = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taker.once("listening", resolve));
  const { port } = taker.address() as { port: number };
  const manifest = host.manifest([app("2")]);
  const sites = manifest.sites.replaceAll(`listen ${host.port}`, `listen 127.0.0.1:${port}`);
  const outcome = await host.converge(host.put({ ...manifest, sites }));
  await new Promise((resolve) => taker.close(resolve));
  expect(outcome.last).toMatch(/: nginx was told to reload and does not serve it: .*Address already in use/);
  expect(outcome.status).toBe(1);
  expect(await body()).toBe("version 1");
});

test("images of the last releases stay, older ones go", async () => {
  for (const version of ["1", "2", "3"]) {
    expect(await host.release([app(version)], { keepReleases: 2 })).toMatchObject({ status: 0 });
  }
  expect(["1", "2", "3"].map((version) => images.present(version))).toEqual([false, true, true]);
});

test("a check of the port asks the container, not the port that Docker publishes for it", async () => {
  const health = HealthCheck.tcp({ ...QUICK, startPeriod: 0 });
  expect(await host.release([app("1", { health })])).toMatchObject({ status: 0 });
  const outcome = await host.release([app("1", { health, port: 8081 })]);
  expect(outcome.last).toContain("web is not healthy: nothing listens on port 8081");
  expect(await body()).toBe("version 1");
});

test("the command, the variables and the limits reach the container as they were written", async () => {
  const odd = `a "b" 'c' $HOME \`x\` \\ ü = #`;
  const command = ["sh", "-c", 'echo "$1" >/srv/argument; exec busybox httpd -f -p 8080 -h /srv', "sh", odd];
  await host.release([
    app("1", { command, env: { ODD: odd, EMPTY: "" }, memoryMiB: 64, pidsLimit: 99, cpus: 0.25, stopGraceSeconds: 7 }),
  ]);
  expect(await body("web", "/argument")).toBe(odd);
  const env = await body("web", "/cgi-bin/env");
  expect(env).toContain(`ODD=${odd}\n`);
  expect(env).toContain("EMPTY=\n");
  const [id] = host.containerIds() as [string];
  const format =
    "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}} {{.Config.StopTimeout}} {{.HostConfig.RestartPolicy.Name}}";
  const memory = 64 * 1024 ** 2;
  expect(docker("inspect", "--format", format, id).trim()).toBe(`${memory} ${memory} 99 250000000 7 unless-stopped`);
});

test("the agent writes about Nginx what the documents say", async () => {
  const told = host.put(host.manifest([app("1")]));
  await host.converge(told);
  const plain = (text: string) => text.replace(/^#.*\n+/, "").replaceAll('"', "");
  expect(host.exists(`etc/nginx/slipway/${slotFile("web")}`)).toBe(false);
  expect(host.read("etc/nginx/slipway/release").split(".")[0]).toBe(told.release);
  const marker = releaseFile(host.read("etc/nginx/slipway/release.conf").match(/[0-9a-f]{16}/)?.[0] ?? "");
  expect(plain(host.read("etc/nginx/slipway/release.conf"))).toBe(plain(marker));
});
