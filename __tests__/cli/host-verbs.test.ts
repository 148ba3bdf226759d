import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArguments } from "../../src/cli/arguments.mjs";
import { askedHost, UnknownHostError } from "../../src/cli/asked-host.ts";
import { tellHost } from "../../src/cli/host-answer.ts";
import { logs, rollback, status } from "../../src/cli/host-verbs.ts";
import { type StatusReport, statusLines } from "../../src/cli/status-report.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { selfSigned } from "../self-signed.ts";
import { RecordedCommand } from "./recorded-command.ts";

const at = (path: string, more: object = {}) => ({ "//": { metadata: { path } }, ...more });
const NANO = {
  provider: { aws: [{ region: "eu-west-1", assume_role: [{ role_arn: "arn:aws:iam::1:role/deploy" }] }] },
  resource: {
    aws_ssm_document: { doc: at("shop/host/Release/Document/Resource") },
    aws_instance: { it: at("shop/host/Instance/Resource") },
    terraform_data: { deploy: at("shop/host/Release/Deploy/Resource") },
  },
};
const LOCAL = {
  resource: {
    terraform_data: {
      release: at("cats/host/Release/Resource", {
        provisioner: [{ "local-exec": { environment: { SLIPWAY_NGINX: "cats-host-nginx" } } }],
      }),
    },
  },
};
const SSH = {
  resource: {
    terraform_data: {
      deploy: at("blog/host/Release/Deploy/Resource", {
        provisioner: [
          {
            "local-exec": {
              environment: { SLIPWAY_ADDRESS: "web.test", SLIPWAY_HOST_KEY: "ssh-ed25519 A", SLIPWAY_RELEASE: "r" },
            },
          },
        ],
      }),
    },
  },
};
const SWARM = {
  resource: {
    terraform_data: {
      edge: at("shop/host/Edge/Wait/Resource", {
        provisioner: [{ "local-exec": { environment: { SLIPWAY_KEPT: "", DOCKER_HOST: "tcp://manager:2376" } } }],
      }),
    },
  },
};
const inSwarm = (id: string, name: string, more: object = {}) => ({
  ID: `${id}-and-more`,
  UpdatedAt: "2026-01-01T00:00:00Z",
  Spec: {
    Name: `shop-host-${name.toLowerCase()}`,
    Labels: { "dev.slipway.construct": `shop/host/${name}`, "dev.slipway.swarm.spec": id },
    TaskTemplate: { ContainerSpec: { Image: `registry/${name}@sha256:${"ab".repeat(32)}` } },
  },
  ...more,
});
const STATE = JSON.stringify({
  values: {
    root_module: {
      resources: [
        { address: "aws_instance.it", values: { id: "i-1" } },
        { address: "aws_ssm_document.doc", values: { name: "shop.host-1" } },
      ],
    },
  },
});
const REPORT: StatusReport = {
  schema: 1,
  host: "shop/host",
  healthy: false,
  serving: { version: 3, release: "f00d".repeat(16), since: "2026-01-01T00:00:00Z" },
  services: [
    {
      name: "web",
      healthy: false,
      problem: "GET / was answered 503, not 2xx",
      container: "slipway-web-20000",
      image: `registry/web@sha256:${"ab".repeat(32)}`,
      state: "running",
      since: "2026-01-01T00:00:00Z",
      restarts: 2,
      memory: "12MiB / 64MiB",
    },
  ],
  certificates: [{ name: "a.test", said: "until 2026-03-01" }],
  maintenance: [{ site: "a.test", since: "2026-01-02T00:00:00Z" }],
  notes: ["nginx does not answer: systemctl status nginx; nginx -t"],
  memory: { availableMiB: 100, swapMiB: 1024, swapFreeMiB: 1000 },
  disk: { usedPercent: 40, freeMiB: 4000 },
  failures: [{ version: 4, release: "bad", at: "2026-01-03T00:00:00Z", reason: "web is not healthy" }],
  held: { version: 4, since: "2026-01-04T00:00:00Z" },
  last: { version: 3, at: "2026-01-04T00:00:00Z", outcome: "live" },
  log: ["slipway: live version=3"],
};

/** A project with these stacks, each deployed where it has a state, and what its verbs print. */
function project(stacks: Record<string, object>, answers: ConstructorParameters<typeof RecordedCommand>[0] = {}) {
  const root = mkdtempSync(join(tmpdir(), "slipway-cli-"));
  for (const [name, document] of Object.entries(stacks)) {
    const folder = join(root, "cdktf.out/stacks", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(document));
    writeFileSync(join(folder, "terraform.tfstate"), "{}");
  }
  const command = new RecordedCommand(answers);
  const lines: string[] = [];
  const line = (text: string) => lines.push(text);
  const terminal = { line, fail: line, note: line };
  const found = { program: "terraform", name: "Terraform", version: "1.9.0" };
  const findTerraform = async () => ({ tool: found });
  const tools = { terminal, command, findTerraform, project: { root, app: "false", output: "cdktf.out" } };
  return { tools: tools as unknown as Tools, command, lines };
}

