import { statSync } from "node:fs";
import { join } from "node:path";
import { JOINED_PARTS } from "../../src/host-agent/agent-files.ts";
import { digest, FakeServer, HOST } from "../hosts/ssh/fake-server.ts";

jest.setTimeout(120_000);
let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});
afterEach(() => server.remove());

const web = (image: string, more = {}) => [{ name: "web", image, ...more }];

test("the first apply installs what the server lacks, brings the agent, and serves; the second finds all of it there", async () => {
  const manifest = server.manifest(web("1"));
  const first = await server.deploy("deploy", manifest);
  expect(first.output).toContain("shop/host: installing apparmor ca-certificates");
  expect(first.output).toMatch(/shop\/host: live version=1 release=[0-9a-f]{64}\n/);
  expect(first.status).toBe(0);
  expect(server.serves("1")).toEqual({ web: "1" });
  expect(server.read("etc/slipway/host.conf")).toBe(
    `HOST=${HOST}\nPARAMETER=/slipway/${HOST}/release\nMARKER_PORT=8100\n`,
  );
  expect(server.read("pretended/units/on")).toContain("slipway-converge.timer");
  const installs = server.calls("apt-get install").length;
  const second = await server.deploy("verify", manifest);
  expect(second.output).toMatch(/^shop\/host: serves release [0-9a-f]{12}\n$/);
  expect(second.status).toBe(0);
  const again = await server.deploy("deploy", manifest);
  expect(again.status).toBe(0);
  expect(server.calls("apt-get install")).toHaveLength(installs);
  expect(server.containers()).toHaveLength(1);
});

test("sudo is asked for two commands and no other, and ssh takes no key but the declared one and asks nobody", async () => {
  await server.deploy("deploy", server.manifest(web("1")));
  await server.tell("status");
  await server.deploy("remove");
  const commands = new Set(server.calls("sudo").map((line) => line.split(" ").slice(0, 3).join(" ")));
  expect([...commands].map((line) => line.replace(server.root, "")).sort()).toEqual([
    "sudo -n /usr/bin/install",
    "sudo -n /usr/local/sbin/slipway-agent",
  ]);
  for (const call of server.calls("ssh")) {
    expect(call).toContain("-o BatchMode=yes -o StrictHostKeyChecking=yes -o HostKeyAlias=slipway-server");
    expect(call).toContain("-o ForwardAgent=no");
    expect(call).toMatch(/-l deploy -p 22 -o ControlMaster=\w+ web\.example\.com /);
  }
});

test("a release that fails fails the apply with its reason, and the one before serves on", async () => {
  await server.deploy("deploy", server.manifest(web("1")));
  server.write(`pretended/health/${digest("2").slice(0, 12)}`, "return 1");
  const { status, output } = await server.deploy("deploy", server.manifest(web("2")));
  expect(status).toBe(1);
  expect(output).toMatch(/shop\/host: failed version=2 .*web/);
  expect(server.serves("1", "2")).toEqual({ web: "1" });
  const verify = await server.deploy("verify", server.manifest(web("1")));
  expect(verify.status).toBe(0);
});

test("an agent that fails its self-test is refused, and the one before runs on", async () => {
  await server.deploy("deploy", server.manifest(web("1")));
  const agent = server.read("deployer/agent");
  const broken = new FakeServer((path, content) =>
    path.endsWith(JOINED_PARTS) ? content.replace('\nTOOLS="', '\nTOOLS="no-such-tool ') : content,
  );
  const manifest = server.manifest(web("2"), { agent: { document: "brought-by-ssh", sha256: broken.agent.sha256 } });
  const { status, output } = await server.deploy("deploy", manifest, {
    SLIPWAY_AGENT: broken.agent.file,
    SLIPWAY_AGENT_SHA: broken.agent.sha256,
  });
  broken.remove();
  expect(output).toContain("its agent fails its self-test: the program no-such-tool is missing");
  expect(status).toBe(1);
  expect(server.serves("1", "2")).toEqual({ web: "1" });
  expect(agent).not.toBe("");
});

