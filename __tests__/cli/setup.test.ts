import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Apt, readRelease } from "../../src/cli/apt.mjs";
import { type Engine, startEngine } from "../../src/cli/engine.mjs";
import { ensureMirror, withMirror } from "../../src/cli/engine-setup.mjs";
import { setUp } from "../../src/cli/setup.mjs";
import { Terminal } from "../../src/cli/terminal.mjs";
import { terraformRequirement } from "../../src/cli/terraform-setup.mjs";
import { FakeMachine } from "./fake-machine.ts";

const DEBIAN = { id: "debian", like: [], codename: "bookworm" };
const before = { ...process.env };
let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
  for (const name of ["CI", "DOCKER_HOST", "DOCKER_CONTEXT", "TERRAFORM_BINARY_NAME"]) delete process.env[name];
  process.env.PATH = machine.bin;
  process.env.SLIPWAY_CACHE_DIR = join(machine.folder, "cache");
});

afterEach(() => {
  Object.assign(process.env, before);
  if (before.SLIPWAY_CACHE_DIR === undefined) delete process.env.SLIPWAY_CACHE_DIR;
});

/** A terminal that keeps what was said; with `answer`, one where somebody types it. */
function open(answer?: string) {
  const tty = answer !== undefined;
  const out = Object.assign(new PassThrough(), { isTTY: tty });
  const input = Object.assign(new PassThrough(), { isTTY: tty });
  if (tty) input.write(`${answer}\n`);
  const terminal = new Terminal({ out: out as never, input: input as never, env: { NO_COLOR: "1" } });
  return { terminal, said: () => (out.read() ?? "").toString() as string };
}

const root = () => mkdtempSync(join(tmpdir(), "slipway-setup-"));
const needs = { install: false, tools: true };
const apt = (terminal: Terminal, uid: number) => new Apt(terminal, DEBIAN, uid, join(machine.folder, "etc"));

it("answers the tools of a machine that has them, and changes nothing", async () => {
  machine.docker().engineUp().terraform();
  const { terminal, said } = open();
  const found = await setUp(terminal, { ...needs, root: root() });
  expect(found.terraform).toEqual({ program: "terraform", name: "Terraform", version: "1.11.4" });
  expect(found.engine).toMatchObject({ state: "running", version: "99.0", context: "default" });
  expect(said()).toContain("Docker Engine 99.0 at unix:///var/run/docker.sock");
});