describe("the command line", () => {
  test.each([
    [["status"], { verb: "status", words: [] }],
    [
      ["logs", "shop/host", "web", "-n", "20", "--json"],
      { verb: "logs", words: ["shop/host", "web"], lines: "20", json: true },
    ],
    [["maintenance", "*.a.test", "on"], { words: ["*.a.test", "on"] }],
    [["up", "shop", "--retry"], { verb: "up", operand: "shop", retry: true }],
  ])("%j is understood", (argv, expected) => {
    expect(parseArguments(argv)).toMatchObject(expected);
  });

  test.each([
    [["logs"], "logs needs <service>: slipway logs [host] <service>"],
    [["maintenance", "a.test", "of"], "maintenance must end in on or off, got of"],
    [["logs", "web", "-n", "0"], "-n must be a number of lines"],
    [["status", "-n", "3"], "-n belongs to logs, got status"],
    [["status", "$(reboot)"], "status takes names"],
    [["up", "--json"], "--json belongs to down, list, outputs, diff, review, volumes"],
    [["down", "--retry"], "--retry belongs to up"],
  ])("%j is refused", (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });
});

describe("the host that is meant", () => {
  const { tools } = project({ shop: NANO, cats: LOCAL });
  test.each(["shop/host", "shop"])("by %s", async (name) => {
    const { host } = await askedHost(name, tools);
    expect(host).toEqual({
      kind: "nano",
      path: "shop/host",
      instance: "aws_instance.it",
      document: "aws_ssm_document.doc",
      deploy: "terraform_data.deploy",
    });
  });
  test.each([
    [undefined, "host must be named; there are: cats/host, shop/host"],
    ["host", "got host; there are: cats/host, shop/host"],
    ["other", "got other; there are: cats/host, shop/host"],
  ])("is not guessed from %s", async (name, message) => {
    await expect(askedHost(name, tools)).rejects.toThrow(message);
    await expect(askedHost(name, tools)).rejects.toThrow(UnknownHostError);
  });
  test("is the only one without a name", async () => {
    expect((await askedHost(undefined, project({ cats: LOCAL }).tools)).host.path).toBe("cats/host");
  });
});

describe("a nano", () => {
  const said = { code: 1, stdout: JSON.stringify(REPORT) };
  test("is told by what Terraform's state says of it, and its status is printed for people and for programs", async () => {
    const { tools, command, lines } = project({ shop: NANO }, { terraform: STATE, sh: said });
    expect(await status({ verb: "status", words: [] }, tools)).toBe(1);
    expect(command.asked).toEqual([
      expect.stringMatching(/^terraform -chdir=.*\/stacks\/shop show -json -no-color$/),
      expect.stringMatching(/^sh .*\/src\/aws\/nano\/tell\.sh status --json$/),
    ]);
    expect(lines).toEqual(statusLines(REPORT));
    const print = jest.spyOn(console, "log").mockImplementation();
    expect(await status({ verb: "status", words: ["shop"], json: true }, tools)).toBe(1);
    expect(JSON.parse(print.mock.calls[0]?.[0])).toEqual(REPORT);
    print.mockRestore();
  });

  test("that is not in the state cannot be asked, and a wildcard's star is written as the host does", async () => {
    const { tools, command } = project({ shop: NANO }, { terraform: { stdout: "{}" } });
    const asked = await askedHost("shop", tools);
    expect(await tellHost(asked, ["status"], tools)).toMatchObject({ code: 75 });
    const there = project({ shop: NANO }, { terraform: STATE });
    await tellHost(asked, ["maintenance", "*.a.test", "on"], there.tools);
    expect(there.command.asked.at(-1)).toMatch(/tell\.sh maintenance _\.a\.test on$/);
    expect(command.asked).toHaveLength(1);
  });

  test("is rolled back by a version, whichever word is which", async () => {
    const { tools, command } = project({ shop: NANO }, { terraform: STATE, sh: "slipway: live version=2\n" });
    for (const words of [["shop", "2"], ["2"]]) expect(await rollback({ verb: "rollback", words }, tools)).toBe(0);
    expect(command.asked.filter((line) => line.endsWith("tell.sh rollback 2"))).toHaveLength(2);
  });

  test("its logs are printed as they are", async () => {
    const { tools, lines } = project({ shop: NANO }, { terraform: STATE, sh: "one\n\ntwo\n" });
    expect(await logs({ verb: "logs", words: ["web"], lines: "3" }, tools)).toBe(0);
    expect(lines).toEqual(["one", "", "two"]);
  });
});

