import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { processesOf } from "../../scripts/engines/engine-remains.mjs";
import { withEngine } from "../../scripts/engines/isolated-engine.mjs";
import { waitFor } from "./project.ts";

jest.setTimeout(120_000);

const MODULE = resolve(__dirname, "../../scripts/engines/isolated-engine.mjs");
const cacheDir = mkdtempSync(join(tmpdir(), "slipway-engines-"));
const folder = join(cacheDir, "engines", "own");
const said: string[] = [];
const props = { name: "own", cacheDir, mirrors: [], log: (line: string) => void said.push(line) };

const controlGroups = () =>
  spawnSync("find", ["/sys/fs/cgroup", "-type", "d", "-name", "slipway-engine-own"], { encoding: "utf8" }).stdout;
const ownRules = () => {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  return spawnSync("iptables-save", { encoding: "utf8", env })
    .stdout.split("\n")
    .filter((line) => line.includes("10.229."));
};

afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

describe("an engine in namespaces of its own", () => {
  test("is another than this machine's, whose packet filter is left alone; with its work it is gone", async () => {
    const words = ["info", "--format", "{{.DockerRootDir}}"];
    await withEngine(props, async (engine) => {
      const env = { ...process.env, ...engine.environment };
      const [program, args] = engine.inside("docker", words);
      expect(spawnSync(program, args, { encoding: "utf8", env }).stdout).toBe(`${folder}/data\n`);
      expect(ownRules()).toEqual([]);
      const [pwd, none] = engine.inside("pwd", []);
      expect(spawnSync(pwd, none, { encoding: "utf8" }).stdout).toBe(`${process.cwd()}\n`);
      expect(spawnSync("docker", words, { encoding: "utf8" }).stdout).not.toContain(folder);
    });
    expect(processesOf(folder)).toEqual([]);
    expect(readdirSync(join(cacheDir, "engines"))).toEqual([]);
    expect(controlGroups()).toBe("");
  });

  test("ends with a run that is killed, and the next start takes away what that has left", async () => {
    const program = `import { withEngine } from ${JSON.stringify(MODULE)};
      const props = { ...${JSON.stringify(props)}, log: () => {} };
      await withEngine(props, () => new Promise(() => setInterval(() => {}, 1000)));`;
    const killed = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "ignore" });
    const ended = new Promise((done) => killed.once("exit", done));
    await waitFor(() => existsSync(join(folder, "engine.sock")));
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(3);
    killed.kill("SIGKILL");
    await ended;
    await waitFor(() => processesOf(folder).length === 0);
    expect(existsSync(folder)).toBe(true);
    expect(await withEngine(props, async () => "again")).toBe("again");
    expect(readdirSync(join(cacheDir, "engines"))).toEqual([]);
  });

  test("that does not start says why, and is gone too", async () => {
    const wrong = { ...props, configuration: { "data-root": "/proc/nowhere" } };
    await expect(withEngine(wrong, async () => "never")).rejects.toThrow(
      /the engine own does not answer: a process of it has ended\n.*\/proc\/nowhere/s,
    );
    expect(processesOf(folder)).toEqual([]);
    expect(readdirSync(join(cacheDir, "engines"))).toEqual([]);
  });
});
