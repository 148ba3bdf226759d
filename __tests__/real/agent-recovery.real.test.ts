import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

let nano: FakeNano;
jest.setTimeout(120_000);
beforeEach(async () => {
  nano = await FakeNano.serving();
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

const web = (image: string, other = {}) => ({ name: "web", image, ...other });

// each place where a power cut leaves something else behind; the texts change, so that Nginx has to load them
test.each([
  ["before the container starts", "docker run", "1"],
  ["while it gets healthy", "127.0.0.1:20001/", "1"],
  ["before the container is kept", "docker update", "1"],
  ["between the rename and the loading", "nginx -s reload", "1"],
  ["before the label moves", "--aws-sigv4", "1"],
  ["while the old one is asked whether it is idle", "ss -Htn", "2"],
  ["before the old one is removed", "docker rm", "2"],
])("a run that dies %s leaves one version whole, and the next run ends the release", async (_, at, serves) => {
  const told = nano.put(nano.manifest([web("2")], { sites: "# other texts\n" }));
  nano.pretend("die", "docker version"); // at its beginning
  nano.pretend("die-next", at);
  expect((await nano.told(told)).status).toBeNull();
  const loaded = nano.read("pretended/nginx/loaded");
  const outcome = await nano.run("converge");
  expect(outcome.status).toBe(0);
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
  expect(nano.exists(`var/lib/slipway/attempts/${told.release}`)).toBe(false);
  expect(nano.containers()).toHaveLength(1);
  expect(nano.live()).toBe("2");
  expect(nano.read("pretended/nginx/loaded") === loaded).toBe(serves === "2");
  expect(nano.exists("run/slipway/work")).toBe(false);
  expect(nano.exists("run/slipway/env")).toBe(false);
});

test("a run that dies before the texts are loaded is taken back first", async () => {
  const told = nano.put(nano.manifest([web("2")], { sites: "# other texts\n" }));
  nano.pretend("die", "nginx -s reload");
  await nano.told(told);
  const outcome = await nano.run("converge");
  expect(outcome.lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^slipway: going back to generation \d+: an earlier run was cut off$/),
    "slipway: slipway-web-20001: stopping it, an earlier run was cut off",
  ]);
});