describe("with a package manager", () => {
  beforeEach(() => {
    machine.terraform();
    // The package's own script starts the engine, as it does where an init runs.
    const install = `case "$*" in *docker.io*) touch '${machine.folder}/engine-up' ;; esac`;
    machine.program("apt-get", install).program("apt-cache", "echo '  Candidate: (none)'");
    machine.program("sudo", '[ "$1" = -n ] && shift; "$@"');
    machine.program("dockerd").docker();
    machine.remove("dockerd");
  });

  const changes = () => machine.calls().filter((line) => /^(sudo|apt-get) /.test(line));

  it("installs as root, and looks again", async () => {
    const { terminal, said } = open();
    const found = await setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 0) });
    expect(found.engine?.state).toBe("running");
    expect(changes()).toEqual([
      "apt-get update -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600",
      "apt-get install -y -q --no-install-recommends -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600 docker.io apparmor ca-certificates",
    ]);
    const text = said();
    expect(text).toContain("  docker is not installed (cannot connect to the engine)\n");
    expect(text).toContain("  will install docker.io by apt and start the Docker Engine\n");
    expect(text).toContain("  $ env DEBIAN_FRONTEND=noninteractive apt-get install");
  });

  it("adds the client where it is a package of its own", async () => {
    machine.program("apt-cache", "echo '  Candidate: 28.0'");
    const { terminal } = open();
    await setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 0) });
    expect(changes()[1]).toContain("docker.io docker-cli apparmor");
  });

  it("does nothing for a user who said nothing, and says how to say it", async () => {
    const { terminal } = open();
    await expect(setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 1000) })).rejects.toThrow(
      /^docker is not installed \(.*\): install Docker Engine .*\nor let this command do it: add --install$/,
    );
    expect(changes()).toEqual([]);
  });

  it.each([
    ["--install", { install: true }, {}],
    ["CI", {}, { CI: "true" }],
  ])("uses a sudo that asks nothing, and shows it, with %s", async (_, more, env) => {
    Object.assign(process.env, env);
    const { terminal, said } = open();
    await setUp(terminal, { ...needs, ...more, root: root(), apt: apt(terminal, 1000) });
    delete process.env.CI;
    expect(changes().filter((line) => line.startsWith("sudo -n apt-get update"))).toHaveLength(1);
    expect(said()).toContain("  $ sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install");
  });

  it("asks on a terminal, and takes a no for a no", async () => {
    const { terminal, said } = open("n");
    await expect(setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 1000) })).rejects.toThrow(
      "docker is not installed",
    );
    expect(said()).toContain("Go ahead? [y/N]");
    expect(changes()).toEqual([]);
  });

  it("asks on a terminal, and takes a yes for a yes", async () => {
    const { terminal } = open("y");
    await setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 1000) });
    expect(changes().filter((line) => line.startsWith("sudo apt-get"))).toHaveLength(1);
  });

  it("says why an installation failed", async () => {
    machine.program("apt-get", "echo 'E: Unable to locate package docker.io' >&2; exit 100");
    const { terminal, said } = open();
    await expect(setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 0) })).rejects.toThrow(
      /apt-get install .* failed with exit status 100\nE: Unable to locate package docker\.io$/,
    );
    expect(said()).toContain("failed, ");
  });

  it("does not go on when it helped nothing", async () => {
    machine.program("apt-get").program("systemctl").program("dockerd", "exit 1");
    const { terminal } = open();
    await expect(setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 0) })).rejects.toThrow(
      /docker(d| is not)/,
    );
  });

  it("installs what only the machine itself can have", async () => {
    machine.engineUp();
    const install = `case "$*" in *some-package) echo 'true' > '${machine.bin}/some-program'; chmod +x '${machine.bin}/some-program' ;; esac`;
    machine.program("apt-get", install.replace("chmod", "/bin/chmod"));
    const { terminal } = open();
    await setUp(terminal, {
      ...needs,
      root: root(),
      apt: apt(terminal, 0),
      system: { "some-program": "some-package" },
    });
    expect(changes()[1]).toMatch(/ some-package$/);
  });

  it("says what a program is for, and asks for what a verb needs besides, before anything is changed", async () => {
    machine.engineUp();
    const { terminal } = open();
    const lacks = setUp(terminal, {
      ...needs,
      root: root(),
      apt: undefined,
      programs: { "some-program": { package: "some-package", why: "plays the account" } },
      further: async () => [{ problem: "no moto", remedy: "pip install moto" }],
    });
    await expect(lacks).rejects.toThrow(
      "no some-program in PATH, which plays the account: install it (Debian: apt-get install some-package)\nno moto: pip install moto",
    );
    expect(changes()).toEqual([]);
  });

  describe("and programs that it lacks", () => {
    const programs = { "some-program": "some-package" };

    beforeEach(() => {
      machine.engineUp();
      machine.program("ldd").program("dpkg-deb", `/bin/cp -r "$2.root" "$3"`);
      const download = "mkdir -p some.deb.root/usr/bin; echo '#!/bin/sh' >some.deb.root/usr/bin/some-program";
      const index = join(machine.folder, "index");
      machine.program(
        "apt-get",
        `case "$*" in
          *update) : >'${index}' ;;
          *--simulate*) [ -e '${index}' ] || { echo 'E: Unable to locate package' >&2; exit 100; }
            echo 'Inst some-package [1.0] (1.1 Debian:12 [amd64])' ;;
          *download*) ${download}; : >some.deb; /bin/chmod +x some.deb.root/usr/bin/some-program ;;
        esac`,
      );
    });

    const unpacked = () => join(process.env.SLIPWAY_CACHE_DIR ?? "", "programs");

    it("unpacks them beside its own, asks nobody and installs nothing", async () => {
      const { terminal, said } = open();
      await setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 1000), programs });
      expect(process.env.PATH).toMatch(`${machine.bin}:${unpacked()}`);
      expect(said()).toMatch(
        /no some-program in PATH\n {2}will unpack Debian's packages of some-program into .*: nothing of them is installed\n/,
      );
      expect(machine.calls("sudo")).toEqual([]);
      expect(changes().filter((line) => !line.includes("--simulate"))).toEqual([
        expect.stringMatching(/^apt-get -o Dir::State::lists=\S+ -o Dir::Cache=\S+ .* update$/),
        expect.stringMatching(/^apt-get -o Dir::State::lists=\S+ .* download some-package=1\.1$/),
      ]);
    });

    it("uses what is unpacked without another word", async () => {
      const first = open().terminal;
      await setUp(first, { ...needs, root: root(), apt: apt(first, 1000), programs });
      process.env.PATH = machine.bin;
      const before = machine.calls("apt-get").length;
      const { terminal, said } = open();
      await setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 1000), programs });
      expect(machine.calls("apt-get")).toHaveLength(before);
      expect(said()).toContain(`  some-program from ${unpacked()}`);
      expect(process.env.PATH).toMatch(`${machine.bin}:${unpacked()}`);
    });

    it("does not consent to what is installed beside them", async () => {
      const { terminal } = open();
      const asked = { ...needs, root: root(), apt: apt(terminal, 1000), programs, system: { other: "other-package" } };
      await expect(setUp(terminal, asked)).rejects.toThrow("or let this command do it: add --install");
      expect(changes()).toEqual([]);
    });

    it("says why a package could not be had, and leaves nothing half done", async () => {
      machine.program("apt-get", "echo 'E: no network' >&2; exit 100");
      const { terminal } = open();
      await expect(setUp(terminal, { ...needs, root: root(), apt: apt(terminal, 1000), programs })).rejects.toThrow(
        /apt-get .* update failed\nE: no network$/,
      );
      expect(readdirSync(unpacked(), { recursive: true }).filter((each) => /some-package/.test(String(each)))).toEqual(
        [],
      );
    });
  });
});

