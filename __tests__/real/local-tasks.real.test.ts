import { pageServer } from "./page-server.ts";
import { docker, Project, waitFor } from "./project.ts";
import { request, requestStream } from "./request-stream.ts";

jest.setTimeout(180_000);

const PORT = 8906;
const NAME = "page.localhost";
const server = (body: string) => pageServer(`body, status = "${body}", 200\n`);
const MIGRATE = `import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
print("changing tables, " + os.environ["TEXT"])
if sys.argv[1] == "fails":
    sys.exit("table is locked")
time.sleep(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
print("tables changed by " + sys.argv[1])
`;
const project = new Project("tasks.ts", "slipway-test-tasks", {
  Dockerfile: `FROM python:3.12.8-slim-bookworm
WORKDIR /app
COPY . .
EXPOSE 5000
CMD ["python3", "server.py"]
`,
  "server.py": server("one"),
  "migrate.py": MIGRATE,
});
const body = async () => (await request(PORT, NAME)).body;
const containersOf = (name: string) =>
  docker(
    "ps",
    "--all",
    "--filter",
    `label=dev.slipway.construct=slipway-test-tasks/host/${name}/Container`,
    "--format",
    "{{.ID}} {{.State}}",
  )
    .split("\n")
    .filter(Boolean);
const declare = (migration?: string) =>
  project.synth(migration === undefined ? {} : { SLIPWAY_TEST_MIGRATION: migration });

beforeAll(() => project.cleanUp());
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
});

test("a service that stands gets a migration, which fails: the old version is served all along, and nothing new started", async () => {
  await declare();
  await project.init();
  expect(await project.apply()).toMatchObject({ status: 0 });
  const [first] = containersOf("page");
  const stream = requestStream(PORT, NAME);
  project.write("server.py", server("two"));
  await declare("fails");
  const run = await project.apply();
  expect(run.status).toBe(1);
  expect(run.output).toContain("migrate failed: its container ended with status 1");
  expect(run.output).toContain("changing tables, ${HOME} 'quoted' \"twice\" \\n");
  expect(run.output).toContain("table is locked");
  const answers = await stream.stop();
  expect(answers.failed).toEqual([]);
  expect([...answers.bodies.keys()]).toEqual(["one"]);
  expect(containersOf("page")).toContain(first);
  expect(containersOf("page").filter((line) => line.endsWith("running"))).toEqual([first]);
});

test("a good one runs once, before the new version starts, and not again at the next apply", async () => {
  await declare("first");
  const run = await project.apply();
  expect(run).toMatchObject({ status: 0 });
  expect(run.output).toMatch(
    /migrate: running, 20 s at most[\s\S]*tables changed by first[\s\S]*migrate: done[\s\S]*page: healthy/,
  );
  expect(await body()).toBe("two");
  expect(await project.plan()).toMatchObject({ status: 0 });
  const started = (name: string, field: string) =>
    docker("inspect", "--format", `{{.State.${field}}}`, (containersOf(name)[0] as string).split(" ")[0] as string);
  expect(started("page", "StartedAt") > started("migrate", "FinishedAt")).toBe(true);

  // another service's matter, and a lost container of the task, run nothing
  docker("rm", (containersOf("migrate")[0] as string).split(" ")[0] as string);
  const again = await project.apply();
  expect(again).toMatchObject({ status: 0 });
  expect(again.output).not.toContain("migrate: running");
  expect(containersOf("migrate")).toEqual([expect.stringMatching(/ created$/)]);
});

test("one that an apply was killed with is stopped by the next, and run anew", async () => {
  await declare("slow 15");
  const apply = project.startApply();
  const done = new Promise((resolve) => apply.on("exit", resolve));
  await waitFor(() => containersOf("migrate").some((line) => line.endsWith("running")));
  process.kill(-(apply.pid as number), "SIGKILL");
  await done;
  expect(containersOf("migrate").some((line) => line.endsWith("running"))).toBe(true);
  await declare("quick");
  const run = await project.apply();
  expect(run).toMatchObject({ status: 0 });
  expect(run.output).toContain("an earlier run was cut off");
  expect(run.output).toContain("tables changed by quick");
  expect(run.output).not.toContain("tables changed by slow");
  expect(await body()).toBe("two");
  expect(await project.plan()).toMatchObject({ status: 0 });
});