test("a run that dies after an introduction is taken back, and what was introduced is not taken for what serves", async () => {
  const told = nano.put(nano.manifest([web("1"), { name: "new", image: "2" }]));
  nano.pretend("die", "http://127.0.0.1:20002/");
  expect((await nano.told(told)).status).toBeNull();
  expect(nano.exists("var/lib/slipway/live/introduce-new.conf")).toBe(true);
  nano.health("2", "return 1");
  const outcome = await nano.run("converge");
  expect(outcome.lines[0]).toMatch(/^slipway: going back to generation \d+/);
  expect(outcome).toMatchObject({ status: 1, last: expect.stringContaining("new is not healthy") });
  expect([nano.serves("1"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-20000"]]);
});

test("a release that is cut off again and again is given up, until somebody tells", async () => {
  const told = nano.put(nano.manifest([web("2")]));
  for (let times = 0; times < 2; times += 1) {
    nano.pretend("die", "docker run");
    expect((await nano.run("converge")).status).toBeNull();
  }
  const last = `slipway: failed version=2 release=${told.release}: it was begun 2 times and cut off each time`;
  expect((await nano.run("converge")).last).toBe(last);
  expect((await nano.run("converge")).lines).toEqual([]);
  expect(await nano.told(told)).toMatchObject({ status: 0 });
});

test("a run that is told to stop takes back what it began", async () => {
  nano.health("2", "return 1");
  const health = { kind: "http", path: "/", interval: 60, timeout: 1, retries: 1, startPeriod: 0 };
  const told = nano.put(nano.manifest([web("2", { health })]));
  const { child, outcome } = nano.begin("converge", `${told.version}`, told.release);
  while (nano.containers().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGTERM");
  expect(await outcome).toMatchObject({
    status: 75,
    last: `slipway: again version=2 release=${told.release}: was told to stop`,
  });
  expect([nano.serves("1"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-20000"]]);
  expect(nano.exists(`var/lib/slipway/attempts/${told.release}`)).toBe(false);
});

test("Nginx that does not run is started with what served", async () => {
  nano.forget("nginx/running");
  expect((await nano.run("status")).lines).toContain("nginx does not answer: systemctl status nginx; nginx -t");
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect(nano.calls("systemctl")).toEqual(["systemctl start nginx"]);
  expect(nano.exists("pretended/nginx/running")).toBe(true);
});

test("drain ends when its time is over, also where nobody can tell whether it is busy", async () => {
  await nano.deploy([web("1")], { drainSeconds: 1 });
  nano.pretend("connections/20000", "9999");
  expect(await nano.deploy([web("2")], { drainSeconds: 1 })).toMatchObject({ status: 0 });
  nano.pretend("connections/20001", "broken");
  expect(await nano.deploy([web("1")], { drainSeconds: 1 })).toMatchObject({ status: 0 });
  expect([nano.serves("1"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-20000"]]);
});

test("a container whose port is no longer its service's is replaced, though its spec is the same", async () => {
  const moved = nano.manifest([web("1")]) as { services: { slots: number[] }[] };
  for (const service of moved.services) service.slots = [21_000, 21_001];
  expect(await nano.told(nano.put(moved))).toMatchObject({ status: 0 });
  expect([nano.serves("1"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-21000"]]);
});

describe("at a first release", () => {
  beforeEach(() => {
    nano.remove();
    nano = new FakeNano();
  });

  test("a pull from ECR that is denied is tried again: a login may have ended within it, or a right not have arrived", async () => {
    const said =
      "Error response from daemon: pull access denied for registry/app, repository does not exist or may require 'docker login': denied: Your authorization token has expired. Reauthenticate and try again.";
    nano.pretend(`docker/refused/${FakeNano.digest("1").slice(0, 12)}`, `${said}\n`);
    const outcome = await nano.deploy([web("1")], { ecr: ["registry"] });
    expect(outcome).toMatchObject({ status: 75, last: expect.stringContaining("token has expired") });
    expect(nano.calls("docker pull")).toHaveLength(5);
  });

  const secrets = { KEY: { from: "secrets-manager", id: "app" } };

  test.each([
    ["a secret that is not there", () => {}, 1, "web: the secret KEY: AWS refuses GetSecretValue: ResourceNotFound"],
    [
      "a secret of several lines",
      () => nano.pretend("aws/secret.json", JSON.stringify({ SecretString: "a\nb" })),
      1,
      "web: the secret KEY has several lines",
    ],
    [
      "AWS that is busy",
      () => nano.pretend("aws/refuses", "secretsmanager.GetSecretValue ThrottlingException\n"),
      75,
      "web: the secret KEY: AWS refuses GetSecretValue: Throttling",
    ],
    [
      "an engine that refuses the container",
      () => {
        nano.pretend("aws/secret.json", JSON.stringify({ SecretString: "hidden" }));
        nano.pretend("docker/no-start", "docker: Error: no such user\n");
      },
      1,
      "web: its container does not start: docker: Error: no such user",
    ],
  ])("%s ends the release, and no file of variables outlives it", async (_, prepare, status, reason) => {
    prepare();
    const outcome = await nano.deploy([web("1", { env: { PLAIN: "1" }, secrets })]);
    expect(outcome).toMatchObject({ status, last: expect.stringContaining(reason) });
    expect(nano.exists("run/slipway/env")).toBe(false);
    expect(nano.containers()).toEqual([]);
    expect(outcome.lines.join()).not.toContain("hidden");
  });

  test("a secret reaches the container, and no program's words", async () => {
    nano.pretend("aws/secret.json", JSON.stringify({ SecretString: "hidden" }));
    expect(await nano.deploy([web("1", { env: { PLAIN: "1" }, secrets })])).toMatchObject({ status: 0 });
    expect(nano.read("pretended/docker/slipway-web-20000/env")).toBe("PLAIN=1\nKEY=hidden\n");
    expect(nano.read("pretended/calls")).not.toContain("hidden");
    expect(nano.exists("run/slipway/env")).toBe(false);
  });

  test.each([
    ["refused for good", "Error: manifest unknown", 1],
    ["refused for now", "Error: connection reset", 75],
  ])("a pull that is %s says so", async (_, words, status) => {
    nano.pretend(`docker/refused/${FakeNano.digest("1").slice(0, 12)}`, `${words}\n`);
    const outcome = await nano.deploy([web("1")]);
    expect(outcome).toMatchObject({ status, last: expect.stringContaining(`web: cannot pull registry/app@sha256:`) });
    expect(outcome.last).toContain(words);
  });

  test.each([
    ["for good elsewhere", [], 1, ": its registry wants a login: declare its pullLogin"],
    ["for now in ECR, where a right takes a while to arrive", ["registry"], 75, ""],
  ])("a registry that knows nobody refuses %s", async (_, ecr, status, remedy) => {
    const words = "Error response from daemon: Head https://registry/v2/: no basic auth credentials";
    nano.pretend(`docker/refused/${FakeNano.digest("1").slice(0, 12)}`, `${words}\n`);
    const outcome = await nano.deploy([web("1")], { ecr });
    expect(outcome).toMatchObject({ status, last: expect.stringContaining(words + remedy) });
  });

  test("TCP is asked at the container's own address", async () => {
    const health = { kind: "tcp", interval: 1, timeout: 1, retries: 1, startPeriod: 0 };
    expect(await nano.deploy([web("1", { health })])).toMatchObject({ status: 0 });
    expect(nano.calls("curl").filter((call) => call.includes("telnet"))).toEqual([
      expect.stringContaining("telnet://10.9.8.7:8080"),
    ]);
  });
});