test("a connection that breaks while the server is at work is opened again, and the outcome is found", async () => {
  server.write("pretended/ssh/drops", "'tell'");
  const { status, output } = await server.deploy("deploy", server.manifest(web("1")));
  expect(output).toContain("the connection broke: the server goes on, and is asked again");
  expect(status).toBe(0);
  expect(server.serves("1")).toEqual({ web: "1" });
});

test("the firewall is looked at and said, not changed", async () => {
  server.write("pretended/ufw", "Status: active\n\nTo       Action  From\n22/tcp   ALLOW   Anywhere\n");
  const { output } = await server.deploy("deploy", server.manifest(web("1")));
  expect(output).toContain("the firewall (ufw) lets nobody in to port 80, and stays as it is: sudo ufw allow 80/tcp");
  expect(server.calls("ufw")).toEqual(server.calls("ufw status"));
});

describe("secrets", () => {
  const secrets = { DB_PASSWORD: { from: "parameter", id: "/deployer/environment/DB@1", as: "file", version: "1" } };
  const lines = "keep\tenvironment\tDB\t/deployer/environment/DB@1";
  const kept = () => server.files("etc/slipway/secrets");

  test("go by standard input to the server, which keeps them 0600 and gives them as files in memory", async () => {
    const { status } = await server.deploy("deploy", server.manifest(web("1", { secrets })), {
      SLIPWAY_SECRETS: lines,
      DB: "s3cret\nline 2",
    });
    expect(status).toBe(0);
    const called = digest("/deployer/environment/DB@1");
    expect(kept()).toEqual({ [called]: "s3cret\nline 2" });
    expect(statSync(join(server.root, "etc/slipway/secrets", called)).mode & 0o777).toBe(0o600);
    expect(server.read("run/slipway/secrets/slipway-web-20000/DB_PASSWORD")).toBe("s3cret\nline 2");
    expect(server.read("pretended/calls")).not.toContain("s3cret");
    expect(server.read("pretended/calls")).not.toContain(Buffer.from("s3cret").toString("base64").slice(0, 8));
  });

  test("are encrypted where systemd can, and read again from there", async () => {
    server.write("pretended/creds", "");
    const { status } = await server.deploy("deploy", server.manifest(web("1", { secrets })), {
      SLIPWAY_SECRETS: lines,
      DB: "s3cret",
    });
    expect(status).toBe(0);
    expect(kept()).toEqual({ [`${digest("/deployer/environment/DB@1")}.cred`]: "terc3s" });
    expect(server.read("run/slipway/secrets/slipway-web-20000/DB_PASSWORD")).toBe("s3cret");
  });

  test("that nothing on the ledger names any more go", async () => {
    const environment = { SLIPWAY_SECRETS: lines, DB: "s3cret" };
    await server.deploy("deploy", server.manifest(web("1", { secrets })), environment);
    server.write("etc/slipway/secrets/stale", "x");
    await server.deploy("deploy", server.manifest(web("2", { secrets })), environment);
    expect(Object.keys(kept())).toEqual([digest("/deployer/environment/DB@1")]);
  });

  test("a login is there for the pull alone", async () => {
    const logins = [
      {
        repository: "registry.example.com/app",
        registry: "registry.example.com",
        username: "reader",
        password: { from: "parameter", id: "/deployer/environment/TOKEN" },
      },
    ];
    const { status } = await server.deploy("deploy", server.manifest(web("1"), { logins }), {
      SLIPWAY_SECRETS: "once\tenvironment\tTOKEN\t/deployer/environment/TOKEN",
      TOKEN: "t0ken",
    });
    expect(status).toBe(0);
    expect(server.calls("docker pull")).toHaveLength(1);
    expect(server.exists("run/slipway/once")).toBe(false);
    expect(server.files("etc/slipway/secrets")).toEqual({});
    expect(server.read("pretended/calls")).not.toContain("t0ken");
  });
});

