import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { parseArguments } from "../../src/cli/arguments.mjs";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import * as command from "../../src/cli/command.mjs";
import { findProject } from "../../src/cli/project.mjs";
import { Terminal } from "../../src/cli/terminal.mjs";
import { newerEngineProblems } from "../../src/rehearsal/machine/newer-engine.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { hubPort, machineProblem, perform, type RehearsalTools } from "../../src/rehearsal/rehearse.ts";
import { rehearsalRequirements } from "../../src/rehearsal/requirements.ts";
import { makeProject } from "../cli/fake-machine.ts";

const ROOT = resolve(__dirname, "../..");

/** Asks for a rehearsal on a machine that could, of which nothing must have been made ready unless that is given. */
async function rehearse(root: string, words: readonly string[], env: NodeJS.ProcessEnv = {}, ready?: object) {
  const out = new PassThrough();
  const makeReady = jest.fn(async () => {
    if (ready === undefined) throw new Error("the machine was made ready");
    return { machine: ready, environment: {} };
  });
  const tools = {
    terminal: new Terminal({ out: out as never, input: new PassThrough() as never, env: {} }),
    project: findProject(root),
    command,
    makeReady,
  } as unknown as RehearsalTools;
  const before = { ...process.env };
  Object.assign(process.env, env);
  jest.spyOn(process, "getuid").mockReturnValue(0);
  const platform = Object.getOwnPropertyDescriptor(process, "platform") as PropertyDescriptor;
  Object.defineProperty(process, "platform", { ...platform, value: "linux" });
  try {
    const code = await perform(parseArguments(["rehearse", ...words]), tools).catch((error: Error) => error.message);
    return { code, said: String(out.read() ?? ""), madeReady: makeReady.mock.calls as unknown[][] };
  } finally {
    Object.defineProperty(process, "platform", platform);
    jest.restoreAllMocks();
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** A stack with a host on AWS, as far as synth and its description say it. */
const declared = (name: string, site: object = {}) =>
  JSON.stringify({
    format: 1,
    stack: name,
    constructs: [
      { kind: "account", path: `${name}/aws`, account: "123456789012", region: "eu-west-1", deployer: [] },
      {
        kind: "host",
        path: `${name}/host`,
        region: "eu-west-1",
        release: {
          services: [],
          sites: [{ name: "shop.example.com", routes: [{ path: "/", to: {} }], proxy: {}, ...site }],
        },
      },
    ],
    findings: [],
  });
const onAws = (names: string[], site: object = {}) =>
  makeProject(
    { resource: { aws_instance: { host: { instance_type: "t3.nano" } } } },
    { "declared.json": declared("cats", site) },
    names,
  );

test.each([
  ["darwin", 0, "a rehearsal boots machines by Linux's own means, got darwin"],
  ["linux", 1000, 'run it as root, sudo env "PATH=$PATH" npx slipway rehearse'],
])("%s as user %d is no machine for it", (platform, uid, problem) => {
  expect(machineProblem(platform, uid)).toContain(problem);
});

test.each([
  [["--machine", "debian-11"], 2, 'a machine must be debian-12 or debian-13, got "debian-11"'],
  [["--report", "r.json", "--machine", "debian-12", "--machine", "debian-13"], 2, "one report is of one machine"],
  [["--engine", "30"], 2, "--engine must be 29, which can be built, got 30"],
  [["cast"], 2, "stack must be one of cats, got cast: did you mean cats?"],
  [["--name", "shop.example.org"], 2, "--name must be one that cats serves, shop.example.com; got shop.example.org"],
])("%j is refused before the machine is made ready", async (words, code, message) => {
  const outcome = await rehearse(onAws(["cats"]), words);
  expect(outcome).toMatchObject({ code, madeReady: [] });
  expect(outcome.said).toContain(message);
});

test("a stack without a host on AWS is refused at once, with what deploys it", async () => {
  const { code, said, madeReady } = await rehearse(makeProject(), []);
  expect({ code, madeReady }).toEqual({ code: 3, madeReady: [] });
  expect(said).toContain("cats declares no host on AWS, and a rehearsal plays nothing else: npx slipway up cats");
});

test("which of several stacks on AWS is meant must be said", async () => {
  const { code, said } = await rehearse(onAws(["cats", "dogs"]), []);
  expect(code).toBe(2);
  expect(said).toContain("stack must be named, there are cats, dogs: slipway rehearse cats");
});

test("a stack that can be played has the machine made ready, by programs that say what they are for", async () => {
  const { code, madeReady } = await rehearse(onAws(["cats"]), []);
  expect(code).toBe("the machine was made ready");
  const [[needs]] = madeReady as [[{ system: Record<string, { package: string; why: string }> }]];
  expect(needs.system).toMatchObject({ iptables: { package: "iptables", why: expect.stringContaining("metadata") } });
});

test.each([
  ["https://acme-v02.api.letsencrypt.org/directory", true],
  [undefined, false],
])("what plays an ACME server is made ready where there is one: %s", async (directory, isThere) => {
  const site = directory === undefined ? {} : { tls: { kind: "acme", email: "ops@example.com", directory } };
  const { madeReady } = await rehearse(onAws(["cats"], site), []);
  const [[needs]] = madeReady as [[{ programs: object }]];
  expect("pebble" in needs.programs).toBe(isThere);
});

test.each([
  [["http://127.0.0.1:5055"], "/cache/slipway.lock.json", 5055],
  [["https://mirror.example.com", "http://127.0.0.1:5055"], "/cache/slipway.lock.json", 5055],
  [["https://mirror.example.com"], "/cache/slipway.lock.json", undefined],
  [["http://127.0.0.1:5055"], undefined, undefined],
])(
  "what this machine's engine pulls through %j, with the stand-ins of %s, is at %s for a rehearsed one",
  (mirrors, standIns, port) => {
    expect(hubPort(mirrors, standIns)).toBe(port);
  },
);

test("an engine elsewhere is refused, for its machines would be there", async () => {
  const engine = { local: false, endpoint: "tcp://10.0.0.1:2375" };
  const { code, said } = await rehearse(onAws(["cats"]), [], {}, { engine });
  expect(code).toBe(3);
  expect(said).toContain("must be containers of an engine of this machine, got tcp://10.0.0.1:2375");
});

test("a stack of this repository that pushes elsewhere is refused before the machine is made ready", async () => {
  const { code, said, madeReady } = await rehearse(ROOT, ["netflix-hub"], { SLIPWAY_HUB_NAMESPACE: "somebody" });
  expect({ code, madeReady }).toEqual({ code: 3, madeReady: [] });
  expect(said).toMatch(/netflix-hub pushes to .*, and a rehearsal has ECR only/);
}, 60_000);

test.each([{ SLIPWAY_CACHE_DIR: "/var/cache/one" }, { XDG_CACHE_HOME: "/var/cache" }, { XDG_CACHE_HOME: "cache" }, {}])(
  "with %j a rehearsal keeps what it makes where all of Slipway does",
  (env) => expect(rehearsalCache(env)).toBe(join(cacheFolder(env), "rehearsal")),
);

test.each([
  ["29", 127, [expect.stringContaining("there is no go in PATH")]],
  ["29", 0, []],
  [undefined, 127, []],
])("an engine %s is asked for where go ends with %d", async (version, code, problems) => {
  const run = async () => ({ code, stdout: "", stderr: "", timedOut: false });
  expect(await newerEngineProblems(version, mkdtempSync(join(tmpdir(), "slipway-cache-")), { run })).toEqual(problems);
});

describe("what a rehearsal lacks besides programs", () => {
  const cacheDir = mkdtempSync(join(tmpdir(), "slipway-rehearsal-cache-"));
  const keyring = join(cacheDir, "keyring");

  test("is named with where it goes, and what a person would do", async () => {
    const installed: string[] = [];
    const apt = { install: async (packages: readonly string[]) => void installed.push(...packages) };
    const missing = await rehearsalRequirements(cacheDir, apt, keyring);
    expect(missing.map(({ problem, action }) => [problem, action])).toEqual([
      [
        `no ${keyring}, by which the packages of the stand-in machine are checked`,
        "install debian-archive-keyring by apt",
      ],
      [
        "no moto, the emulated AWS API, with the AWS CLI",
        `install moto and the AWS CLI by pip, into ${cacheDir} and nowhere else`,
      ],
    ]);
    expect(missing[1]?.remedy).toMatch(/^python3 -m venv \S+ && \S+\/pip install -r \S+moto-requirements\.txt$/);
    await missing[0]?.fix?.();
    expect(installed).toEqual(["debian-archive-keyring"]);
  });

  test("is left to a person where there is no apt", async () => {
    const [keys] = await rehearsalRequirements(cacheDir, undefined, keyring);
    expect(keys).toEqual({ problem: expect.any(String), remedy: expect.stringContaining("apt-get install") });
  });

  test("is nothing on a machine that rehearsed before", async () => {
    writeFileSync(keyring, "");
    const [moto] = await rehearsalRequirements(cacheDir, undefined, keyring);
    const [, folder] = /-m venv (\S+)/.exec(moto?.remedy ?? "") ?? [];
    await command.run("mkdir", ["-p", folder as string]);
    writeFileSync(join(folder as string, "complete"), "");
    expect(await rehearsalRequirements(cacheDir, undefined, keyring)).toEqual([]);
  });
});
