import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

let nano: FakeNano;
jest.setTimeout(120_000); // each run of the agent starts some hundred programs
beforeEach(async () => {
  nano = await FakeNano.serving();
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

const PATIENT = { kind: "http", path: "/", interval: 1, timeout: 1, retries: 60, startPeriod: 0 };
/** The image `letter` is healthy when it is asked for the third time. */
const startsSlowly = (letter: string) => {
  const asked = `"$PRETENDED/asked-${letter}"`;
  const digest = FakeNano.digest(letter).slice(0, 12);
  nano.pretend(`health/${digest}`, `echo x >>${asked}; [ "$(wc -l <${asked})" -ge 3 ]\n`);
};
const shop = (api: string, database: string, dependsOn?: readonly string[]) => [
  { name: "api", image: api, ...(dependsOn && { dependsOn }) },
  { name: "database", image: database, health: PATIENT },
];
const started = () => nano.calls("docker run").map((call) => / --name slipway-([a-z]+)-/.exec(call)?.[1]);

test("the agent starts a service when what it depends on is healthy, in a release and in a restore, else all at once", async () => {
  startsSlowly("d");
  expect(await nano.deploy(shop("a", "d"))).toMatchObject({ status: 0 });
  expect(started()).toEqual(["api", "database"]);

  nano.forgetCalls();
  startsSlowly("e");
  const { status, lines } = await nano.deploy(shop("b", "e", ["database"]));
  expect([status, nano.serves("b", "e")]).toEqual([0, { api: "b", database: "e" }]);
  expect(started()).toEqual(["database", "api"]);
  const order = ["api: starts when database is healthy", "database: healthy", "api: healthy"];
  const at = order.map((words) => lines.indexOf(`slipway: ${words}`));
  expect(at).not.toContain(-1);
  expect(at).toEqual(at.toSorted((one, other) => one - other));

  // all containers are lost with the machine
  nano.reboot();
  for (const name of nano.containers()) nano.forget(`docker/${name}`);
  nano.forgetCalls();
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect([started(), nano.serves("b", "e")]).toEqual([["database", "api"], { api: "b", database: "e" }]);
});

test("a release whose order names a service that is none is refused", async () => {
  const { status, last } = await nano.deploy(shop("a", "d", ["nobody"]));
  expect([status, last]).toEqual([1, expect.stringContaining("service api depends on a service that is none")]);
  expect(nano.serves("1")).toEqual({ web: "1" });
});
