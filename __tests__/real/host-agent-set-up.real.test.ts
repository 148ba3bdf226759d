import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { JOINED_PARTS } from "../../src/host-agent/agent-files.ts";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

const AGENT = `usr/local/lib/slipway/agents/${agentArtifact().sha256}`;
const SET_UP = "var/lib/slipway/set-up";

jest.setTimeout(60_000);

let nano: FakeNano;
beforeEach(async () => {
  nano = await FakeNano.serving();
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

describe("an agent that is asked whether it can work here", () => {
  const asked = async (...manifests: string[]) => {
    const { status, lines } = await nano.run("self-test", ...manifests.map((name) => join(nano.root, name)));
    return { status, lines };
  };

  test("says nothing where it can, and changes nothing", async () => {
    nano.write("release.json", JSON.stringify(nano.manifest([{ name: "web", image: "2" }])));
    expect(await asked("release.json")).toEqual({ status: 0, lines: [] });
    expect(nano.serves("1", "2")).toEqual({ web: "1" });
    expect(nano.calls("systemctl")).toEqual([]);
  });

  test("names the program that is missing", async () => {
    const part = `${AGENT}/lib/slipway/${JOINED_PARTS}`;
    nano.write(part, nano.read(part).replace('\nTOOLS="', '\nTOOLS="no-such-tool '));
    expect(await asked()).toEqual({ status: 1, lines: ["the program no-such-tool is missing"] });
  });

  test("says which part of it is no shell", async () => {
    nano.write(`${AGENT}/lib/slipway/${JOINED_PARTS}`, "if true; then\n");
    expect(await asked()).toEqual({
      status: 1,
      lines: [expect.stringMatching(/parts\.sh: \d+: Syntax error: end of file unexpected/)],
    });
  });

  test("says what it does not accept of a release, of what serves too", async () => {
    nano.write("new.json", JSON.stringify(nano.manifest([], { manifest: 4 })));
    const formats = "this agent reads manifests 2 and 3, not 4";
    expect(await asked("new.json")).toEqual({
      status: 1,
      lines: [`it does not accept the release in new.json: ${formats}`],
    });
    const live = `var/lib/slipway/releases/${JSON.parse(nano.read("var/lib/slipway/serving.json")).release}.json`;
    nano.write(live, nano.read("new.json"));
    expect((await asked()).lines).toEqual([
      expect.stringMatching(/^it does not accept the release in [0-9a-f]{64}\.json: /),
    ]);
  });

  test.each([
    ["its state", "var/lib/slipway/serving.json", "not JSON", /^it cannot read .*serving\.json$/],
    [
      "what is live",
      "var/lib/slipway/live/sites.conf",
      "nonsense;",
      /^nginx refuses its configuration: .*unknown directive/,
    ],
  ])("says that it cannot read %s", async (_, path, text, message) => {
    nano.write(path, text);
    expect(await asked()).toEqual({ status: 1, lines: [expect.stringMatching(message)] });
  });

  test("says what systemd does not know in a unit", async () => {
    const unit = "/etc/systemd/system/nginx.service.d/slipway.conf";
    nano.pretend("units/wrong", `/lib/x.service:1: of another's\n${nano.root}/${AGENT}/host${unit}:5: Unknown key\n`);
    expect(await asked()).toEqual({ status: 1, lines: [`systemd refuses its units: ${unit}:5: Unknown key`] });
    nano.pretend("units/wrong", "/lib/x.service:1: of another's\n");
    expect(await asked()).toEqual({ status: 0, lines: [] });
  });
});

describe("the host's files", () => {
  const told = () => nano.calls("systemctl");

  test("are left alone by the agent that has put them, also where somebody has changed one", async () => {
    nano.write("etc/nginx/nginx.conf", `# mine\n${nano.read("etc/nginx/nginx.conf")}`);
    await nano.run("converge");
    expect(nano.read("etc/nginx/nginx.conf")).toContain("# mine");
    expect(told()).toEqual([]);
  });

  test.each([
    ["nginx.conf", "etc/nginx/nginx.conf", ["systemctl start docker", "systemctl reload-or-restart nginx"]],
    ["daemon.json", "etc/docker/daemon.json", ["systemctl restart docker", "systemctl start nginx"]],
    [
      "nginx's drop-in",
      "etc/systemd/system/nginx.service.d/slipway.conf",
      ["systemctl daemon-reload", "systemctl start docker", "systemctl start nginx"],
    ],
    ["nothing", "", ["systemctl start docker", "systemctl start nginx"]],
  ])("of another agent: %s differs, and only those are told whom it concerns", async (_, path, expected) => {
    nano.write(SET_UP, "another\n");
    if (path) nano.write(path, "another's\n");
    await nano.run("converge");
    expect(told().filter((call) => !call.includes(" enable "))).toEqual(expected);
    if (path) expect(nano.read(path)).toBe(nano.read(`${AGENT}/host/${path}`));
    expect(nano.read(SET_UP)).toBe(`${agentArtifact().sha256}\n`);
    nano.forgetCalls();
    await nano.run("converge");
    expect(told()).toEqual([]);
    expect(nano.serves("1")).toEqual({ web: "1" });
  });

  test("come to no verdict where Docker does not start: the next run tells it again", async () => {
    nano.write(SET_UP, "another\n");
    nano.write("etc/docker/daemon.json", "another's\n");
    nano.pretend("docker/no-service");
    expect(await nano.run("converge")).toMatchObject({
      status: 75,
      last: expect.stringContaining("the Docker Engine does not start: systemctl status docker"),
    });
    nano.forget("docker/no-service");
    nano.forgetCalls();
    await nano.run("converge");
    expect(told()).toContain("systemctl restart docker");
    expect(nano.read(SET_UP)).toBe(`${agentArtifact().sha256}\n`);
  });

  test.each(["systemctl enable", "systemctl restart docker", "nginx -t", "systemctl reload-or-restart nginx"])(
    "are put by the next run after a power cut before %s",
    async (call) => {
      nano.write(SET_UP, "another\n");
      for (const path of ["etc/docker/daemon.json", "etc/nginx/nginx.conf"]) nano.write(path, "another's\n");
      nano.pretend("die", call);
      expect(await nano.run("converge")).toMatchObject({ status: null });
      nano.reboot();
      expect(await nano.run("converge")).toMatchObject({ status: 0 });
      for (const path of ["etc/docker/daemon.json", "etc/nginx/nginx.conf"]) {
        expect(nano.read(path)).toBe(nano.read(`${AGENT}/host/${path}`));
      }
      expect(nano.read(SET_UP)).toBe(`${agentArtifact().sha256}\n`);
      expect(nano.serves("1")).toEqual({ web: "1" });
    },
  );
});

test.each([
  ["where systemd says so of another's output, as the SSM agent hands on", "8:1", 1],
  ["where nobody says so", "", 1],
  ["but where systemd keeps it already", "$(stat -Lc %d:%i /proc/$$/fd/1)", 0],
])("what the agent and stage 0 say goes to the journal %s", (_, journal, lines) => {
  const run = (program: string, ...words: string[]) => {
    nano.forgetCalls();
    const path = join(nano.root, "usr/local/sbin", program);
    const begin = `JOURNAL_STREAM="${journal}"; export JOURNAL_STREAM; exec "$@"`;
    const { stdout } = spawnSync("sh", ["-c", begin, "sh", path, ...words], {
      encoding: "utf8",
      env: {
        PATH: `${join(nano.root, "pretended/bin")}:${process.env.PATH}`,
        SLIPWAY_ROOT: nano.root,
        PRETENDED: join(nano.root, "pretended"),
      },
    });
    expect(stdout).toMatch(/^slipway: again .*the first boot did not finish.*\n$/);
    return nano.calls("logger");
  };
  nano.forget("../var/lib/slipway/bootstrapped");
  expect(run("slipway", "converge")).toHaveLength(lines);
  expect(run("slipway-agent", "converge")).toHaveLength(lines);
});
