import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { scheduleWithDefaults } from "../../src/release/schedule.ts";
import { ServicePorts } from "../../src/release/service-ports.ts";
import { taskWithDefaults } from "../../src/release/task.ts";
import { Tls } from "../../src/release/tls.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { Mount } from "../../src/values/mount.ts";
import { declaredManifest } from "../aws/nano/declared-manifest.ts";

const PROGRAM = join(__dirname, "../../src/host-agent/lib/slipway/manifest.jq");
const HOST = "stack/host";
const IMAGE = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:${"a1".repeat(32)}`;

/** What the host's own jq program says about a manifest, a line each. */
function problems(manifest: unknown): string[] {
  const words = ["-r", "--arg", "host", HOST, "-f", PROGRAM];
  const { status, stdout, stderr, error } = spawnSync("jq", words, {
    input: JSON.stringify(manifest),
    encoding: "utf8",
  });
  if (error) throw new Error("jq is not installed: this test needs the real one", { cause: error });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.split("\n").filter(Boolean);
}

const ports = new ServicePorts();
const health = HealthCheck.http("/status?deep=1");
const web = { name: "web", image: IMAGE, port: 8080, ports: ports.claim("web"), health };
const api = { ...web, name: "api", ports: ports.claim("api"), health: HealthCheck.tcp() };
const worker = {
  name: "worker",
  image: IMAGE,
  ports: ports.claim("x"),
  health: HealthCheck.command(["is", "it's well"]),
};
const clock = { ...worker, name: "clock", health: HealthCheck.running(10) };
const agent = { document: "slipway.stack.host-0123456789ab-01234567", sha256: "a1".repeat(32) };
const full = () =>
  JSON.parse(
    JSON.stringify({
      agent,
      ...declaredManifest({
        host: HOST,
        tasks: [
          taskWithDefaults({ name: "migrate", image: IMAGE, before: ["web"], env: { A: "1" }, user: "app" }),
          taskWithDefaults({ name: "seed", image: IMAGE }),
        ],
        taskLedger: "/slipway/stack/host/tasks",
        schedules: ["@hourly", "*/7 1-3,5 * jan,mar sun-wed", "0 0 29 2 *"].map((cron, at) =>
          scheduleWithDefaults({ name: `report-${at}`, image: IMAGE, cron }),
        ),
        ecr: ["123456789012.dkr.ecr.eu-west-1.amazonaws.com"],
        services: [
          {
            ...web,
            env: { PLAIN: "a = 'b' \"c\" ü", EMPTY: "" },
            secrets: {
              TOKEN: { kind: "parameter", id: "/app/token" },
              CERTIFICATE: { kind: "secrets-manager", id: "arn:aws:secretsmanager:x", key: "a key", as: "file" },
            },
            command: ["sh", "-c", "exec app\n", ""],
            user: "app:1000",
            workdir: "/srv/the app",
            entrypoint: ["tini", "--"],
            init: false,
            ulimits: { nofile: 1024, core: { soft: 0, hard: -1 } },
            shmSizeMiB: 128,
            capAdd: ["net_bind_service"],
            capDrop: ["ALL"],
            readOnly: true,
            extraHosts: { db: "10.0.0.5", machine: "host-gateway", six: "::1" },
            stopSignal: "RTMIN+3",
            labels: { "com.example.team": "the shop's\nfirst" },
            memoryReservationMiB: 256,
            mounts: {
              "/data": Mount.volume("data"),
              "/uploads": Mount.volume("uploads", { shared: true, readOnly: true }),
              "/scratch": Mount.tmpfs({ sizeMiB: 8 }),
              "/tmp": Mount.tmpfs(),
              "/etc/the app.conf": Mount.file("a = 1\n"),
              "/srv/app": Mount.hostPath("/srv/app", { readOnly: true }),
            },
          },
          { ...api, mounts: { "/uploads": Mount.volume("uploads", { shared: true }) } },
          { ...worker, dependsOn: ["web", "api"] },
          clock,
        ],
      }),
    }),
  );

test("a manifest as we write it may be released, with null for what is absent as well", () => {
  expect(problems(full())).toEqual([]);
  const sparse = full();
  for (const key of ["ecr", "drainSeconds", "keepReleases"]) sparse[key] = null;
  for (const key of [
    "env",
    "secrets",
    "memoryMiB",
    "pidsLimit",
    "cpus",
    "stopGraceSeconds",
    "command",
    "user",
    "labels",
  ])
    sparse.services[1][key] = null;
  sparse.unknown = null;
  expect(problems(sparse)).toEqual([]);
  expect(problems({ ...full(), services: [], tasks: [] })).toEqual([]);
  // the format before this one, which named no agent
  expect(problems({ ...full(), manifest: 2, agent: undefined })).toEqual([]);
});

type Change = (manifest: ReturnType<typeof full>) => unknown;

test.each<[string, Change, string]>([
  ["no object", () => [], "the manifest is no object"],
  ["of another format", (m) => ({ ...m, manifest: 1 }), "this agent reads manifests 2 and 3, not 1"],
  ["of a format to come", (m) => ({ ...m, manifest: 4 }), "this agent reads manifests 2 and 3, not 4"],
  ["that names no agent", (m) => ({ ...m, agent: undefined }), "names no agent"],
  ["whose agent has no hash", (m) => ({ ...m, agent: { ...agent, sha256: "a1" } }), "names no agent"],
  ["of the format before, with an agent", (m) => ({ ...m, manifest: 2 }), "has the unknown key agent"],
  ["for another host", (m) => ({ ...m, host: "x/y" }), "the manifest is for x/y, this host is stack/host"],
  ["with an unknown key", (m) => ({ ...m, sidecar: 1 }), "has the unknown key sidecar"],
  ["that puts metrics nowhere", (m) => ({ ...m, metrics: "a b" }), "puts its metrics nowhere"],
  ["with half a window", (m) => ({ ...m, reboot: { from: "03:00" } }), "has no window for a reboot"],
  ["with a window of no day", (m) => ({ ...m, reboot: { from: "03:00", to: "25:00" } }), "has no window for a reboot"],
  ["without sites", (m) => ({ ...m, sites: "" }), "has no sites"],
  ["with a strange registry", (m) => ({ ...m, ecr: ["a/b"] }), "has an invalid ecr address"],
  ["that drains for ever", (m) => ({ ...m, drainSeconds: 1e9 }), "has no drain time"],
  ["that keeps nothing", (m) => ({ ...m, keepReleases: 0 }), "keeps no releases"],
  ["without services", (m) => ({ ...m, services: {} }), "has no services"],
  ["with two of one name", (m) => twice(m, "name"), "two have one name"],
  ["with two on one port", (m) => twice(m, "slots"), "two services have one slot"],
  [
    "with two of one volume",
    (m) => alsoHas(m, { kind: "volume", volume: "data", shared: true }),
    "two services have one volume",
  ],
])("a manifest %s is refused", (_, change, problem) => {
  expect(problems(change(full())).join("\n")).toContain(problem);
});

const COMMAND = HealthCheck.command(["is", "well"]).toJSON();
const WORKER = { port: null, slots: null, introduction: null, health: COMMAND };

function alsoHas(manifest: ReturnType<typeof full>, mount: object) {
  manifest.services[1].mounts["/more"] = mount;
  return manifest;
}

function twice(manifest: ReturnType<typeof full>, key: string) {
  manifest.services[1][key] = manifest.services[0][key];
  return manifest;
}

test.each<[string, object, string]>([
  ["with a name for a shell", { name: "a;b" }, "a;b is an invalid name"],
  ["with a name that is none", { name: 7 }, "7 is an invalid name"],
  ["with an unknown key", { replicas: 2 }, "has the unknown key replicas"],
  ["without a spec", { spec: null }, "has no spec"],
  ["with another digest's spec", { spec: "a1".repeat(32) }, "has no spec"],
  ["with a host of two lines", { health: check({ host: "a\nb" }) }, "health check names no host"],
  ["by tag", { image: "app:1.0" }, "has an image that is not pinned by digest: app:1.0"],
  ["with an option as image", { image: `-v=/:/x@sha256:${"a1".repeat(32)}` }, "not pinned by digest"],
  ["without a port", { port: 0 }, "has no port"],
  ["with half a port", { port: 80.5 }, "has no port"],
  ["with one slot", { slots: [20000] }, "has no two slots"],
  ["with the same slot twice", { slots: [20000, 20000] }, "has no two slots"],
  ["with a privileged slot", { slots: [80, 81] }, "has no two slots"],
  ["without a port that is asked", { port: null, slots: null, introduction: null }, "has no port"],
  ["without a port and with slots", { ...WORKER, slots: [20000, 20001] }, "has slots without a port"],
  ["without a port and introduced", { ...WORKER, introduction: "# x" }, "has slots without a port"],
  ["with a port that nothing asks", { health: HealthCheck.running(1).toJSON() }, "has a port that nothing asks"],
  [
    "that runs for no time",
    { health: { ...HealthCheck.running(1).toJSON(), seconds: 0 } },
    "health check runs for no time",
  ],
  ["with a line as its check", { health: { ...COMMAND, command: "is well" } }, "health check has no command"],
  ["with a check of two lines", { health: { ...COMMAND, command: ["a\nb"] } }, "health check has no command"],
  ["with its own volume and no address", { direct: null }, "has no address of its own for its one container"],
  ["with an address and no volume of its own", { mounts: null }, "has no address of its own for its one container"],
  ["with another address", { direct: "example.com:80" }, "has no address of its own for its one container"],
  ["with a mount over secrets", mounted({}, "/run/secrets/a"), "has the invalid mount /run/secrets/a"],
  ["with a mount at no path", mounted({}, "data"), "has the invalid mount data"],
  ["with a mount and more", mounted({}, "/a,readonly"), "has the invalid mount /a,readonly"],
  ["with a strange mount", mounted({ kind: "nfs" }), "mount /x is of no known kind"],
  ["with a mount that is none", { mounts: { "/x": "data" } }, "mount /x is no object"],
  ["with a strange volume", mounted({ volume: "../etc" }), "mount /x has no volume"],
  [
    "with the engine's socket",
    mounted({ kind: "host", source: "/var/run/docker.sock" }),
    "mount /x shows what no container gets",
  ],
  ["with all of the machine", mounted({ kind: "host", source: "/" }), "mount /x shows what no container gets: /"],
  [
    "with the state's folder",
    mounted({ kind: "host", source: "/var/lib" }),
    "mount /x shows what no container gets: /var/lib",
  ],
  [
    "with a way up",
    mounted({ kind: "host", source: "/srv/../etc" }),
    "mount /x shows what no container gets: /srv/../etc",
  ],
  ["with an empty file", mounted({ kind: "file", content: "" }), "mount /x has no content"],
  ["with an unknown mount option", mounted({ propagation: "shared" }), "mount /x has the unknown key propagation"],
  ["without a health check", { health: null }, "has no health check"],
  ["with a strange check", { health: { kind: "exec" } }, "health check is of no known kind"],
  ["with a relative path", { health: check({ path: "status" }) }, "health check has no path"],
  ["with a path for two lines", { health: check({ path: "/a\nb" }) }, "health check has no path"],
  ["with an endless check", { health: check({ interval: 1e6 }) }, "health check has a time out of range"],
  ["with a check without an end", { health: check({ retries: 0 }) }, "health check has a time out of range"],
  ["with no status", { health: check({ expectStatus: 99 }) }, "health check expects no status"],
  ["with a variable of two lines", { env: { A: "1\nB=2" } }, "has the invalid variable A"],
  ["with a variable that is none", { env: { "A B": "1" } }, "has the invalid variable A B"],
  ["with a number as variable", { env: { A: 1 } }, "has the invalid variable A"],
  ["with a secret that is none", { secrets: { "a-b": secret({}) } }, "has the invalid secret a-b"],
  ["with a secret that stands there", { secrets: { A: "x" } }, "has the invalid secret A"],
  ["with a secret from nowhere", { secrets: { A: secret({ from: "vault" }) } }, "secret A comes from nowhere"],
  ["with a secret without a name", { secrets: { A: secret({ id: "" }) } }, "secret A has no id"],
  ["with a secret in the open", { secrets: { A: secret({ value: "x" }) } }, "secret A has the unknown key value"],
  ["with a secret elsewhere", { secrets: { A: secret({ as: "disk" }) } }, "secret A is neither env nor file"],
  ["with one name twice", { env: { A: "" }, secrets: { A: secret({}) } }, "has one name both plain and secret"],
  ["without memory", { memoryMiB: 1 }, "has no memory limit"],
  ["without a process", { pidsLimit: 0 }, "has no pids limit"],
  ["without a CPU", { cpus: 0 }, "has no CPU limit"],
  ["with a word for its CPUs", { cpus: "0.5" }, "has no CPU limit"],
  ["that never stops", { stopGraceSeconds: 1e6 }, "has no stop grace"],
  ["that writes to a group that is none", { logs: { group: "a b", region: "eu-west-1" } }, "has no valid log group"],
  ["that writes to no region", { logs: { group: "/a" } }, "has no valid log group"],
  ["with a line as command", { command: "sh -c x" }, "has no valid command"],
  ["with options as its user", { user: "-v=/:/x" }, "has an invalid user"],
  ["that starts somewhere", { workdir: "srv" }, "has no absolute workdir"],
  ["that starts with nothing", { entrypoint: [] }, "has no valid entrypoint"],
  ["with half an init", { init: "maybe" }, "has a switch that is neither on nor off"],
  ["that may be written to, in a word", { readOnly: "no" }, "has a switch that is neither on nor off"],
  ["with half a ulimit", { ulimits: { nofile: { soft: 1 } } }, "has an invalid ulimit"],
  ["without shared memory", { shmSizeMiB: 0 }, "has no shared memory"],
  ["with a capability of no kernel", { capDrop: ["root"] }, "has an invalid capability"],
  ["with a name for its neighbour", { extraHosts: { db: "a.test" } }, "has an invalid extra host"],
  ["with a line as its signal", { stopSignal: "TERM KILL" }, "has an invalid stop signal"],
  ["with a label of ours", { labels: { "slipway.host": "x" } }, "has an invalid label"],
  ["that keeps more memory than it may have", { memoryReservationMiB: 257 }, "has an invalid memory reservation"],
  ["without an introduction", { introduction: null }, "has no introduction"],
  ["behind nobody", { dependsOn: ["nobody"] }, "depends on a service that is none"],
  ["behind a word", { dependsOn: "api" }, "depends on a service that is none"],
])("a service %s is refused", (_, change, problem) => {
  const manifest = full();
  Object.assign(manifest.services[0], change);
  expect(problems(manifest).join("\n")).toContain(problem);
});

test.each<[string, "tasks" | "schedules", object, string]>([
  ["a task with an unknown key", "tasks", { port: 80 }, "task migrate has the unknown key port"],
  ["a task by tag", "tasks", { image: "app:1.0" }, "task migrate has an image that is not pinned by digest: app:1.0"],
  ["a task without a spec", "tasks", { spec: null }, "task migrate has no spec"],
  ["a task that may not end", "tasks", { timeoutSeconds: 0 }, "task migrate has no timeout"],
  ["a task before nobody", "tasks", { before: ["nobody"] }, "task migrate is before a service that is none"],
  ["a task before a word", "tasks", { before: "web" }, "task migrate is before a service that is none"],
  ["a task of a service's name", "tasks", { name: "web" }, "two have one name"],
  ["a schedule with a shell in its time", "schedules", { calendar: "$(id)" }, "schedule report-0 has no calendar"],
  [
    "a schedule of two times",
    "schedules",
    { calendar: "*-*-* 1:00:00 UTC\nUnit=x" },
    "schedule report-0 has no calendar",
  ],
  ["a schedule without an end", "schedules", { timeoutSeconds: 1e6 }, "schedule report-0 has no timeout"],
  ["a schedule with a path for its name", "schedules", { name: "../x" }, "../x is an invalid name"],
])("%s is refused", (_, key, change, problem) => {
  const manifest = full();
  Object.assign(manifest[key][0], change);
  expect(problems(manifest).join("\n")).toContain(problem);
});

test("tasks without a ledger are refused, and what is neither tasks nor schedules", () => {
  expect(problems({ ...full(), taskLedger: null })).toContain("names no ledger of its tasks");
  expect(problems({ ...full(), tasks: [], taskLedger: null })).toEqual([]);
  expect(problems({ ...full(), schedules: {} })).toContain("has no valid tasks or schedules");
});

function check(change: object) {
  return { ...HealthCheck.http("/").toJSON(), ...change };
}

function secret(change: object) {
  return { from: "parameter", id: "/a", ...change };
}

const acme = () => Tls.acme({ email: "ops@example.com", agreeToTerms: true, directory: "https://ca.test:14000/dir" });
const secured = () => ({
  agent,
  ...declaredManifest({
    host: HOST,
    services: [web],
    sites: { "shop.example.com": "web", "*.example.com": "web" },
    tls: {
      "shop.example.com": acme(),
      "*.example.com": Tls.certificate({ source: { kind: "parameter", id: "/shop/tls" } }),
    },
  }),
});

const SECRET = { from: "secrets-manager", id: "alice", version: "2" };
const LOGIN = { repository: "ghcr.io/octo/app", registry: "ghcr.io", username: "reader", password: SECRET };
const guarded = () => ({
  ...secured(),
  basicAuth: [{ name: "shop.example.com", file: "shop.example.com-0123abcd", users: { alice: SECRET } }],
  logins: [LOGIN],
});

test("sites with passwords and logins of registries may be released", () => {
  expect(problems(guarded())).toEqual([]);
});

test.each([
  [
    "passwords in a file elsewhere",
    { basicAuth: [{ name: "a", file: "../a-0123abcd", users: { a: SECRET } }] },
    "basic auth of a has no file",
  ],
  [
    "passwords of nobody",
    { basicAuth: [{ name: "a", file: "a-0123abcd", users: {} }] },
    "basic auth of a has no users",
  ],
  [
    "a user of two lines",
    { basicAuth: [{ name: "a", file: "a-0123abcd", users: { "a\nb": SECRET } }] },
    "has the invalid user",
  ],
  [
    "a password in the open",
    { basicAuth: [{ name: "a", file: "a-0123abcd", users: { a: { ...SECRET, value: "x" } } }] },
    "password of a has the unknown key value",
  ],
  ["a login's password in the open", { logins: [{ ...LOGIN, password: "x" }] }, "login of ghcr.io/octo/app"],
  ["a login of nobody", { logins: [{ ...LOGIN, username: "a:b" }] }, "login of ghcr.io/octo/app has no username"],
  ["a login for all", { logins: [{ ...LOGIN, repository: "*" }] }, "login of * has no repository"],
])("a manifest with %s is refused", (_, change, problem) => {
  expect(problems({ ...guarded(), ...change }).join("\n")).toContain(problem);
});

test("names with TLS may be released", () => {
  expect(secured().tls).toHaveLength(2);
  expect(problems(secured())).toEqual([]);
});

test.each([
  ["with files elsewhere", { file: "../../etc/passwd" }, "name shop.example.com has another file"],
  ["without texts", { lost: "" }, "name shop.example.com has no texts"],
  ["with two sources", { certificate: { from: "parameter", id: "/x" } }, "name shop.example.com has not one source"],
  ["with an email that a shell takes apart", { acme: { email: "a'b@c", directory: "https://ca/dir" } }, "has no email"],
  ["with a directory by HTTP", { acme: { email: "a@c.de", directory: "http://ca/dir" } }, "has no directory"],
])("a name with TLS %s may not", (_, change, problem) => {
  const manifest = JSON.parse(JSON.stringify(secured()));
  const at = manifest.tls.findIndex(({ name }: { name: string }) => name === "shop.example.com");
  Object.assign(manifest.tls[at], change);
  expect(problems(manifest).join("\n")).toContain(problem);
});

function mounted(change: object, at = "/x") {
  return { mounts: { [at]: { kind: "volume", volume: "more", shared: true, ...change } }, direct: null };
}
