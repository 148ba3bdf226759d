import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";
import { publish, put, tell, wholeAgent } from "../aws/nano/stage-zero/small-agent.ts";

const GOLDEN = resolve(__dirname, "../aws/nano/stage-zero/golden");
const golden = (name: string) => readFileSync(`${GOLDEN}/${name}`, "utf8");
const all = (kind: string) => readdirSync(GOLDEN).filter((name) => name.startsWith(kind));

jest.setTimeout(60_000);

let nano: FakeNano;
beforeEach(() => {
  nano = new FakeNano();
  nano.forgetAgent();
});
afterEach(() => nano.remove());

describe.each(all("stage-zero-"))("the stage 0 that hosts were given as %s", (program) => {
  beforeEach(() => nano.write("usr/local/sbin/slipway-agent", golden(program)));

  test.each(all("release-"))("brings the agent of a release of its time, %s", async (file) => {
    const release = JSON.parse(golden(file));
    nano.pretend(
      `aws/documents/${release.agent.document}`,
      JSON.stringify({ Content: golden(file.replace("release", "document")) }),
    );
    nano.put(release);
    expect(await nano.stageZero(["converge"])).toMatchObject({ status: 0, last: "agent golden: converge" });
    expect(nano.agents.current).toBe(release.agent.sha256);
  });

  test("brings the agent of today, by its document and by Run Command, and that one does its work", async () => {
    const agent = wholeAgent(nano);
    publish(nano, "document", agent);
    const first = put(nano, "document", agent, [{ name: "web", image: "1" }]);
    expect(await nano.stageZero(["converge"])).toMatchObject({
      status: 0,
      last: `slipway: live version=1 release=${first.release}`,
    });
    nano.remove();
    nano = new FakeNano();
    nano.forgetAgent();
    const told = wholeAgent(nano);
    const release = put(nano, "document", told, [{ name: "web", image: "1" }]);
    expect(await tell(nano, told, release)).toMatchObject({
      status: 0,
      last: `slipway: live version=1 release=${release.release}`,
    });
  });
});
