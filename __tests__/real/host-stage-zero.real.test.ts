import { spawn } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";
import { publish, put, smallAgent, tell } from "../aws/nano/stage-zero/small-agent.ts";

const A = smallAgent("A");
const B = smallAgent("B");
const OWN = agentArtifact();

jest.setTimeout(60_000);

let nano: FakeNano;

beforeEach(() => {
  nano = new FakeNano();
});
afterEach(() => nano.remove());

const converge = () => nano.stageZero(["converge"]);
const failure = (release: string) => JSON.parse(nano.read(`var/lib/slipway/failed/${release}.json`));
const label = (version: number) => nano.pretend("aws/live", `${version}`);

describe("after a boot", () => {
  beforeEach(() => nano.forgetAgent());

  test("brings the agent of the newest release where nothing is labelled live, and hands over to it", async () => {
    publish(nano, "document-a", A);
    put(nano, "document-a", A);
    expect(await converge()).toMatchObject({
      status: 0,
      lines: [`slipway: the agent is ${A.sha256.slice(0, 12)}`, "agent A: converge"],
    });
    expect(nano.agents).toEqual({ current: A.sha256, kept: [A.sha256] });
  });

  test("brings the agent of what is labelled live rather than that of something newer", async () => {
    publish(nano, "document-a", A);
    publish(nano, "document-b", B);
    label(put(nano, "document-a", A).version);
    put(nano, "document-b", B);
    expect(await converge()).toMatchObject({ status: 0, last: "agent A: converge" });
  });

  test("asks once a boot", async () => {
    publish(nano, "document-a", A);
    label(put(nano, "document-a", A).version);
    await converge();
    nano.forgetCalls();
    expect(await converge()).toMatchObject({ status: 0, lines: ["agent A: converge"] });
    expect(nano.calls("curl")).toEqual([]);
    nano.reboot();
    await converge();
    expect(nano.calls("curl")).not.toEqual([]);
  });

  test("lets the newest version's agent run what is live where that one's document is gone, and tries it with both", async () => {
    const careful = smallAgent("careful", 'echo "$*" | tr " " "\\n" | sed "s|.*/||" >"$SLIPWAY_ROOT/asked-about"');
    publish(nano, "document-b", careful);
    label(put(nano, "document-a", A).version);
    put(nano, "document-b", careful);
    expect(await converge()).toMatchObject({
      status: 0,
      lines: [
        "slipway: the document document-a, which has its agent, is gone",
        `slipway: the agent is ${careful.sha256.slice(0, 12)}`,
        "agent careful: converge",
      ],
    });
    expect(nano.read("asked-about")).toBe("live.json\nnewest.json\n");
  });

  test("takes the newest version's agent for a live release of before agents were named", async () => {
    publish(nano, "document-b", B);
    label(nano.put(nano.manifest([], { manifest: 2, agent: undefined })).version);
    put(nano, "document-b", B);
    expect(await converge()).toMatchObject({ status: 0, last: "agent B: converge" });
  });

  test("goes on with the agent that is there while AWS does not answer, and asks again the next time", async () => {
    publish(nano, "document-a", A);
    const first = put(nano, "document-a", A);
    await tell(nano, A, first);
    nano.reboot();
    label(first.version);
    nano.pretend("aws/refuses", "AmazonSSM.GetParameter ThrottlingException\n");
    expect(await converge()).toMatchObject({ status: 0, lines: ["agent A: converge"] });
    nano.forgetCalls();
    await converge();
    expect(nano.calls("curl")).not.toEqual([]);
  });

  test("goes on with the agent that is there where the documents of all are gone", async () => {
    await tell(nano, A, put(nano, "document-a", A));
    nano.reboot();
    label(put(nano, "document-b", B).version);
    expect(await converge()).toMatchObject({ status: 0, last: "agent A: converge" });
  });

  test("waits for a first release, and leaves it to the timer then", async () => {
    const run = await nano.stageZero(["converge"], undefined, { SLIPWAY_TRIES: "3" });
    expect(run).toMatchObject({ status: 0, lines: ["slipway: no release yet: /slipway/release does not exist"] });
    expect(nano.calls("sleep 5")).toHaveLength(2);
  });

  test("without any agent comes to nothing while AWS refuses, and says what", async () => {
    nano.pretend("aws/refuses", "AmazonSSM.GetParameter AccessDeniedException\n");
    expect(await nano.stageZero(["converge"], undefined, { SLIPWAY_TRIES: "1" })).toMatchObject({
      status: 75,
      lines: ["slipway: again version=0 release=none: AWS refuses GetParameter: AccessDeniedException no"],
    });
  });

  test("lets Run Command install while it waits", async () => {
    const waiting = converge();
    const told = await tell(nano, A, put(nano, "document-a", A));
    expect(told).toMatchObject({ status: 0, last: expect.stringMatching(/^agent A: converge 1 /) });
    expect((await waiting).last).toMatch(/^agent A: converge$|another run is at work$/);
  });

  test("does nothing before the first boot has ended", async () => {
    nano.forget("../var/lib/slipway/bootstrapped");
    expect(await converge()).toMatchObject({
      status: 75,
      last: expect.stringContaining("the first boot did not finish"),
    });
  });

  test("does nothing while another run is at work", async () => {
    const ended = await whileLocked(() => converge());
    expect(ended).toMatchObject({ status: 0, lines: ["slipway: another run is at work"] });
  });
});

