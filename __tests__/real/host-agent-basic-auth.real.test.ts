import { once } from "node:events";
import { statSync } from "node:fs";
import { request as requestTls } from "node:https";
import { join } from "node:path";
import { passwordFile } from "../../src/release/basic-auth.ts";
import { Tls } from "../../src/release/tls.ts";
import { AgentHost } from "../aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { TestImages } from "../aws/nano/agent/test-images.ts";
import { selfSigned } from "../self-signed.ts";
import { request } from "./request-stream.ts";

const NAME = "web.test";
const OWN = selfSigned([NAME]);
const [FIRST, SECOND] = ["pass'w\"ord $HOME {x} #1", "another: one"];

const images = new TestImages();
const aws = new AwsDouble();
const host = new AgentHost(aws);

jest.setTimeout(120_000);
beforeAll(async () => {
  await images.start();
  await host.start();
  aws.putSecret("tls", OWN.key + OWN.certificate);
});
afterAll(async () => {
  await host.stop();
  await images.stop();
});

const users = (version: string, id = "alice") => ({ users: { alice: { kind: "secrets-manager", id, version } } });
const release = (basicAuth: ReturnType<typeof users>) =>
  host.release([{ name: "web", image: images.reference("1") }], {
    tls: { [NAME]: Tls.certificate({ source: { kind: "secrets-manager", id: "tls" } }) },
    basicAuth: { [NAME]: basicAuth },
  });

/** The status and the body that a visitor gets by TLS. */
async function visit(auth?: string): Promise<[number | undefined, string]> {
  const asked = requestTls({
    host: "127.0.0.1",
    port: host.tlsPort,
    servername: NAME,
    headers: { Host: NAME },
    ca: OWN.certificate,
    agent: false,
    auth,
  });
  asked.end();
  const [answer] = await once(asked, "response");
  const body = (await answer.toArray()).join("");
  return [answer.statusCode, answer.statusCode === 200 ? body : answer.headers["www-authenticate"]];
}

test("a site lets in who knows the password, and the host keeps a hash in memory alone", async () => {
  aws.putSecret("alice", `${FIRST}\n`);
  const outcome = await release(users("1"));
  expect(outcome).toMatchObject({ status: 0 });
  const asks = [401, `Basic realm="${NAME}"`];
  expect(await visit()).toEqual(asks);
  expect(await visit("alice:wrong")).toEqual(asks);
  expect(await visit(`bob:${FIRST}`)).toEqual(asks);
  expect(await visit(`alice:${FIRST}`)).toEqual([200, "version 1\n"]);
  expect(await request(host.port, NAME)).toMatchObject({ status: 308 });

  const folder = join(host.root, "run/slipway-htpasswd");
  const file = `run/slipway-htpasswd/${passwordFile(NAME, users("1"))}`;
  const { mode, gid } = statSync(join(host.root, file));
  expect([(statSync(folder).mode & 0o777).toString(8), (mode & 0o777).toString(8)]).toEqual(["750", "640"]);
  expect(gid).toBe(33); // Debian's www-data
  const hash = host.read(file).trim();
  expect(hash).toMatch(/^alice:\$apr1\$[^$]+\$[^$]+$/);
  expect(host.filesWith(FIRST)).toEqual([]);
  expect(host.filesWith(hash)).toEqual([`./${file}`]);
  expect(outcome.lines.join("\n")).not.toContain(FIRST);
});

test("until the file is there again after a boot nobody is let in", async () => {
  host.forgetMemory();
  expect(await visit(`alice:${FIRST}`)).toEqual([403, undefined]);
  expect(await host.run(["converge"])).toMatchObject({ status: 0 });
  expect(await visit(`alice:${FIRST}`)).toEqual([200, "version 1\n"]);
});

test("a password that cannot be had fails the release, and the old one lets in", async () => {
  const outcome = await release(users("1", "nowhere"));
  expect(outcome).toMatchObject({
    status: 1,
    last: expect.stringContaining(`the password of alice at ${NAME}: AWS refuses`),
  });
  aws.putSecret("lines", "one\ntwo\n");
  const second = await release(users("1", "lines"));
  expect(second).toMatchObject({ status: 1, last: expect.stringContaining("it is not one line") });
  expect(await visit(`alice:${FIRST}`)).toEqual([200, "version 1\n"]);
});

test("another version is another password, and rolls no container", async () => {
  const before = host.containerIds();
  aws.putSecret("alice", SECOND);
  expect(await visit(`alice:${SECOND}`)).toMatchObject([401, expect.anything()]);
  expect(await release(users("2"))).toMatchObject({ status: 0 });
  expect(await visit(`alice:${FIRST}`)).toMatchObject([401, expect.anything()]);
  expect(await visit(`alice:${SECOND}`)).toEqual([200, "version 1\n"]);
  expect(host.containerIds()).toEqual(before);
  expect(host.exists(`run/slipway-htpasswd/${passwordFile(NAME, users("1"))}`)).toBe(false);
});
