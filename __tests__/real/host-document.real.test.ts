import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { commandDocument } from "../../src/aws/nano/command-document.ts";
import { CommandDocument } from "../../src/rehearsal/doubles/command-document.ts";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";
import { put, smallAgent, wholeAgent } from "../aws/nano/stage-zero/small-agent.ts";

const LATER = smallAgent("later");

jest.setTimeout(60_000);

let nano: FakeNano;
beforeEach(() => {
  nano = new FakeNano();
});
afterEach(() => nano.remove());

/** Runs the document's lines as the SSM agent does: they become a file, which a shell runs. */
function run(verb: string, { version, release }: { version: number; release: string }, agent = agentArtifact()) {
  const given = { verb: [verb], version: [`${version}`], release: [release] };
  const { text } = CommandDocument.parse(commandDocument(agent).text).script(given);
  nano.write("script.sh", text.replaceAll("/usr/local/", `${nano.root}/usr/local/`));
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `chmod +x script.sh; sh -c ./script.sh`], {
    cwd: nano.root,
    encoding: "utf8",
    env: {
      PATH: `${join(nano.root, "pretended/bin")}:${process.env.PATH}`,
      SLIPWAY_ROOT: nano.root,
      SLIPWAY_PAUSE: "0.02",
      PRETENDED: join(nano.root, "pretended"),
    },
  });
  return { status, lines: `${stdout}${stderr}`.split("\n").filter(Boolean) };
}

test("the document of today releases by the agent in it, on a host that has none yet", () => {
  nano.forgetAgent();
  const agent = wholeAgent(nano);
  const release = put(nano, "document", agent, [{ name: "web", image: "1" }]);
  const { status, lines } = run("converge", release, agent);
  expect([lines.at(-1), status]).toEqual([`slipway: live version=1 release=${release.release}`, 0]);
  expect(nano.agents).toEqual({ current: agent.sha256, kept: [agent.sha256] });
  expect(nano.calls("systemctl")).toEqual([
    "systemctl enable docker nginx",
    "systemctl start docker",
    "systemctl reload-or-restart nginx",
  ]);
  expect(nano.serves("1")).toEqual({ web: "1" });
});

test("and brings any other agent, or asks without bringing it", () => {
  const release = put(nano, "document", LATER);
  expect(run("status", release, LATER).lines).toContainEqual(expect.stringMatching(/^agent /));
  expect(nano.agents.kept).toEqual([agentArtifact().sha256]);
  expect(run("converge", release, LATER)).toMatchObject({
    status: 0,
    lines: [expect.stringMatching(/the agent is/), `agent later: converge 1 ${release.release}`],
  });
});

test("tells a host of before agents travelled from one whose files are still to come", () => {
  const release = put(nano, "document", LATER);
  nano.forget("../usr/local/sbin/slipway-agent");
  expect(run("converge", release)).toEqual({
    status: 75,
    lines: ["slipway: cloud-init has not written the files of this host yet"],
  });
  nano.write("usr/local/lib/slipway/bootstrap", "#!/bin/sh\n");
  expect(run("converge", release)).toEqual({
    status: 1,
    lines: [expect.stringMatching(/made by a Slipway whose agent could not be replaced: replace the instance once/)],
  });
});
