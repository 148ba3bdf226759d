import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IsolatedEngine, withEngine } from "../../scripts/engines/isolated-engine.mjs";
import { selfSigned } from "../self-signed.ts";
import { pageServer } from "./page-server.ts";
import { docker, Project } from "./project.ts";

jest.setTimeout(240_000);

const KEY = `key-${randomBytes(8).toString("hex")}`;
const SERVER = pageServer(
  `
body, status = os.environ.get("BODY", "one"), int(os.environ.get("STATUS", "200"))
if self.path == "/key":
    body = open("/run/secrets/KEY").read()
if self.path == "/needs":
    body, status = fetched(os.environ["NEEDS"])
`,
  `
if os.environ.get("ENDS"):
    print("database url missing")
    sys.exit(int(os.environ["ENDS"]))
`,
);

const cacheDir = mkdtempSync(join(tmpdir(), "slipway-swarm-"));
let engine: IsolatedEngine;
let leave: () => void;
let left: Promise<void>;
let project: Project;
/** What synth and Terraform see; what a test changes here, the next apply has. */
const environment: Record<string, string> = { SLIPWAY_TEST_KEY: KEY };

beforeAll(async () => {
  const mirrors = JSON.parse(docker("info", "--format", "{{json .RegistryConfig.Mirrors}}")) ?? [];
  const props = { name: "swarm", cacheDir, mirrors, log: () => {} };
  await new Promise<void>((started, failed) => {
    left = withEngine(props, (own) => {
      engine = own;
      started();
      return new Promise<void>((done) => {
        leave = done;
      });
    });
    left.catch(failed);
  });
  const { key, certificate } = selfSigned(["secured.localhost"]);
  Object.assign(environment, engine.environment, { SLIPWAY_TEST_PEM: `${key}${certificate}` });
  project = new Project("swarm.ts", "slipway-swarm", { "server.py": SERVER }, environment, (...words) =>
    engine.inside(...words),
  );
  await project.synth();
  await project.init();
});
afterAll(async () => {
  leave?.();
  await left?.catch(() => {});
  project?.remove();
  rmSync(cacheDir, { recursive: true, force: true });
});