describe("Terraform", () => {
  const send = (status: number) => async () => ({ status, text: "KEY\n" });

  it("comes from its vendor's archive, which only its own key may sign", async () => {
    machine.program("apt-get");
    const { terminal } = open();
    await terraformRequirement("none", apt(terminal, 0), send(200)).fix?.();
    const etc = join(machine.folder, "etc");
    expect(readFileSync(join(etc, "keyrings/hashicorp.asc"), "utf8")).toBe("KEY\n");
    expect(readFileSync(join(etc, "sources.list.d/hashicorp.sources"), "utf8")).toBe(
      `Types: deb\nURIs: https://apt.releases.hashicorp.com\nSuites: bookworm\nComponents: main\nSigned-By: ${etc}/keyrings/hashicorp.asc\n`,
    );
    expect(machine.calls("apt-get")[1]).toMatch(/ install .* terraform$/);
  });

  it("is not installed with a key that could not be had", async () => {
    machine.program("apt-get");
    const { terminal } = open();
    await expect(terraformRequirement("none", apt(terminal, 0), send(404)).fix?.()).rejects.toThrow(
      /^https:\/\/apt\.releases\.hashicorp\.com\/gpg answered 404: install Terraform/,
    );
    expect(machine.calls("apt-get")).toEqual([]);
  });
});

describe("an engine of one's own", () => {
  it("is started with the mirror, and named with its log", async () => {
    machine.docker().program("dockerd", `touch '${machine.folder}/engine-up'; echo ready; exec sleep 30`);
    const { pid, log } = await startEngine({ mirror: "http://127.0.0.1:5999" });
    process.kill(pid);
    expect(machine.calls("dockerd")).toEqual(["dockerd --registry-mirror http://127.0.0.1:5999"]);
    expect(readFileSync(log, "utf8")).toBe("ready\n");
  });

  it("tells the end of its log when it does not come up", async () => {
    machine.docker().program("dockerd", "echo 'failed to start: no iptables'; exit 1");
    await expect(startEngine({})).rejects.toThrow(
      /^dockerd did not come up \(exit status 1\); its log .* ends:\nfailed to start: no iptables$/,
    );
  });
});

