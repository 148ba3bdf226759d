import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AskedHost } from "../../src/cli/asked-host.ts";
import { outputTail, run } from "../../src/cli/command.mjs";
import { declaredHosts } from "../../src/cli/declared-hosts.ts";
import { tellHost } from "../../src/cli/host-answer.ts";
import type { StatusReport } from "../../src/cli/status-report.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { parseHostKey } from "../../src/hosts/ssh/ssh-target.ts";
import { TestImages } from "../aws/nano/agent/test-images.ts";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { DAMAGED, type SignatureArtifact, type Signed, signatureArtifact } from "../docker/signature-artifact.ts";
import { echoApplication } from "../vectors/echo-image.ts";
import { askable, httpTable, wrongAnswers } from "../vectors/http-table.ts";
import { Project } from "./project.ts";
import { pushSignatures } from "./rehearsal-image.ts";
import { request, requestStream } from "./request-stream.ts";
import { SshMachine } from "./ssh-machine.ts";

jest.setTimeout(600_000);

const GREETING = "open sesame";
const STACK = "slipway-test-ssh";
const images = new TestImages();
const server = new SshMachine();
const environment: Record<string, string> = { SLIPWAY_TEST_GREETING: GREETING };
// the same object for as long as the project is there: each synth sees what the test before has set
const project = new Project("ssh.ts", STACK, {}, environment);

beforeAll(async () => {
  await images.start();
  await server.start(images.address);
  Object.assign(environment, server.environment, {
    SLIPWAY_TEST_HOST_KEY: await server.hostKey(),
    SLIPWAY_TEST_IMAGE: server.reached(images.reference("1")),
  });
});
afterAll(async () => {
  project.remove();
  await server.stop();
  await images.stop();
});

const page = async (path = "/") => (await request(80, "page.test", path, server.address)).body.trim();

async function declare(image: string): Promise<void> {
  environment.SLIPWAY_TEST_IMAGE = server.reached(image);
  await project.synth();
}

