import { JOINED_PARTS } from "../../src/host-agent/agent-files.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { AgentHost, QUICK } from "../aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { TestImages } from "../aws/nano/agent/test-images.ts";
import { request, requestStream } from "../real/request-stream.ts";

/** Faults for which a host needs no machine of its own: the agent, real Nginx and the engine of this one. */
const images = new TestImages();
const aws = new AwsDouble();
const host = new AgentHost(aws);

jest.setTimeout(120_000);
beforeAll(async () => {
  await images.start();
  await host.start();
  await host.release([app("1")]);
});
afterAll(async () => {
  await host.stop();
  await images.stop();
});
afterEach(() => jest.restoreAllMocks());

function app(version: string, change: object = {}) {
  return { name: "web", image: images.reference(version), ...change };
}
const body = async () => (await request(host.port, "web.test")).body.trim();

const HOUR = 3_600_000;

test.each([
  ["ahead", HOUR],
  ["behind", -HOUR],
])(
  "15 clock-off: an hour %s of AWS the host is refused whatever it asks, and serves on until its clock is right",
  async (_, by) => {
    const before = await body();
    const told = host.put(host.manifest([app("2", { env: { BY: `${by}` } })]));
    const right = Date.now;
    jest.spyOn(Date, "now").mockImplementation(() => right() - by);
    const stream = requestStream(host.port, "web.test");
    const outcome = await host.converge(told);
    expect(outcome).toMatchObject({ status: 75, last: expect.stringContaining("signature expired") });
    expect((await stream.stop()).failed).toEqual([]);
    expect(await body()).toBe(before);
    // the control: with the right time the same version goes live
    jest.restoreAllMocks();
    expect((await host.run(["converge"])).last).toBe(`slipway: live version=${told.version} release=${told.release}`);
    expect(await body()).toBe("version 2");
  },
);

test("15 clock-off: a clock that is set forward by an hour while a release waits costs the release nothing", async () => {
  const slow = ["sh", "-c", "sleep 3; exec busybox httpd -f -p 8080 -h /srv"];
  const health = HealthCheck.http("/status", QUICK);
  const { child, outcome } = host.begin([
    "converge",
    ...words(host.put(host.manifest([app("2", { command: slow, health })]))),
  ]);
  let said = "";
  child.stdout?.on("data", (text) => {
    said += text;
  });
  while (!said.includes("waiting until it is healthy")) await new Promise((resolve) => setTimeout(resolve, 50));
  host.program(
    "date",
    'PATH=/usr/bin:/bin; case "$*" in +%s) echo $(($(date +%s) + 3600)) ;; *) exec date "$@" ;; esac',
  );
  expect((await outcome).status).toBe(0);
});

test("15 clock-off, control: a release that is told by such a clock is not healthy in time", async () => {
  // what a core does that measures its waits by the clock
  const core = `usr/local/lib/slipway/current/lib/slipway/${JOINED_PARTS}`;
  const whole = host.read(core);
  host.program(
    "date",
    'PATH=/usr/bin:/bin; n=$(cat "$SLIPWAY_ROOT/asked-time" 2>/dev/null || echo 0); echo $((n + 1200)) >"$SLIPWAY_ROOT/asked-time"; case "$*" in +%s) echo $(($(date +%s) + n)) ;; *) exec date "$@" ;; esac',
  );
  host.write(core, `${whole}\nr_now() { date +%s; }\n`);
  const slow = ["sh", "-c", "sleep 4; exec busybox httpd -f -p 8080 -h /srv"];
  const outcome = await host.release([app("1", { command: slow })]);
  expect(outcome).toMatchObject({ status: 1, last: expect.stringContaining("web is not healthy") });
  host.write(core, whole);
  expect(await host.release([app("1")])).toMatchObject({ status: 0 });
  expect(await body()).toBe("version 1");
});

function words({ version, release }: { version: number; release: string }): string[] {
  return [`${version}`, release];
}