describe("a host on the local engine", () => {
  test("says its status by what its Nginx and the engine say", async () => {
    const { tools, command } = project(
      { cats: LOCAL },
      {
        sh: "release\tf00d\nservice\tweb\tcats-web\tfalse\tGET / was answered 500\nmaintenance\t_.a.test\t2026-01-01T00:00:00Z\n",
        "docker container": "running\t2026-01-01T00:00:00Z\t0\tapp:1\n",
        "docker stats": "3MiB / 8MiB\n",
      },
    );
    const answer = await tellHost(await askedHost(undefined, tools), ["status", "--json"], tools);
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      healthy: false,
      serving: { version: null, release: "f00d" },
      services: [
        { name: "web", problem: "GET / was answered 500", memory: "3MiB / 8MiB", restarts: 0, image: "app:1" },
      ],
      maintenance: [{ site: "*.a.test" }],
    });
    expect(command.asked.some((line) => line.startsWith("terraform"))).toBe(false);
  });

  test("says until when each certificate of its own authority is good, and that one is lost or has ended", async () => {
    const der = (days: number) =>
      new X509Certificate(selfSigned(["a.test"], { days }).certificate).raw.toString("base64");
    const rows = Object.entries({ "_.a.test": der(30), "b.test": der(-1), "c.test": "" });
    const sh = `release\tf00d\n${rows.map(([file, text]) => `certificate\t${file}\t${text}\n`).join("")}`;
    const { tools } = project({ cats: LOCAL }, { sh });
    const answer = await tellHost(await askedHost(undefined, tools), ["status", "--json"], tools);
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    expect(JSON.parse(answer.stdout).certificates).toEqual([
      { name: "*.a.test", said: `until ${day(30)}` },
      { name: "b.test", said: `ENDED on ${day(-1)}: npx slipway up makes another` },
      { name: "c.test", said: "LOST: npx slipway up makes another" },
    ]);
  });

  test("refuses a rollback, and says what to do instead", async () => {
    const { tools, command } = project({ cats: LOCAL });
    const answer = await tellHost(await askedHost(undefined, tools), ["rollback"], tools);
    expect(answer).toMatchObject({ code: 1, stderr: expect.stringContaining("git revert") });
    expect(command.asked).toEqual([]);
  });
});