async function tell(...words: string[]) {
  const folder = join(project.directory, "cdktf.out");
  const stack = SynthesizedStack.read(folder, STACK);
  const [host] = declaredHosts(stack);
  const tools = { command: { run, outputTail } } as unknown as Tools;
  const before = process.env.SSH_AUTH_SOCK;
  process.env.SSH_AUTH_SOCK = environment.SSH_AUTH_SOCK;
  try {
    return await tellHost({ stack, host } as AskedHost, words, tools);
  } finally {
    if (before === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = before;
  }
}

test("from a bare server: one apply installs what it needs, and the page is served by name", async () => {
  await declare(images.reference("1"));
  await project.init();
  const { status, output } = await project.apply();
  expect(output).toContain("Apply complete!");
  expect(status).toBe(0);
  expect(output).toContain("installing ");
  expect(await page()).toBe("version 1");
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("a secret of the deployer's is a file in the container, and in nothing that synth or Terraform wrote", async () => {
  expect(await page("/cgi-bin/env")).toContain(GREETING);
  expect(await project.synth()).not.toContain(GREETING);
  expect(project.state()).not.toContain(GREETING);
  expect(await server.run("sh", "-c", "stat -c %a /etc/slipway/secrets/*")).toBe("600\n");
});

test("a version bump fails no request, and the second plan is empty", async () => {
  await declare(images.reference("2"));
  const stream = requestStream(80, "page.test", "/", server.address);
  const { status, output } = await project.apply();
  const { failed, answered, bodies } = await stream.stop();
  expect(output).toContain("live version=2");
  expect(status).toBe(0);
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(50);
  expect([...bodies.keys()]).toEqual(["version 1\n", "version 2\n"]);
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("a release that fails fails the apply with its reason, and the one before serves on", async () => {
  await declare(images.missing);
  const stream = requestStream(80, "page.test", "/", server.address);
  const { status, output } = await project.apply();
  const { failed } = await stream.stop();
  expect(status).toBe(1);
  expect(output).toContain("cannot pull");
  expect(failed).toEqual([]);
  expect(await page()).toBe("version 2");
  await declare(images.reference("2"));
  expect((await project.apply()).status).toBe(0);
});

test("the terminal asks it by ssh, and takes it back to the release before", async () => {
  const report = JSON.parse((await tell("status", "--json")).stdout) as StatusReport;
  expect(report).toMatchObject({
    host: `${STACK}/host`,
    healthy: true,
    services: [{ name: "page", state: "running" }],
  });
  expect(await tell("rollback", "1")).toMatchObject({ code: 0 });
  expect(await page()).toBe("version 1");
});

test("after a reboot it serves what was live, by itself", async () => {
  await server.reboot();
  let body = "";
  for (const end = Date.now() + 120_000; body !== "version 1" && Date.now() < end; ) {
    body = await page().catch(() => "");
  }
  expect(body).toBe("version 1");
});

test("with signatures demanded, what is not signed by a required key is refused before it is pulled, and one request tells", async () => {
  const [ours, next, theirs] = [keyPair(), keyPair(), keyPair()];
  const demand = (...keys: { publicKey: string }[]) => {
    environment.SLIPWAY_TEST_SIGNERS = keys.map(({ publicKey }) => publicKey).join("");
  };
  const signedBy = (key: { privateKey: string }, reference: string): Signed => {
    const [repository = "", digest = ""] = server.reached(reference).split("@");
    return { by: key.privateKey, repository, digest };
  };
  const put = (reference: string, artifact: SignatureArtifact) => {
    const [repository = "", of = ""] = reference.slice(images.address.length + 1).split("@");
    return pushSignatures(`http://${images.address}`, {}, { repository, of }, artifact);
  };
  const [third, fourth] = [images.reference("3"), images.reference("4")];
  demand(ours);
  await declare(third);
  const stream = requestStream(80, "page.test", "/", server.address);
  const unsigned = await project.apply();
  expect(unsigned.status).toBe(1);
  const said = unsigned.output.replace(/\s+/g, " ");
  expect(said).toContain(`page: ${server.reached(third)} is not signed`);
  const [, version = "", release = ""] = /failed version=(\d+) release=([0-9a-f]{64})/.exec(said) ?? [];
  const refused: [SignatureArtifact, string][] = [
    [signatureArtifact(signedBy(theirs, third)), "is signed by none of the required keys"],
    ...DAMAGED.map(([, artifact, problem]): [SignatureArtifact, string] => [artifact(signedBy(ours, third)), problem]),
  ];
  for (const [artifact, problem] of refused) {
    await put(third, artifact);
    const told = await server.tries("slipway", "converge", version, release);
    expect(told).toEqual({ code: 1, said: expect.stringContaining(problem) });
  }
  const digest = third.split("@")[1] as string;
  expect(server.asked.filter((line) => line.includes(`manifests/${digest}`))).toEqual([]);
  expect(await page()).toBe("version 1");

  await put(third, signatureArtifact(signedBy(ours, third)));
  server.asked.length = 0;
  expect((await project.apply()).status).toBe(0);
  expect(await page()).toBe("version 3");
  expect(server.asked.filter((line) => line.includes(".sig"))).toHaveLength(1);
  expect(await project.plan()).toMatchObject({ status: 0 });

  demand(ours, next);
  await put(fourth, signatureArtifact(signedBy(next, fourth)));
  await declare(fourth);
  expect((await project.apply()).status).toBe(0);
  demand(next);
  await declare(fourth);
  expect((await project.apply()).status).toBe(0);
  const { failed, bodies } = await stream.stop();
  expect(failed).toEqual([]);
  expect([...bodies.keys()]).toEqual(["version 1\n", "version 3\n", "version 4\n"]);
});

test("another host key is refused with both fingerprints, and the server serves on", async () => {
  const declared = parseHostKey(await server.hostKey()).fingerprint;
  await server.renewHostKey();
  const shown = parseHostKey(await server.hostKey()).fingerprint;
  await declare(images.reference("3"));
  const { status, output } = await project.apply();
  await server.restoreHostKey();
  expect(status).toBe(1);
  // Terraform breaks the lines of what a step said
  const said = output.replace(/\s+/g, " ");
  expect(said).toContain(shown);
  expect(said).toContain(declared);
  expect(await page()).toBe("version 4");
});

async function answersAsEveryHost(): Promise<void> {
  const { declaration, requests } = httpTable();
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-echo-"));
  try {
    environment.SLIPWAY_TEST_ECHO = server.reached(images.reference("echo", echoApplication(folder)));
    environment.SLIPWAY_TEST_TABLE = JSON.stringify(declaration);
    delete environment.SLIPWAY_TEST_SIGNERS; // what the table asks is not signed
    await project.synth();
    const { status, output } = await project.apply();
    expect([status, status === 0 ? "" : output]).toEqual([0, ""]);
    const version = /nginx\/([\d.]+)/.exec(await server.run("sh", "-c", "nginx -v 2>&1"))?.[1] as string;
    const asked = askable(requests, version);
    expect(await wrongAnswers(asked, { port: 80, address: server.address })).toEqual({});
    process.stdout.write(`http vectors: ${asked.length} requests compared on a server with Nginx ${version}\n`);
    expect(asked.length).toBeGreaterThanOrEqual(56);
  } finally {
    delete environment.SLIPWAY_TEST_TABLE;
    rmSync(folder, { recursive: true });
  }
}

// upstream's cases are no part of the project: where nobody names their folder there is nothing to compare
if (process.env.SLIPWAY_VECTORS) test("it answers requests as every kind of host does", answersAsEveryHost);

test("a destroy leaves the server as it was, but for its packages", async () => {
  const { status, output } = await project.terraform("destroy", "-auto-approve");
  expect(output).toContain(`the host ${STACK}/host is gone from this server`);
  expect(status).toBe(0);
  await expect(page()).rejects.toThrow();
  for (const path of [
    "/var/lib/slipway",
    "/etc/slipway",
    "/usr/local/lib/slipway",
    "/usr/local/sbin/slipway-agent",
    "/etc/docker/daemon.json",
    "/etc/systemd/system/slipway-converge.timer",
  ])
    expect([path, await server.exists(path)]).toEqual([path, false]);
  await server.run("systemctl", "start", "docker");
  expect(await server.run("docker", "ps", "--all", "--quiet")).toBe("");
  expect(await server.run("docker", "images", "--quiet")).toBe("");
});