/** What a program says that runs where the swarm is. */
function inside(program: string, ...args: string[]): string {
  const [command, words] = engine.inside(program, args);
  const env = { ...process.env, ...engine.environment };
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

const page = (host: string, path = "/") => inside("curl", "-sS", "-H", `Host: ${host}`, `http://127.0.0.1:8080${path}`);

async function apply(env: Readonly<Record<string, string>> = {}, more: Readonly<Record<string, string>> = {}) {
  await project.synth({ SLIPWAY_TEST_ENV: JSON.stringify(env), ...more });
  return project.apply();
}

/** Asks all the time while `work` is done. */
async function meanwhile<T>(work: () => Promise<T>) {
  const words = ["--import", require.resolve("tsx"), join(__dirname, "programs/ask.ts"), "8080", "web.localhost"];
  const child = spawn(...engine.inside(process.execPath, words), { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const ended = once(child, "close");
  await Promise.race([once(child.stdout, "data"), ended]);
  if (said === "") throw new Error("nothing answers yet");
  const result = await work();
  child.stdin.end();
  await ended;
  const { bodies, ...answers } = JSON.parse(said.trim().split("\n").at(-1) as string);
  return { result, bodies: new Map<string, number>(bodies), answers };
}

const serial = () => {
  const words = ["s_client", "-connect", "127.0.0.1:8443", "-servername", "secured.localhost", "-showcerts"];
  return inside("sh", "-c", '"$@" </dev/null 2>/dev/null | openssl x509 -noout -serial', "sh", "openssl", ...words);
};

const edge = () =>
  inside("docker", "ps", "--quiet", "--filter", "label=dev.slipway.construct=slipway-swarm/host/Nginx");

test("an engine in no swarm is told what to do, before anything is made", async () => {
  const { status, output } = await project.apply();
  expect(output).toMatch(/slipway-swarm\/host: unix:\S+ is in no swarm: run docker swarm init there/);
  expect(status).toBe(1);
  expect(project.state()).not.toContain('"type": "docker_');
});

test("a swarm of one node serves what is declared, by TLS too, and a second plan is empty", async () => {
  inside("docker", "swarm", "init", "--advertise-addr", "127.0.0.1");
  const { status, output } = await apply();
  expect({ status, output }).toMatchObject({ status: 0 });
  expect(output).toContain("slipway-swarm/host: web serves, 1/1 tasks run");
  expect([page("web.localhost"), page("web.localhost", "/key"), page("web.localhost", "/needs")]).toEqual([
    "one",
    KEY,
    "api",
  ]);
  const secured = ["--resolve", "secured.localhost:8443:127.0.0.1", "https://secured.localhost:8443/"];
  expect(inside("curl", "-sSk", ...secured)).toBe("one");
  expect(await project.plan()).toMatchObject({ status: 0 });
  expect(project.state()).not.toContain(KEY);
  expect(project.state()).not.toContain("PRIVATE KEY");
});

test("a new version of a service fails no request, and Nginx stays as it is", async () => {
  const before = edge();
  const { result, bodies, answers } = await meanwhile(() => apply({ BODY: "two" }));
  expect(result).toMatchObject({ status: 0 });
  expect(answers.failed).toEqual([]);
  expect([...bodies.keys()]).toEqual(["one", "two"]);
  expect(edge()).toBe(before);
  expect(before).not.toBe("");
});

test("a version that the swarm rolls back fails the apply with the reason and the last lines, and the old one serves", async () => {
  const { result, bodies, answers } = await meanwhile(() => apply({ BODY: "three", ENDS: "3" }));
  expect(result.status).toBe(1);
  expect(result.output).toContain("slipway-swarm/host: web is not what is declared: ");
  expect(result.output).toMatch(/slipway-swarm\/host: web: its task on \S+ failed: task: non-zero exit \(3\)/);
  expect(result.output).toContain("    database url missing");
  expect(answers.failed).toEqual([]);
  expect([...bodies.keys()]).toEqual(["two"]);
});

test("one that never gets healthy says what its check said; the way back is an apply", async () => {
  const ill = await apply({ BODY: "three", STATUS: "503" });
  expect(ill.status).toBe(1);
  expect(ill.output).toContain("web: its health check said last: GET / was answered 503, not 2xx");
  expect(page("web.localhost")).toBe("two");
  expect(await apply({ BODY: "two" })).toMatchObject({ status: 0 });
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("another route is taken in place: no request fails, and Nginx stays as it is", async () => {
  const before = edge();
  const { result, answers } = await meanwhile(() => apply({ BODY: "two" }, { SLIPWAY_TEST_ROUTE: "/moved" }));
  expect(result).toMatchObject({ status: 0 });
  expect([page("web.localhost", "/moved"), page("web.localhost", "/api")]).toEqual(["api", "two"]);
  expect(answers.failed).toEqual([]);
  expect(answers.answered).toBeGreaterThan(100);
  expect(edge()).toBe(before);
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("a certificate that Nginx refuses fails the apply with what it said, and the old one is served", async () => {
  const [before, first] = [edge(), serial()];
  environment.SLIPWAY_TEST_PEM = "no certificate\n";
  const route = { SLIPWAY_TEST_ROUTE: "/moved" };
  const { result, answers } = await meanwhile(() =>
    apply({ BODY: "two" }, { ...route, SLIPWAY_TEST_CERTIFICATE: "2" }),
  );
  expect(result.status).toBe(1);
  expect(result.output).toContain("slipway-swarm/host: Nginx's texts is not what is declared: ");
  expect(result.output).toContain("    Nginx refuses the configuration:");
  expect(result.output).toMatch(/ {4}.*secured\.localhost\.pem/);
  expect(answers.failed).toEqual([]);
  expect(serial()).toMatch(/^serial=/);
  expect(serial()).toBe(first);
  expect(edge()).toBe(before);
});

test("another certificate is taken in place", async () => {
  const [before, first] = [edge(), serial()];
  const { key, certificate } = selfSigned(["secured.localhost"]);
  environment.SLIPWAY_TEST_PEM = `${key}${certificate}`;
  const { result, answers } = await meanwhile(() =>
    apply({ BODY: "two" }, { SLIPWAY_TEST_ROUTE: "/moved", SLIPWAY_TEST_CERTIFICATE: "3" }),
  );
  expect(result).toMatchObject({ status: 0 });
  expect(answers.failed).toEqual([]);
  expect(serial()).not.toBe(first);
  expect(edge()).toBe(before);
});

test("a destroy leaves nothing in the swarm", async () => {
  const { status, output } = await project.terraform("destroy", "-auto-approve");
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("Destroy complete!") });
  for (const kind of ["service", "config", "secret"])
    expect([kind, inside("docker", kind, "ls", "--quiet")]).toEqual([kind, ""]);
  expect(inside("docker", "volume", "ls", "--quiet")).toBe("");
  expect(inside("docker", "network", "ls", "--format", "{{.Name}}", "--filter", "scope=swarm")).toBe("ingress");
});
