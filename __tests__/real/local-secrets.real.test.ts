import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { request } from "node:https";
import type { EndedChild } from "../ended-child.ts";
import { docker, Project } from "./project.ts";

jest.setTimeout(180_000);

const DB = ['db pass\\word "one" $HOME `x` ü\n', "db-password-two"] as const;
const API_KEY = "api-key-3f9c $1";
const ALICE = ["alice's word", "alice's other word"] as const;
const STACK = "slipway-secrets";
/** What the deployer has exported by now; each command sees it. */
const exported: Record<string, string> = {};

const project = new Project("secrets.ts", STACK, { "db-password": DB[0] }, exported);

beforeAll(() => project.cleanUp());
afterAll(async () => {
  await project.cleanUp();
  project.remove();
});

const containerOf = (service: string) =>
  docker("ps", "--quiet", "--no-trunc", "--filter", `label=dev.slipway.construct=${STACK}/host/${service}/Container`);
const volumes = () =>
  docker("volume", "ls", "--quiet", "--filter", `label=dev.slipway.construct=${STACK}/host/reader/Secrets`)
    .split("\n")
    .filter(Boolean);
const modes = () => docker("exec", containerOf("reader"), "stat", "-c", "%a %U %n", "/run/secrets/API_KEY");

async function visit(path: string, password?: string): Promise<[number | undefined, string]> {
  const options = {
    host: "127.0.0.1",
    port: 8962,
    servername: "guarded.localhost",
    headers: { Host: "guarded.localhost" },
  };
  const asked = request({
    ...options,
    path,
    rejectUnauthorized: false,
    agent: false,
    ...(password === undefined ? {} : { auth: `alice:${password}` }),
  });
  asked.end();
  const [answer] = await once(asked, "response");
  return [answer.statusCode, (await answer.toArray()).join("")];
}

/** An apply, and the words of every process of the machine while it ran. */
async function apply(): Promise<EndedChild & { readonly processes: string }> {
  const seen = new Set<string>();
  const look = setInterval(() => {
    for (const line of spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout.split("\n")) seen.add(line);
  }, 100);
  const run = await project.apply();
  clearInterval(look);
  return { ...run, processes: [...seen].join("\n") };
}

/** Nobody finds a secret in what was written or said, nor where the engine is asked. */
function expectHidden({ output, processes }: EndedChild & { readonly processes: string }, json: string): void {
  expect(processes).toContain("docker run --rm -i");
  const engine = docker("inspect", ...project.onEngine());
  const places = { json, state: project.state(), output, processes, engine };
  for (const secret of [DB[0].trim(), DB[1], API_KEY, ...ALICE]) {
    const spellings = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString("base64").slice(0, 12),
    ];
    const found = Object.entries(places).filter(([, text]) => spellings.some((each) => text.includes(each)));
    expect(found.map(([place]) => place)).toEqual([]);
  }
}

test("a secret that is not there is named before its service is made", async () => {
  await project.synth();
  await project.init();
  const run = await project.apply();
  expect(run).toMatchObject({ status: 1 });
  expect(run.output).toContain(
    `${STACK}/host/reader: the secret API_KEY: the variable SLIPWAY_TEST_API_KEY is not set: export SLIPWAY_TEST_API_KEY where Terraform runs`,
  );
  expect(containerOf("reader")).toBe("");
});

test("they arrive as files that the container's user reads, and nobody finds them elsewhere", async () => {
  Object.assign(exported, { SLIPWAY_TEST_API_KEY: API_KEY, SLIPWAY_TEST_ALICE: ALICE[0] });
  const run = await apply();
  expect(run).toMatchObject({ status: 0 });
  expect(await visit("/secrets/DB_PASSWORD", ALICE[0])).toEqual([200, DB[0]]);
  expect(await visit("/secrets/API_KEY", ALICE[0])).toEqual([200, API_KEY]);
  expect(modes()).toBe("444 root /run/secrets/API_KEY");
  expect(() => docker("exec", "--user", "0", containerOf("reader"), "touch", "/run/secrets/API_KEY")).toThrow(
    /Read-only|Permission denied/,
  );
  expect((await visit("/secrets/API_KEY"))[0]).toBe(401);
  expect((await visit("/secrets/API_KEY", `${ALICE[0]} `))[0]).toBe(401);
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("another version is a new container for who uses it, another password, and leaves nothing of the old", async () => {
  const [reader, other, volume] = [containerOf("reader"), containerOf("other"), volumes()];
  project.write("db-password", DB[1]);
  exported.SLIPWAY_TEST_ALICE = ALICE[1];
  exported.SLIPWAY_TEST_VERSION = "2";
  const json = await project.synth();
  const run = await apply();
  expect(run).toMatchObject({ status: 0 });
  expect([containerOf("reader") === reader, containerOf("other") === other]).toEqual([false, true]);
  expect(await visit("/secrets/DB_PASSWORD", ALICE[1])).toEqual([200, DB[1]]);
  expect((await visit("/secrets/DB_PASSWORD", ALICE[0]))[0]).toBe(401);
  expect(volumes()).toHaveLength(1);
  expect(volumes()).not.toEqual(volume);
  expectHidden(run, json);
});

test("nothing is left when the stack goes", async () => {
  expect(await project.terraform("destroy", "-auto-approve")).toMatchObject({ status: 0 });
  expect(project.onEngine()).toEqual([]);
});
