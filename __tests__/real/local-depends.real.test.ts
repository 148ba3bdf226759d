import { pageServer } from "./page-server.ts";
import { docker, Project } from "./project.ts";
import { request } from "./request-stream.ts";

jest.setTimeout(300_000);

const PORT = 8907;
const NAME = "page.localhost";
const STARTS_SLOWLY = 4;
const project = new Project("depends.ts", "slipway-test-depends", {
  Dockerfile: `FROM python:3.12.8-slim-bookworm
WORKDIR /app
COPY . .
EXPOSE 5000 5432
`,
  "database.py": `import signal, socket, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
time.sleep(${STARTS_SLOWLY})
listening = socket.create_server(("", 5432))
while True:
    listening.accept()[0].close()
`,
  "page.py": pageServer(
    "body, status = sys.argv[1], 200\n",
    `
import socket
host, port = os.environ["DATABASE"].split(":")
try:
    socket.create_connection((host, int(port)), timeout=2).close()
except OSError as error:
    sys.exit(f"the database does not answer: {error}")
`,
  ),
});
const declare = (environment: Readonly<Record<string, string>> = {}) =>
  project.synth({ SLIPWAY_TEST_DEPENDS: "yes", ...environment });
const containerOf = (name: string) =>
  docker(
    "ps",
    "--no-trunc",
    "--quiet",
    "--filter",
    `label=dev.slipway.construct=slipway-test-depends/host/${name}/Container`,
  );
const body = async () => (await request(PORT, NAME)).body;

beforeAll(() => project.cleanUp());
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
});

test("without the option a program that ends where its database does not answer fails the first release", async () => {
  await declare({ SLIPWAY_TEST_DEPENDS: "" });
  await project.init();
  const run = await project.apply();
  expect(run.status).toBe(1);
  expect(run.output).toContain("catalog is not healthy: its container ended with status 1");
  expect(run.output).toContain("the database does not answer");
});

test("with it the release starts it behind the database, and the next plan is empty", async () => {
  await declare();
  const run = await project.apply();
  expect(run).toMatchObject({ status: 0 });
  expect(run.output).toMatch(
    /catalog: starts when database is healthy[\s\S]*database: healthy[\s\S]*catalog: waiting[\s\S]*catalog: healthy/,
  );
  expect(await body()).toBe("one");
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("a new version of it does not wait for a database that stays, and another order makes no container anew", async () => {
  const [database, first] = [containerOf("database"), containerOf("catalog")];
  await declare({ SLIPWAY_TEST_PAGE: "two" });
  const run = await project.apply();
  expect(run).toMatchObject({ status: 0 });
  expect(run.output).not.toContain("starts when");
  expect(await body()).toBe("two");
  const second = containerOf("catalog");
  expect(containerOf("database")).toBe(database);
  expect(second).not.toBe(first);
  for (const order of ["", "yes"]) {
    await declare({ SLIPWAY_TEST_PAGE: "two", SLIPWAY_TEST_DEPENDS: order });
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect([containerOf("database"), containerOf("catalog")]).toEqual([database, second]);
  }
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("a database that is replaced comes first, and leaves what depends on it as it is", async () => {
  const catalog = containerOf("catalog");
  await declare({ SLIPWAY_TEST_PAGE: "two", SLIPWAY_TEST_DATABASE: "2" });
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(containerOf("catalog")).toBe(catalog);
  await declare({ SLIPWAY_TEST_PAGE: "three", SLIPWAY_TEST_DATABASE: "3" });
  const both = await project.apply();
  expect(both).toMatchObject({ status: 0 });
  expect(both.output).toMatch(/stopping what serves[\s\S]*database: healthy[\s\S]*catalog: healthy/);
  expect(await body()).toBe("three");
});