describe("told by Run Command", () => {
  test("installs the agent that came along, makes it the host's, and hands over", async () => {
    const release = put(nano, "document-b", B);
    const run = await tell(nano, B, release);
    expect(run).toMatchObject({
      status: 0,
      lines: [`slipway: the agent is ${B.sha256.slice(0, 12)}`, `agent B: converge 1 ${release.release}`],
    });
    expect(nano.agents).toEqual({ current: B.sha256, kept: [OWN.sha256, B.sha256].sort() });
  });

  test("brings an agent back that is there still, without its payload", async () => {
    await tell(nano, A, put(nano, "document-a", A));
    const back = put(nano, "document-b", B);
    await tell(nano, B, back);
    const words = ["told", A.sha256, "converge", `${back.version}`, back.release];
    expect(await nano.stageZero(words, "")).toMatchObject({ status: 0, last: `agent A: converge 2 ${back.release}` });
    expect(nano.agents.current).toBe(A.sha256);
  });

  test("hands over at once where it is the host's agent already", async () => {
    const release = put(nano, "document-a", A);
    await tell(nano, A, release);
    nano.forgetCalls();
    expect(await tell(nano, A, release)).toMatchObject({ lines: [`agent A: converge 1 ${release.release}`] });
    expect(nano.calls("curl")).toEqual([]);
  });

  test("installs nothing when it is only asked how the host does", async () => {
    const { version, release } = put(nano, "document-b", B);
    await tell(nano, A, { version, release });
    const words = ["told", B.sha256, "status", `${version}`, release];
    expect(await nano.stageZero(words, B.bytes.toString("base64"))).toMatchObject({
      last: `agent A: status 1 ${release}`,
    });
    nano.forgetAgent();
    expect(await nano.stageZero(words)).toMatchObject({ status: 75, last: expect.stringContaining("no agent yet") });
  });

  test("keeps three agents, the ones that were used last", async () => {
    const agents = ["1", "2", "3", "4"].map((name) => smallAgent(name));
    for (const agent of agents) await tell(nano, agent, put(nano, "document", agent));
    expect(nano.agents.kept).toEqual(
      agents
        .slice(1)
        .map(({ sha256 }) => sha256)
        .sort(),
    );
    const [, second] = agents as [typeof A, typeof A];
    await tell(nano, second, put(nano, "document", second));
    await tell(nano, A, put(nano, "document", A));
    expect(nano.agents.kept).toEqual([A, second, agents[3] as typeof A].map(({ sha256 }) => sha256).sort());
  });

  test.each([
    ["that is not what was published", B.bytes.toString("base64")],
    ["that was cut off", A.bytes.toString("base64").slice(0, 200)],
    ["that is not base64", "%%%"],
    ["that is empty", ""],
  ])("refuses a payload %s for good, and the agent that is there goes on", async (_, payload) => {
    const { version, release } = put(nano, "document-a", A);
    const run = await nano.stageZero(["told", A.sha256, "converge", `${version}`, release], payload);
    const reason = `its agent is damaged: it has not the SHA-256 ${A.sha256}`;
    expect(run).toMatchObject({ status: 1, last: `slipway: failed version=1 release=${release}: ${reason}` });
    expect(failure(release)).toEqual({ version: 1, release, at: expect.stringMatching(/^20.*Z$/), reason });
    expect(nano.agents).toEqual({ current: OWN.sha256, kept: [OWN.sha256] });
  });

  test("refuses an agent that fails its self-test for good, with its last words, and leaves nothing of it", async () => {
    const unfit = smallAgent("unfit", "echo one; echo two; exit 1");
    const { version, release } = put(nano, "document", unfit);
    const run = await tell(nano, unfit, { version, release });
    expect(run).toMatchObject({
      status: 1,
      last: `slipway: failed version=1 release=${release}: its agent fails its self-test: two`,
    });
    expect(nano.agents).toEqual({ current: OWN.sha256, kept: [OWN.sha256] });
  });

  test("tries an agent that is there still before it brings it back, and forgets it where it fails", async () => {
    const once = smallAgent(
      "once",
      '[ ! -e "$SLIPWAY_ROOT/tried" ] || { echo "never again"; exit 1; }; : >"$SLIPWAY_ROOT/tried"',
    );
    const release = put(nano, "document", once);
    expect(await tell(nano, once, release)).toMatchObject({ status: 0 });
    await tell(nano, A, put(nano, "document-a", A));
    expect(await tell(nano, once, release)).toMatchObject({
      status: 1,
      last: expect.stringMatching(/its agent fails its self-test: never again$/),
    });
    expect(nano.agents).toEqual({ current: A.sha256, kept: [OWN.sha256, A.sha256].sort() });
  });

  test("lets people who are not root see that it is there", async () => {
    nano.forgetAgent();
    await tell(nano, A, put(nano, "document-a", A));
    const mode = (path: string) => (statSync(join(nano.root, path)).mode & 0o777).toString(8);
    const agent = `usr/local/lib/slipway/agents/${A.sha256}`;
    for (const path of ["usr/local/lib/slipway", "usr/local/lib/slipway/agents", agent, `${agent}/sbin/slipway`]) {
      expect([path, mode(path)]).toEqual([path, "755"]);
    }
    expect(mode("run/slipway")).toBe("700");
  });

  test("waits for its turn, and for the end of the first boot", async () => {
    const release = put(nano, "document-a", A);
    let ended = false;
    const run = await whileLocked(async () => {
      const outcome = tell(nano, A, release).finally(() => {
        ended = true;
      });
      await new Promise((done) => setTimeout(done, 300));
      expect(ended).toBe(false);
      return { outcome };
    });
    expect(await run.outcome).toMatchObject({ status: 0 });

    nano.forget("../var/lib/slipway/bootstrapped");
    nano.forgetCalls();
    expect(await tell(nano, B, release)).toMatchObject({
      status: 75,
      last: expect.stringContaining("the first boot did not finish"),
    });
    expect(nano.calls("cloud-init")).toEqual(["cloud-init status --wait"]);
  });

  test("ends with a verdict and its reason on a machine whose curl signs in a way that AWS refuses", async () => {
    const release = put(nano, "document-a", A);
    nano.pretend("curl-version", "7.81.0");
    nano.forget("../var/lib/slipway/bootstrapped");
    expect(await tell(nano, A, release)).toMatchObject({
      status: 1,
      lines: [
        `slipway: failed version=1 release=${release.release}: curl 7.81.0 here signs requests in a way that AWS refuses: boot from an image with curl 7.88 or newer, as Ubuntu 24.04 has it and 22.04 has not`,
      ],
    });
    expect(nano.calls("cloud-init")).toEqual(["cloud-init status --wait"]);
    expect(nano.calls("curl")).toEqual(["curl --version"]);
  });

  test.each(["7.88.1", "8.5.0", "8.10.0", "10.0.0"])("takes curl %s", async (version) => {
    nano.pretend("curl-version", version);
    expect(await tell(nano, A, put(nano, "document-a", A))).toMatchObject({ status: 0 });
  });

  test("comes to no verdict while AWS does not answer", async () => {
    const release = put(nano, "document-a", A);
    nano.pretend("aws/refuses", "AmazonSSM.GetParameter ThrottlingException\n");
    expect(await tell(nano, A, release)).toMatchObject({
      status: 75,
      last: `slipway: again version=1 release=${release.release}: AWS refuses GetParameter: ThrottlingException no`,
    });
    expect(nano.agents.current).toBe(OWN.sha256);
  });
});

