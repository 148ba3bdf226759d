import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { hostAgentSources } from "../../src/aws/nano/agent-files.ts";
import { cloudConfig } from "../../src/aws/nano/cloud-config.ts";
import { hostBootstrap } from "../../src/aws/nano/host-bootstrap.ts";
import { stageZero } from "../../src/aws/nano/stage-zero/stage-zero.ts";
import { which } from "../../src/cli/command.mjs";
import { hostFiles } from "../../src/host-agent/host-files.ts";
import { hostUnits } from "../../src/host-agent/host-units.ts";
import { serverAgentSources } from "../../src/hosts/ssh/server-agent.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-test-agent-documents-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
jest.setTimeout(120_000);

const SSH = resolve(__dirname, "../../src/hosts/ssh");

const bootstrap = hostBootstrap({ host: "stack/host", parameter: "/slipway/stack/host/release" });

function run(program: string, words: readonly string[], input = "", more = {}): SpawnSyncReturns<string> {
  const result = spawnSync(program, words, { encoding: "utf8", input, env: { ...process.env, ...more } });
  if (result.error)
    throw new Error(`${program} is not installed: this test needs the real one`, { cause: result.error });
  return result;
}

function write(path: string, text: string, mode = 0o644): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  return file;
}

describe("cloud-init", () => {
  const check = (name: string, text: string) => run("cloud-init", ["schema", "--config-file", write(name, text)]);

  test("finds nothing wrong with a host's bootstrap", () => {
    const { status, stdout, stderr } = check("bootstrap.yaml", bootstrap);
    expect(`${stdout}${stderr}`).toContain("Valid cloud-config");
    expect(status).toBe(0);
  });

  test("would find a mistake", () => {
    expect(check("wrong.yaml", bootstrap.replace("packages:\n", "packages: 7\nignored:\n")).status).not.toBe(0);
  });

  test("reads every file as it was written", () => {
    const odd = [
      "a\n\n",
      "\n",
      "\n  a\nb\n",
      " a\nb\n",
      "a \nb\n",
      "ä\r\n",
      "\ttab\n\n\nx\n",
      "# no: [comment]\n",
      "",
      "\x7f\x01",
    ];
    const files = odd.map((content, at) => ({ path: `/odd/${at}`, content }));
    expect(readBack(cloudConfig({ files }))).toEqual(odd);
    const units = hostUnits().map(({ content }) => content);
    expect(readBack(bootstrap).slice(1)).toEqual([stageZero(), ...units]);
  });

  /** The files' contents, by the YAML reader that cloud-init uses. */
  function readBack(text: string): string[] {
    const script =
      "import json,sys,yaml; print(json.dumps([f['content'] for f in yaml.safe_load(sys.stdin)['write_files']]))";
    const PYTHONPATH = join(dirname(which("cloud-init") ?? ""), "../lib/python3/dist-packages");
    const { stdout, stderr } = run("/usr/bin/python3", ["-c", script], text, { PYTHONPATH });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  }
});

describe("shellcheck", () => {
  const check = (file: string) => run("shellcheck", ["--external-sources", "--check-sourced", file]);

  test("finds nothing wrong with the agent and stage 0", () => {
    for (const { path, content } of hostAgentSources()) write(`agent/${path}`, content, 0o755);
    write(
      "agent/slipway-agent",
      readFileSync(resolve(__dirname, "../../src/aws/nano/stage-zero/stage-zero.sh"), "utf8"),
    );
    for (const program of ["sbin/slipway", "slipway-agent", "lib/slipway/dns-challenge.sh"]) {
      const { status, stdout } = check(join(folder, "agent", program));
      expect(stdout).toBe("");
      expect(status).toBe(0);
    }
  });

  test("finds nothing wrong with a server's agent, the program that brings it, and the scripts that ask it", () => {
    for (const { path, content } of serverAgentSources()) write(`server/${path}`, content, 0o755);
    const scripts = ["deploy.sh", "tell.sh", "server/slipway-agent.sh"].map((name) => join(SSH, name));
    for (const file of [join(folder, "server/sbin/slipway"), ...scripts]) {
      const { status, stdout } = check(file);
      expect(stdout).toBe("");
      expect(status).toBe(0);
    }
  });

  test("finds nothing wrong with the steps of a swarm, and with what asks its tasks", () => {
    const src = resolve(__dirname, "../../src");
    const steps = {
      look: [],
      remove: [],
      stop: [],
      release: [],
      secrets: ["hosts/secret-value.sh"],
    };
    const scripts = Object.entries(steps).map(([name, before]) => [
      ...before,
      "hosts/swarm/swarm.sh",
      `hosts/swarm/${name}.sh`,
    ]);
    const inTasks = [
      ["hosts/swarm/health.sh", "rollout/probes/http.sh"],
      ["hosts/swarm/edge.sh"],
      ["hosts/swarm/texts.sh"],
    ];
    for (const parts of [...scripts, ...inTasks]) {
      const text = parts.map((part) => readFileSync(join(src, part), "utf8")).join("\n");
      write(`swarm/${parts.at(-1)}`, text);
      expect(run("shellcheck", ["--shell=sh", join(folder, "swarm", `${parts.at(-1)}`)])).toMatchObject({
        stdout: "",
        status: 0,
      });
    }
  });

  test("would find a mistake in a part that another one reads", () => {
    for (const { path, content } of hostAgentSources()) {
      write(`wrong/${path}`, path.endsWith("/journal.sh") ? `${content}\nunquoted() { rm $1; }\n` : content);
    }
    const { stdout } = check(join(folder, "wrong/sbin/slipway"));
    expect(stdout).toContain("SC2086");
  });
});

describe("systemd", () => {
  /** The units, with the agent and Nginx where systemd wants to see them. */
  function verify(change: (text: string) => string) {
    const system = mkdtempSync(join(folder, "units-"));
    const dropIns = hostFiles().filter(({ path }) => path.startsWith("host/etc/systemd/"));
    const files = [...hostUnits(), ...dropIns].map(({ path, content }) => {
      const file = join(system, path.replace(/^.*\/etc\/systemd\/system\//, ""));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, change(content).replace(/\/usr\/local\/\S+\/slipway(-agent)?(?= )/, "/bin/true"));
      return file;
    });
    const packaged = ["docker", "nginx"].map((name) => join(system, `${name}.service`));
    for (const file of packaged) writeFileSync(file, "[Service]\nExecStart=/bin/true\n");
    const units = [...files.filter((file) => /converge\.(service|timer)$/.test(file)), ...packaged];
    const { status, stdout, stderr } = run("systemd-analyze", ["verify", "--man=no", ...units]);
    const own = `${stdout}${stderr}`
      .split("\n")
      .filter((line) => line.includes(system) || /slipway|nginx|docker/.test(line));
    return { status, own };
  }

  test("finds nothing wrong with the units", () => {
    expect(verify((text) => text)).toEqual({ status: 0, own: [] });
  });

  test.each([
    ["a unit", "Type=oneshot", "Type=onceshot"],
    ["a timer", "OnActiveSec=5min", "OnActiveSec=soon"],
    ["a drop-in of the agent's", "RestartSec=1", "RestartSecs=1"],
    ["a drop-in about the engine", "TimeoutStopSec=6min", "TimeoutStopSec=some"],
    ["a drop-in of stage 0's", "ConditionPathExists", "ConditionPathExits"],
  ])("would find a mistake in %s", (_, right, wrong) => {
    expect(verify((text) => text.replace(right, wrong)).own).not.toEqual([]);
  });
});
