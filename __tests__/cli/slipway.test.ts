import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeMachine, makeProject } from "./fake-machine.ts";

jest.setTimeout(60_000);

const ready = () => new FakeMachine().docker().engineUp().terraform();
const container = (port: number) => ({
  resource: {
    docker_container: {
      nginx: { "//": { metadata: { path: "cats/host/Nginx" } }, ports: [{ external: port, ip: "127.0.0.1" }] },
    },
  },
});
const PLANNED = [{ type: "change_summary", changes: { add: 1, change: 0, remove: 0, operation: "plan" } }];
const APPLIED = [
  { type: "apply_complete", hook: { resource: { addr: "docker_container.nginx" }, action: "create" } },
  { type: "change_summary", changes: { add: 1, change: 0, remove: 0, operation: "apply" } },
  { type: "outputs", outputs: { url: { value: "http://cats.localhost:8888/" } } },
];

it.each([
  [["--help"], 0, /^usage: slipway <verb>/, /^$/],
  [[], 0, /^usage: slipway <verb>/, /^$/],
  [["--version"], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
  [["deploy"], 2, /^$/, /^slipway: verb must be one of .*, got deploy\n\nslipway --help says what there is\n$/],
  [["up"], 1, /^$/, /^slipway: no cdktf\.json in .* or above it: run this in a project's folder\n$/],
] as const)("%j outside of a project exits with %d", async (args, code, stdout, stderr) => {
  const outcome = await new FakeMachine().start(tmpdir(), args);
  expect(outcome.stdout).toMatch(stdout);
  expect(outcome.stderr).toMatch(stderr);
  expect(outcome.code).toBe(code);
});

describe("a machine that lacks everything", () => {
  it("is told what is missing, one line each with where to get it, and nothing is done", async () => {
    const project = makeProject();
    const { code, stderr, stdout } = await new FakeMachine().slipway(project, ["up"]);
    expect(code).toBe(3);
    expect(stderr.trim().split("\n")).toEqual([
      "slipway: no terraform or tofu in PATH: install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install)",
      "docker is not installed (no docker command in PATH): install Docker Engine (https://docs.docker.com/engine/install) or Docker Desktop and start it",
    ]);
    expect(stdout).toContain("> check this machine");
    expect(existsSync(join(project, "synths"))).toBe(false);
  });

  it("is not asked for tools that a verb does not use", async () => {
    const project = makeProject();
    writeFileSync(join(project, "Dockerfile"), "FROM scratch\n");
    const { code, stdout } = await new FakeMachine().slipway(project, ["context", "."]);
    expect({ code, listed: stdout.includes("Dockerfile") }).toEqual({ code: 0, listed: true });
  });
});

it.each([
  [
    "an old Terraform",
    () => ready().terraform({ version: "1.4.9" }),
    {},
    /terraform must be 1\.5\.0 or newer, got 1\.4\.9: install Terraform/,
  ],
  ["a broken Terraform", () => ready().program("terraform", "exit 1"), {}, /terraform does not tell its version/],
  [
    "an engine elsewhere that is down",
    () => new FakeMachine().docker().terraform(),
    { DOCKER_HOST: "tcp://10.255.0.1:2375" },
    /docker at tcp:\/\/10\.255\.0\.1:2375 does not answer \(cannot connect to the engine\): start it there, or unset DOCKER_HOST/,
  ],
  [
    "an engine that refuses the user",
    () => ready().program("docker", `echo '{"ServerErrors":["permission denied"]}'; exit 1`),
    {},
    /refuses this user: sudo usermod -aG docker/,
  ],
] as const)("%s is named before anything is made", async (_, machine, env, message) => {
  const project = makeProject();
  const { code, stderr } = await machine().slipway(project, ["up"], env);
  expect(stderr).toMatch(message);
  expect(code).toBe(3);
  expect(existsSync(join(project, "synths"))).toBe(false);
});

describe("up", () => {
  it("goes from synth to an address, in plain lines, with the time of each step", async () => {
    const machine = ready().terraform({ plan: PLANNED, apply: APPLIED });
    const { code, stdout, stderr } = await machine.start(makeProject(container(0)), ["up"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.includes("\u001b")).toBe(false);
    const steps = stdout.split("\n").filter((line) => line.startsWith("> "));
    expect(steps).toEqual([
      "> check this machine",
      "> synthesize all stacks",
      "> check ports and registries",
      "> terraform init",
      "> terraform plan",
      "> terraform apply",
    ]);
    expect(stdout).toMatch(/ {2}to create 1, to change 0, to remove 0\n[\s\S]*\n {2}created cats\/host\/Nginx\n/);
    expect(stdout).toMatch(/ {2}terraform apply\s+\d+\.\d s\n {2}total\s+\d+\.\d s\n/);
    expect(stdout).toMatch(
      /cats is up: 1 created, 0 changed, 0 removed\nhttp:\/\/cats\.localhost:8888\/\ncurl -H 'Host: cats\.localhost' http:\/\/127\.0\.0\.1:8888\/\n$/,
    );
  });

  it("makes a service anew that somebody stopped by hand, for Terraform would find nothing to do", async () => {
    const web = {
      "//": { metadata: { path: "cats/host/web/Container/Resource" } },
      lifecycle: { create_before_destroy: true },
    };
    const project = makeProject({ resource: { docker_container: { web } } });
    const machine = ready();
    await machine.slipway(project, ["up"]);
    writeFileSync(join(project, "terraform.cats.tfstate"), "{}");
    const docker = readFileSync(join(machine.bin, "docker"), "utf8").split("\n").slice(2).join("\n");
    machine.program("docker", `[ "$1" != ps ] || printf 'cats/host/web/Container\\texited\\n'\n${docker}`);
    const { code, stdout } = await machine.slipway(project, ["up"]);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain("cats/host/web/Container does not run: a new container takes its place");
    const plans = machine.calls("terraform").filter((line) => line.includes(" plan "));
    expect(plans.map((line) => line.includes("-replace=docker_container.web"))).toEqual([false, true]);
  });

  it("initializes only when what it depends on has changed", async () => {
    const machine = ready();
    const project = makeProject();
    const inits = () => machine.calls("terraform").filter((line) => line.includes(" init ")).length;
    await machine.slipway(project, ["up"]);
    await machine.slipway(project, ["up"]);
    expect(inits()).toBe(1);
    machine.terraform({ version: "1.12.0" });
    await machine.slipway(project, ["up"]);
    expect(inits()).toBe(2);
  });

  it("tells the whole reason of a failure, and fails", async () => {
    const detail = "exit status 1\nweb: unhealthy\nweb: last said: boom";
    const error = { type: "diagnostic", diagnostic: { severity: "error", summary: "local-exec", detail } };
    const machine = ready().terraform({ apply: [error], code: 1 });
    const { code, stderr } = await machine.slipway(makeProject(), ["up"]);
    expect(code).toBe(1);
    expect(stderr).toBe("slipway: error: local-exec\n  exit status 1\n  web: unhealthy\n  web: last said: boom\n");
  });

  it("stops before anything is made when a port is taken", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const machine = ready();
    const { code, stdout } = await machine.slipway(makeProject(container(port)), ["up"]);
    server.close();
    expect(code).toBe(3);
    expect(stdout).toContain(`port ${port}, which cats/host/Nginx publishes, is taken by another program: stop it`);
    expect(machine.calls("terraform").filter((line) => !line.includes("version"))).toEqual([]);
  });

  it("stops before the apply where the provider would build on another engine than the stack's", async () => {
    const image = { "//": { metadata: { path: "cats/image/Resource" } }, build: { context: ".", dockerfile: "f" } };
    const provider = { docker: [{ host: "tcp://10.0.0.1:2375" }] };
    const project = makeProject({ provider, resource: { docker_image: { image } } });
    writeFileSync(
      join(project, "app.js"),
      `${readFileSync(join(project, "app.js"), "utf8")}fs.writeFileSync(out + "/stacks/cats/f", "FROM scratch\\n");`,
    );
    const machine = ready().terraform({ dockerProvider: "4.5.0" });
    const { code, stdout } = await machine.slipway(project, ["up"]);
    expect(code).toBe(3);
    expect(stdout).toContain(
      "cats/image would be built at unix:///var/run/docker.sock, where the docker command goes, and looked for at tcp://10.0.0.1:2375, which the stack declares: Terraform's Docker provider 4.5.0 builds like the docker command: export DOCKER_HOST=tcp://10.0.0.1:2375\n",
    );
    expect(machine.calls("terraform").filter((line) => / (plan|apply) /.test(line))).toEqual([]);
    const matched = await machine.slipway(project, ["up"], { DOCKER_HOST: "tcp://10.0.0.1:2375" });
    expect(matched).toMatchObject({ code: 0, stderr: "" });
  });

  it("refuses a stack that the app does not declare", async () => {
    const { code, stderr } = await ready().slipway(makeProject(), ["up", "dogs"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "slipway: stack must be one of cats, got dogs\n" });
  });

  it("shows what a failing app said", async () => {
    const project = makeProject({}, { "app.js": 'console.error("cats/host: port: no"); process.exit(1)' });
    const { code, stderr } = await ready().slipway(project, ["up"]);
    expect(code).toBe(1);
    expect(stderr).toContain("cats/host: port: no");
  });

  it("takes OpenTofu where there is no Terraform", async () => {
    const machine = ready();
    machine.program("tofu", readFileSync(join(machine.bin, "terraform"), "utf8").split("\n").slice(2).join("\n"));
    machine.remove("terraform");
    const { code, stdout } = await machine.slipway(makeProject(), ["up"]);
    expect({ code, named: stdout.includes("OpenTofu 1.11.4") }).toEqual({ code: 0, named: true });
    expect(machine.calls("tofu").some((line) => / apply .*\.tfplan$/.test(line))).toBe(true);
  });
});

describe("down", () => {
  it("destroys what Terraform knows of, then cleans up by the label", async () => {
    const machine = ready();
    const project = makeProject();
    await machine.slipway(project, ["up"]);
    writeFileSync(join(project, "terraform.cats.tfstate"), "{}");
    const { code, stdout } = await machine.slipway(project, ["down"]);
    expect(code).toBe(0);
    expect(stdout).toContain("cats is down, nothing was left on the engine\n");
    expect(machine.calls("terraform").some((line) => line.includes(" plan -destroy "))).toBe(true);
    expect(
      machine.calls("docker").filter((line) => line.includes("label=dev.slipway.stack=cats")).length,
    ).toBeGreaterThan(3);
  });

  it("cleans up without Terraform where there is no state", async () => {
    const machine = ready();
    const { code } = await machine.slipway(makeProject(), ["down"]);
    expect(code).toBe(0);
    expect(machine.calls("terraform").filter((line) => !line.includes("version"))).toEqual([]);
  });
});

describe("a project's own preparation", () => {
  const prepared = (body: string) =>
    makeProject({}, { "package.json": '{"slipway":{"prepare":"prepare.mjs"}}', "prepare.mjs": body });

  it("hands its variables to synth, and env prints them and nothing else", async () => {
    const project = prepared('export const prepare = async () => ({ PREPARED: "it\'s so" });');
    const machine = ready();
    expect((await machine.slipway(project, ["up"])).code).toBe(0);
    expect(readFileSync(join(project, "synths"), "utf8")).toBe("it's so\n");
    const { code, stdout } = await machine.slipway(project, ["env"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "export PREPARED='it'\\''s so'\nexport BUILDX_NO_DEFAULT_ATTESTATIONS='1'\n",
    });
  });

  it("hands verbs that need no engine what an earlier run prepared, but for the one that writes the project's own pins", async () => {
    const project = prepared('export const recall = async () => ({ PREPARED: "earlier" });');
    const machine = new FakeMachine();
    for (const verb of ["list", "lock"]) await machine.slipway(project, [verb]);
    expect(readFileSync(join(project, "synths"), "utf8")).toBe("earlier\n\n");
  });

  it("can want a mirror, which an engine that lacks it is told of", async () => {
    const project = prepared('export const plan = async () => ({ mirror: "http://127.0.0.1:5999" });');
    const { code, stderr } = await ready().slipway(project, ["up"]);
    expect(code).toBe(3);
    expect(stderr).toBe(
      'slipway: the Docker Engine must pull through the mirror http://127.0.0.1:5999, got none: add "registry-mirrors": ["http://127.0.0.1:5999"] to the engine\'s configuration (/etc/docker/daemon.json on Linux) and reload it\n',
    );
    const mirrored = ready().docker({ RegistryConfig: { Mirrors: ["http://127.0.0.1:5999/"] } });
    expect((await mirrored.slipway(project, ["up"])).code).toBe(0);
  });
});

describe("the stand-ins that come with Slipway", () => {
  const wants = /the Docker Engine must pull through the mirror http:\/\/127\.0\.0\.1:5055, got none/;

  it.each([
    ["a project that names them", { "package.json": '{"slipway":{"prepare":"slipway/offline"}}' }],
    ["one that names none, where they are asked for", {}],
  ])("are for %s", async (_, files) => {
    const offline = await ready().slipway(makeProject({}, files), ["up"], { SLIPWAY_OFFLINE: "1" });
    expect(offline.stdout).toContain("OFFLINE: registry-1.docker.io does not answer");
    expect(offline.stderr).toMatch(wants);
  });

  it("are nobody else's: what is built is what was declared", async () => {
    const { code, stdout } = await ready().slipway(makeProject(), ["up"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("look whether the public registries answer");
  });
});

it("installs the project's packages when they are missing, and says why that failed", async () => {
  const project = makeProject({}, { "package-lock.json": "{}" });
  const failing = ready().program("npm", "echo 'npm error code EUSAGE' >&2; exit 1");
  const { code, stderr } = await failing.slipway(project, ["up"]);
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: "slipway: npm ci failed with exit status 1\nnpm error code EUSAGE\n",
  });
  const machine = ready().program("npm", "mkdir node_modules && touch node_modules/.package-lock.json");
  expect((await machine.slipway(project, ["up"])).code).toBe(0);
  expect(machine.calls("npm")).toEqual(["npm ci --no-fund --no-audit --loglevel=error"]);
});

it("does not let npm empty a folder that node_modules only links to", async () => {
  const project = makeProject({}, { "package-lock.json": "{}" });
  const shared = mkdtempSync(join(tmpdir(), "slipway-shared-"));
  writeFileSync(join(shared, "kept"), "");
  symlinkSync(shared, join(project, "node_modules"));
  const machine = ready().program("npm", "rm -rf node_modules/*");
  const { code, stderr } = await machine.slipway(project, ["up"]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^slipway: node_modules is missing, and node_modules must be the project's own/);
  expect([machine.calls("npm"), existsSync(join(shared, "kept"))]).toEqual([[], true]);
});