describe("a host on a swarm", () => {
  const services = [
    inSwarm("w1", "web", { UpdateStatus: { State: "rollback_completed", Message: "rollback completed" } }),
    inSwarm("n1", "Nginx"),
    inSwarm("a1", "api", {
      Spec: { ...inSwarm("a1", "api").Spec, Labels: { "dev.slipway.construct": "other/host/api" } },
    }),
  ];
  const answers = (counts: string) => ({
    "docker service ls": counts,
    "docker service inspect": JSON.stringify(services),
    "docker service ps": '\n"task: non-zero exit (3)"\n',
    "docker service logs": { stdout: "one\n", stderr: "two\n" },
  });

  test("says by its manager how many tasks of each service run, and why not all", async () => {
    const { tools, command } = project({ shop: SWARM }, answers("w1 1/2\nn1 3/3\na1 1/1\n"));
    const answer = await tellHost(await askedHost(undefined, tools), ["status", "--json"], tools);
    expect(answer.code).toBe(1);
    const report = JSON.parse(answer.stdout);
    expect(report).toMatchObject({
      host: "shop/host",
      healthy: false,
      serving: { version: null, since: "2026-01-01T00:00:00Z" },
      notes: [],
    });
    expect(report.services).toEqual([
      expect.objectContaining({
        name: "web",
        problem: '1 of 2 tasks run: "task: non-zero exit (3)"',
        container: "shop-host-web",
        state: "1/2 running, rollback completed",
      }),
    ]);
    expect(statusLines(report)[1]).toContain(
      'web  NOT HEALTHY (1 of 2 tasks run: "task: non-zero exit (3)"), abababababab',
    );
    expect(command.asked.some((line) => line.startsWith("terraform"))).toBe(false);
  });

  test("is not healthy where its Nginx is not on each node, and serves nothing where it has no services", async () => {
    const without = project({ shop: SWARM }, answers("w1 2/2\nn1 2/3\n"));
    const answer = await tellHost(await askedHost(undefined, without.tools), ["status"], without.tools);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      healthy: false,
      notes: ['Nginx: 2 of 3 tasks run: "task: non-zero exit (3)"'],
    });
    const none = project({ shop: SWARM });
    const { code, stdout } = await tellHost(await askedHost(undefined, none.tools), ["status"], none.tools);
    expect([code, JSON.parse(stdout).serving]).toEqual([1, null]);
  });

  test("its logs are those of all tasks, each line with its task where there are several", async () => {
    const { tools, command, lines } = project({ shop: SWARM }, answers("w1 2/2\nn1 1/1\n"));
    expect(await logs({ words: ["web"], lines: "5" } as never, tools)).toBe(0);
    expect(lines).toEqual(["one", "two"]);
    await logs({ words: ["Nginx"] } as never, tools);
    expect(command.asked.filter((line) => line.includes("logs"))).toEqual([
      "docker service logs --tail 5 w1-and-more",
      "docker service logs --raw --tail 100 n1-and-more",
    ]);
    const unknown = await tellHost(await askedHost(undefined, tools), ["logs", "no", "5"], tools);
    expect(unknown).toMatchObject({ code: 2, stderr: "shop/host: has no service no; it has Nginx, web\n" });
  });

  test("a manager that is out of reach is said, as it cannot be asked now", async () => {
    const stderr = "Cannot connect to the Docker daemon at tcp://manager:2376\n";
    const { tools } = project({ shop: SWARM }, { "docker service ls": { code: 1, stderr } });
    const answer = await tellHost(await askedHost(undefined, tools), ["status"], tools);
    expect(answer).toEqual({ code: 75, stdout: "", stderr: `shop/host: ${stderr}`, timedOut: false });
  });

  test.each([
    ["rollback", "git revert"],
    ["releases", "git revert"],
    ["maintenance", "a SwarmHost has no maintenance"],
  ])("refuses %s, and says what to do instead", async (verb, remedy) => {
    const { tools, command } = project({ shop: SWARM });
    const answer = await tellHost(await askedHost(undefined, tools), [verb], tools);
    expect(answer).toMatchObject({ code: 1, stderr: expect.stringContaining(remedy) });
    expect(command.asked).toEqual([]);
  });
});

describe("a server that is told by ssh", () => {
  test("is asked where it is declared to be, with its host key, and without Terraform", async () => {
    const { tools, command } = project({ blog: SSH }, { sh: "slipway: live version=1\n" });
    expect(await rollback({ verb: "rollback", words: ["blog"] }, tools)).toBe(0);
    expect(command.asked).toEqual([expect.stringMatching(/hosts\/ssh\/tell\.sh rollback$/)]);
    const { host } = await askedHost(undefined, tools);
    expect(host).toMatchObject({
      kind: "ssh",
      deploy: "terraform_data.deploy",
      connection: { SLIPWAY_ADDRESS: "web.test", SLIPWAY_HOST_KEY: "ssh-ed25519 A" },
    });
    expect(Object.keys((host as { connection: object }).connection)).not.toContain("SLIPWAY_RELEASE");
    expect(new SynthesizedStack("blog", ".", SSH as never).servers).toEqual(["web.test"]);
  });
});

test("a status names an image by 12 digits where the engine says its id, and a time by the second", () => {
  const [first] = REPORT.services;
  const service = { ...first, image: `sha256:${"ab".repeat(32)}`, since: "2026-01-01T00:00:00.575414158Z" };
  const lines = statusLines({ ...REPORT, services: [service as (typeof REPORT.services)[number]] });
  expect(lines[1]).toContain(", abababababab, running since 2026-01-01T00:00:00Z, ");
});

test("a status is said in lines", () => {
  expect(statusLines(REPORT)).toEqual([
    "shop/host serves version 3, release f00df00df00d since 2026-01-01T00:00:00Z",
    "  web     NOT HEALTHY (GET / was answered 503, not 2xx), abababababab, running since 2026-01-01T00:00:00Z, restarted 2 times, 12MiB / 64MiB",
    "  a.test  certificate until 2026-03-01",
    "a.test is in maintenance since 2026-01-02T00:00:00Z",
    "nginx does not answer: systemctl status nginx; nginx -t",
    "memory: 100 MiB available, 1000 of 1024 MiB swap free",
    "disk: 40 % full, 4000 MiB free",
    "last release: version 3 at 2026-01-04T00:00:00Z: live",
    "failed: version 4 at 2026-01-03T00:00:00Z: web is not healthy",
    "HELD since 2026-01-04T00:00:00Z: version 4 is left alone after a rollback; other content, or slipway up --retry, ends it",
    "  | slipway: live version=3",
  ]);
});