describe("the first boot", () => {
  beforeEach(() => nano.forget("../var/lib/slipway/bootstrapped"));

  test("starts the host's units once the packages are there", async () => {
    expect(await nano.stageZero(["boot"])).toMatchObject({
      status: 0,
      lines: ["slipway: the host is set up, and waits for its agent"],
    });
    expect(nano.exists("var/lib/slipway/bootstrapped")).toBe(true);
    expect(nano.calls("systemctl")).toContain("systemctl start --no-block slipway-converge.service");
    for (const timer of ["apt-daily.timer", "apt-daily-upgrade.timer"]) {
      expect(nano.calls("systemctl")).toContain(`systemctl start ${timer}`);
    }
  });

  test.each(["7.81.0", "7.68.0"])("comes to no end with curl %s, and says why", async (version) => {
    nano.pretend("curl-version", version);
    expect(await nano.stageZero(["boot"])).toMatchObject({
      status: 1,
      lines: [
        expect.stringMatching(`^slipway: the first boot failed: curl ${version} here signs .* Ubuntu 24.04 has it`),
      ],
    });
    expect(nano.exists("var/lib/slipway/bootstrapped")).toBe(false);
    expect(nano.calls("systemctl")).toEqual([]);
  });
});

describe("asked by an agent that meets a release of another's", () => {
  const serving = async () => {
    nano.remove();
    nano = await FakeNano.serving();
  };
  afterAll(() => FakeNano.forgetFirst());

  test("brings that one's agent, which releases it", async () => {
    await serving();
    publish(nano, "document-b", B);
    put(nano, "document-b", B, [{ name: "web", image: "2" }]);
    expect(await nano.run("converge")).toMatchObject({
      status: 0,
      lines: [`slipway: the agent is ${B.sha256.slice(0, 12)}`, "agent B: converge"],
    });
  });

  test.each([
    ["fails its self-test", smallAgent("unfit", "echo no; exit 1"), "its agent fails its self-test: no"],
    ["is gone", undefined, "the document document-b, which has its agent, is gone"],
  ])("lets the old one go on where the other %s, and does not try it again", async (_, agent, reason) => {
    await serving();
    if (agent) publish(nano, "document-b", agent);
    const { release } = put(nano, "document-b", agent ?? B, [{ name: "web", image: "2" }]);
    expect(await nano.run("converge")).toMatchObject({
      status: 0,
      lines: [`slipway: failed version=2 release=${release}: ${reason}`],
    });
    expect(nano.serves("1", "2")).toEqual({ web: "1" });
    nano.forgetCalls();
    expect(await nano.run("converge")).toMatchObject({ status: 0, lines: [] });
    expect(nano.calls("curl").filter((call) => call.includes("aws-sigv4"))).toHaveLength(1);
    expect((await nano.run("status")).lines).toContainEqual(expect.stringContaining(`: ${reason}`));
  });

  test("is not asked for a release of its own, nor for an older one that somebody chose", async () => {
    await serving();
    const older = put(nano, "document-a", A, [{ name: "web", image: "2" }]);
    expect(await nano.told(older)).toMatchObject({ status: 0 });
    expect(nano.serves("1", "2")).toEqual({ web: "2" });
    expect(nano.agents.current).toBe(OWN.sha256);
  });

  test("is asked for a release of a format that the agent cannot read", async () => {
    await serving();
    publish(nano, "document-b", B);
    const manifest = nano.manifest([], { manifest: 4, agent: { document: "document-b", sha256: B.sha256 } });
    const later = nano.put(manifest);
    expect(await nano.told(later)).toMatchObject({ last: `agent B: converge 2 ${later.release}` });
  });
});

/** Holds the lock of every run while `work` is done. */
async function whileLocked<Result>(work: () => Promise<Result>): Promise<Result> {
  mkdirSync(join(nano.root, "run/slipway"), { recursive: true });
  const holder = spawn("flock", [join(nano.root, "run/slipway/lock"), "sh", "-c", "echo held; cat"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await new Promise((held) => holder.stdout.once("data", held));
  try {
    return await work();
  } finally {
    holder.stdin.end();
  }
}
