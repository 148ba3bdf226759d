import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";
import { publish, put, smallAgent, tell } from "../aws/nano/stage-zero/small-agent.ts";

/** The programs by which stage 0 changes something. */
const CHANGING = ["mkdir", "rm", "tar", "sync", "mv", "ln", "touch", "timeout", "base64"];
const B = smallAgent("B");
const OWN = agentArtifact();

jest.setTimeout(60_000);

let nano: FakeNano;
afterEach(() => nano.remove());

/** A host on which each program that changes something is counted, and everything dies before the call of a number. */
function countedNano(): FakeNano {
  const made = new FakeNano();
  for (const name of CHANGING) {
    const real = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    const file = `pretended/bin/${name}`;
    made.write(
      file,
      `#!/bin/sh
echo "${name} $*" >>"$PRETENDED/steps"
if [ "$(grep -c . "$PRETENDED/steps")" = "\${CUT_AT:-0}" ]; then kill -9 "-$AGENT_PID"; fi
exec ${real} "$@"
`,
    );
    chmodSync(join(made.root, file), 0o755);
  }
  publish(made, "document-b", B);
  return made;
}

const steps = () => nano.read("pretended/steps").split("\n").filter(Boolean);

test("a power cut before any step of the switch leaves an agent that works, and the next run ends it", async () => {
  nano = countedNano();
  expect(await tell(nano, B, put(nano, "document-b", B))).toMatchObject({ status: 0 });
  const all = steps().map((line) => line.replaceAll(nano.root, "").replace(/[0-9a-f]{64}/g, "SHA"));
  expect(all).toEqual(expect.arrayContaining([expect.stringMatching(/^tar -xf/), expect.stringMatching(/^mv -fT/)]));

  for (let at = 1; at <= all.length; at += 1) {
    nano.remove();
    nano = countedNano();
    const release = put(nano, "document-b", B);
    expect(await tell(nano, B, release, { CUT_AT: `${at}` })).toMatchObject({ status: null });
    expect(steps()).toHaveLength(at);

    const { current } = nano.agents;
    expect([OWN.sha256, B.sha256]).toContain(current);
    const status = spawnSync(join(nano.root, "usr/local/sbin/slipway"), ["self-test"], {
      encoding: "utf8",
      env: environment(),
    });
    expect([all[at - 1], status.status, status.stdout + status.stderr]).toEqual([all[at - 1], 0, ""]);

    nano.reboot();
    nano.pretend("steps", "");
    expect([all[at - 1], await nano.stageZero(["converge"])]).toMatchObject([
      all[at - 1],
      { status: 0, last: "agent B: converge" },
    ]);
    expect(nano.agents).toEqual({ current: B.sha256, kept: [OWN.sha256, B.sha256].sort() });
  }
});

function environment() {
  return {
    PATH: `${join(nano.root, "pretended/bin")}:${process.env.PATH}`,
    SLIPWAY_ROOT: nano.root,
    PRETENDED: join(nano.root, "pretended"),
  };
}