describe("the mirror of a running engine", () => {
  const engine: Engine = {
    state: "running",
    endpoint: "unix:///var/run/docker.sock",
    context: "default",
    local: true,
    mirrors: [],
    detail: "",
  };
  const MIRROR = "http://127.0.0.1:5999";

  it("is no matter where it is there", () => {
    const { terminal } = open();
    expect(ensureMirror(terminal, { ...engine, mirrors: [MIRROR] }, undefined, MIRROR)).toEqual([]);
  });

  it.each([
    ["elsewhere", { local: false, endpoint: "tcp://10.0.0.1:2375" }],
    ["rootless", { endpoint: "unix:///run/user/1000/docker.sock" }],
  ])("is the person's own matter for an engine %s", (_, more) => {
    const { terminal } = open();
    const [missing] = ensureMirror(terminal, { ...engine, ...more }, apt(terminal, 0), MIRROR);
    expect(missing).toMatchObject({
      problem: expect.stringContaining(MIRROR),
      remedy: expect.stringContaining("registry-mirrors"),
    });
    expect(missing?.fix).toBeUndefined();
  });

  it("is added to the configuration, and the engine reloads it", async () => {
    const files = { configuration: join(machine.folder, "docker/daemon.json"), pid: join(machine.folder, "pid") };
    const told = join(machine.folder, "told");
    const script = `process.on("SIGHUP", () => { require("fs").writeFileSync(${JSON.stringify(told)}, ""); process.exit() }); console.log("up"); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    writeFileSync(files.pid, String(child.pid));
    machine.docker({ RegistryConfig: { Mirrors: [`${MIRROR}/`] } }).engineUp();
    const { terminal, said } = open();
    const [missing] = ensureMirror(terminal, engine, apt(terminal, 0), MIRROR, files);
    await missing?.fix?.();
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(0)));
    expect(existsSync(told)).toBe(true);
    expect(JSON.parse(readFileSync(files.configuration, "utf8"))).toEqual({ "registry-mirrors": [MIRROR] });
    expect(said()).toContain(`to undo: remove ${MIRROR} from ${files.configuration} and send dockerd SIGHUP`);
  });

  it.each([
    ["", { "registry-mirrors": [MIRROR] }],
    ['{"live-restore": true}', { "live-restore": true, "registry-mirrors": [MIRROR] }],
    ['{"registry-mirrors": ["https://a.b"]}', { "registry-mirrors": ["https://a.b", MIRROR] }],
    [`{"registry-mirrors": ["${MIRROR}"]}`, { "registry-mirrors": [MIRROR] }],
  ])("joins %j", (text, expected) => {
    expect(JSON.parse(withMirror(text, MIRROR))).toEqual(expected);
  });

  it("leaves a configuration alone that it cannot read", () => {
    expect(() => withMirror("{ // comment", MIRROR)).toThrow();
  });
});

it.each([
  ["ID=debian\nVERSION_CODENAME=bookworm\n", { id: "debian", like: [""], codename: "bookworm" }],
  [
    'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n',
    { id: "linuxmint", like: ["ubuntu", "debian"], codename: "noble" },
  ],
])("reads the release %j", (text, expected) => {
  const file = join(machine.folder, "os-release");
  writeFileSync(file, text);
  expect(readRelease(file)).toEqual(expected);
  expect(readRelease(join(machine.folder, "none"))).toBeUndefined();
});

it.each([
  ["debian", [], true],
  ["linuxmint", ["ubuntu", "debian"], true],
  ["fedora", [], false],
])("knows whether %s has apt", (id, like, expected) => {
  machine.program("apt-get");
  const { terminal } = open();
  expect(Apt.find(terminal, { release: { id, like, codename: "x" }, uid: 0 }) !== undefined).toBe(expected);
});