describe("what people ask", () => {
  test("it says what serves, goes back to the release before, and a new apply of what was left is refused", async () => {
    await server.deploy("deploy", server.manifest(web("1")));
    await server.deploy("deploy", server.manifest(web("2")));
    const status = await server.tell("status", "--json");
    expect(JSON.parse(status.output.trim())).toMatchObject({ host: HOST, healthy: true, serving: { version: 2 } });
    const back = await server.tell("rollback");
    expect([back.status, back.output]).toEqual([0, expect.stringContaining("live version=1")]);
    expect(server.serves("1", "2")).toEqual({ web: "1" });
    const releases = JSON.parse((await server.tell("releases", "--json")).output);
    expect(
      releases.releases.map((each: { version: number; live: boolean; held: boolean }) => [
        each.version,
        each.live,
        each.held,
      ]),
    ).toEqual([
      [2, false, true],
      [1, true, false],
    ]);
    const left = await server.deploy("deploy", server.manifest(web("2")));
    expect([left.status, left.output]).toEqual([1, expect.stringContaining("this host is held at version 1")]);
    const retried = await server.deploy("deploy", server.manifest(web("2")), { SLIPWAY_RETRY: "1" });
    expect(retried.status).toBe(0);
    expect(server.serves("1", "2")).toEqual({ web: "2" });
  });
});

test("after a reboot what is live comes back by itself, and a task that has run does not run again", async () => {
  const tasks = [
    {
      name: "migrate",
      image: `registry.example.com/app@sha256:${digest("3")}`,
      spec: "0123456789abcdef",
      timeoutSeconds: 60,
      before: [],
      env: {},
      secrets: {},
    },
  ];
  server.write(`pretended/docker/ends/${digest("3").slice(0, 12)}`, "exited false 0");
  const manifest = server.manifest(web("1"), { tasks, taskLedger: `/slipway/${HOST}/tasks` });
  expect((await server.deploy("deploy", manifest)).status).toBe(0);
  expect(server.read("var/lib/slipway/values/tasks")).toContain("migrate 0123456789abcdef");
  const runs = server.calls("docker run").length;
  const back = await server.systemd("converge");
  expect(back.status).toBe(0);
  expect(server.serves("1")).toEqual({ web: "1" });
  expect(server.calls("docker run")).toHaveLength(runs);
});

test("destroy leaves the server as it was, but for packages and data", async () => {
  await server.deploy("deploy", server.manifest(web("1")));
  server.write("var/lib/slipway-data/volumes/db/rows", "1");
  const { status, output } = await server.deploy("remove");
  expect(output).toContain("the packages that it installed stay: apparmor");
  expect(output).toContain("what its services kept stays at");
  expect(output).toContain(`the host ${HOST} is gone from this server`);
  expect(status).toBe(0);
  expect(server.containers()).toEqual([]);
  expect(server.read("etc/nginx/nginx.conf")).toBe("# the package's own\n");
  for (const path of [
    "var/lib/slipway",
    "etc/slipway",
    "usr/local/lib/slipway",
    "usr/local/sbin/slipway-agent",
    "etc/docker/daemon.json",
    "etc/systemd/system/slipway-converge.timer",
    "run/slipway",
  ])
    expect([path, server.exists(path)]).toEqual([path, false]);
  expect(server.read("var/lib/slipway-data/volumes/db/rows")).toBe("1");
  const again = await server.deploy("remove");
  expect(again.status).toBe(0);
});

test("a server that is another host's is not cleared", async () => {
  await server.deploy("deploy", server.manifest(web("1")));
  server.write("etc/slipway/host.conf", "HOST=blog/host\n");
  const { status, output } = await server.deploy("remove");
  expect([status, output]).toEqual([1, expect.stringContaining("this server is the host blog/host, not shop/host")]);
  expect(server.containers()).toHaveLength(1);
});
