import { rmSync } from "node:fs";
import { join } from "node:path";
import { FakeServer, hostKey } from "./fake-server.ts";

jest.setTimeout(60_000);
let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});
afterEach(() => server.remove());

const web = (image: string, more = {}) => [{ name: "web", image, ...more }];

test("another host key is refused with both fingerprints, before anything is asked of the server", async () => {
  server.write("pretended/ssh/key", hostKey("somebody else").hostKey);
  const { status, output } = await server.deploy("deploy", server.manifest(web("1")));
  expect(status).toBe(1);
  expect(output).toContain(`shows the host key ${hostKey("somebody else").fingerprint}`);
  expect(output).toContain(`${hostKey("server").fingerprint} is declared`);
  expect(server.exists("usr/local/sbin/slipway-agent")).toBe(false);
});

test.each([
  ["deploy@web.example.com: Permission denied (publickey).", "does not let in deploy"],
  [
    "No ED25519 host key is known for slipway-server and you have requested strict checking.",
    "shows no key of the kind ssh-ed25519",
  ],
  ["ssh: connect to host web.example.com port 22: Connection refused", "cannot be reached by ssh"],
])("what ssh says is said on: %s", async (said, told) => {
  server.write("pretended/ssh/refuses", `${said}\n`);
  const { status, output } = await server.deploy("deploy", server.manifest(web("1")));
  expect(status).toBe(1);
  expect(output).toContain(told);
});

test.each<[string, (server: FakeServer) => void, string]>([
  [
    "neither Debian nor Ubuntu",
    (it) => it.write("etc/os-release", 'PRETTY_NAME="Fedora Linux 40"\nID=fedora\n'),
    "runs Fedora Linux 40 (fedora): Slipway installs on Debian and Ubuntu",
  ],
  [
    "another processor",
    (it) => it.write("pretended/machine", "aarch64\n"),
    "runs linux/arm64 (aarch64), and linux/amd64 is declared",
  ],
  [
    "another host's",
    (it) => it.write("etc/slipway/host.conf", "HOST=blog/host\n"),
    "this server is the host blog/host",
  ],
  [
    "a web server already",
    (it) => it.write("etc/nginx/sites-enabled/blog", "server {}\n"),
    "Nginx serves something else here (/etc/nginx/sites-enabled/blog)",
  ],
  [
    "an engine with a configuration of its own",
    (it) => it.write("etc/docker/daemon.json", "{}\n"),
    "/etc/docker/daemon.json",
  ],
])("a server that is %s is refused, and stays as it is", async (_, change, why) => {
  change(server);
  const { status, output } = await server.deploy("deploy", server.manifest(web("1")));
  expect(output).toContain(why);
  expect(status).toBe(1);
  expect(server.calls("apt-get")).toEqual([]);
  expect(server.exists("var/lib/slipway")).toBe(false);
  expect(server.exists("usr/local/sbin/slipway-agent")).toBe(server.exists("etc/slipway/host.conf"));
  expect(server.read("etc/nginx/nginx.conf")).toBe("# the package's own\n");
});

test("a user without the right to sudo is told which command it is about", async () => {
  server.write("pretended/sudo-refuses", "");
  const { status, output } = await server.deploy("deploy", server.manifest(web("1")));
  expect(status).toBe(1);
  expect(output).toContain(
    "sudo: a password is required: allow deploy to run /usr/bin/install -o root -g root -m 755 .slipway-agent",
  );
});

test("a secret that is not there is said by name before the server is asked", async () => {
  const { status, output } = await server.deploy("deploy", server.manifest(web("1")), {
    SLIPWAY_SECRETS: "keep\tenvironment\tDB\t/deployer/environment/DB",
  });
  expect(status).toBe(1);
  expect(output).toContain("a secret: the variable DB is not set: export DB where Terraform runs");
  expect(server.exists("usr/local/sbin/slipway-agent")).toBe(false);
});

test("asked by a person, another host key is a refusal, and a server that is away is none", async () => {
  server.write("pretended/ssh/refuses", "ssh: connect to host web.example.com port 22: Connection refused\n");
  expect((await server.tell("status")).status).toBe(75);
  rmSync(join(server.root, "pretended/ssh/refuses"));
  server.write("pretended/ssh/key", hostKey("somebody else").hostKey);
  expect((await server.tell("status")).status).toBe(1);
});

test("a host that was never deployed says so", async () => {
  const { status, output } = await server.tell("status");
  expect([status, output]).toEqual([75, expect.stringContaining("was it deployed?")]);
});
