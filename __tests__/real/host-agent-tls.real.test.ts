import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { request as requestTls } from "node:https";
import { join } from "node:path";
import { connect } from "node:tls";
import { Tls } from "../../src/release/tls.ts";
import { AgentHost } from "../aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { TestImages } from "../aws/nano/agent/test-images.ts";
import { selfSigned } from "../self-signed.ts";
import { AcmeServer, debianProgram, EXTERNAL_ACCOUNT, RefusingAcmeServer } from "./acme-server.ts";
import { request } from "./request-stream.ts";

const images = new TestImages();
const aws = new AwsDouble();
const host = new AgentHost(aws);
const acme = new AcmeServer();
const limiting = new RefusingAcmeServer({
  status: 429,
  detail: "too many certificates (5) already issued for this exact set of identifiers",
  retryAfterSeconds: 100_000,
});
let roots = "";

jest.setTimeout(180_000);
beforeAll(async () => {
  await images.start();
  await host.start();
  await acme.start(host.port);
  roots = await acme.roots();
  await limiting.start();
  aws.putParameter("/ca/hmac", EXTERNAL_ACCOUNT.hmacKey);
  // what its package brings, and a server that no longer takes a nonce, as often as a file says
  host.program(
    "dehydrated.package",
    `echo asked >>"$SLIPWAY_ROOT/asked"
left=$(cat "$SLIPWAY_ROOT/bad-nonces" 2>/dev/null || echo 0)
[ "$left" = 0 ] || { echo $((left - 1)) >"$SLIPWAY_ROOT/bad-nonces"; echo '{"type":"urn:ietf:params:acme:error:badNonce","detail":"stale"}'; exit 1; }
exec ${await debianProgram("dehydrated")} "$@"`,
  );
  // apt on a host whose lists are of long ago: they name what the archive has no more
  host.program(
    "apt-get",
    `echo "$(umask) $*" >>"$SLIPWAY_ROOT/apt"
case "$*" in
  *update) : >"$SLIPWAY_ROOT/lists" ;;
  *) [ -e "$SLIPWAY_ROOT/lists" ] && mv "$SLIPWAY_ROOT/bin/dehydrated.package" "$SLIPWAY_ROOT/bin/dehydrated" || exit 100 ;;
esac`,
  );
});
afterAll(async () => {
  await acme.stop();
  await limiting.stop();
  await host.stop();
  await images.stop();
  acme.remove();
});

const NAME = "web.test";
const REJECTED = "no such name";
const account = () =>
  Tls.acme({
    email: "ops@example.com",
    agreeToTerms: true,
    directory: acme.directory,
    caFile: acme.caFile,
    externalAccount: {
      keyId: EXTERNAL_ACCOUNT.keyId,
      hmacKey: { source: { kind: "parameter", id: "/ca/hmac" } },
    },
  });
const app = (name = "web") => ({ name, image: images.reference("1") });

/** The body under `name` by TLS, by whoever trusts `ca` alone; or that the name was rejected in the handshake. */
async function visit(ca: string, name = NAME): Promise<string> {
  const asked = requestTls({
    host: "127.0.0.1",
    port: host.tlsPort,
    servername: name,
    headers: { Host: name },
    ca,
    agent: false,
  });
  asked.end();
  try {
    const [answer] = await once(asked, "response");
    return (await answer.toArray()).join("").trim();
  } catch (error) {
    return `${(error as Error).message}`.includes("unrecognized name") ? REJECTED : `${error}`;
  }
}

async function serial(): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: host.tlsPort, servername: NAME, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerX509Certificate() as X509Certificate;
  socket.destroy();
  return serialNumber;
}

const plain = async (name = NAME) => (await request(host.port, name)).status;
const asked = () => (host.exists("asked") ? host.read("asked").split("\n").length - 1 : 0);
const lost = (path: string) => rmSync(join(host.root, path));

test("a release with TLS gets a certificate once it serves, though the server twice takes no nonce", async () => {
  expect((await host.release([app()])).status).toBe(0);
  expect(await plain()).toBe(200);
  host.write("bad-nonces", "2\n");
  const outcome = await host.release([app()], { tls: { [NAME]: account() } });
  expect(outcome.lines.join("\n")).toContain(`slipway: ${NAME}: has a new certificate, until `);
  expect(outcome.status).toBe(0);
  expect(asked()).toBe(3);
  const install = "0022 -q -y --no-install-recommends install dehydrated";
  expect(host.read("apt")).toBe(`${install}\n0022 -q update\n${install}\n`);
  expect(host.exists("run/slipway/acme")).toBe(false);
  expect([await plain(), await visit(roots)]).toEqual([308, "version 1"]);
  expect(await visit(roots, "other.test")).toBe(REJECTED);
  expect(statSync(join(host.root, `var/lib/slipway/tls/${NAME}.pem`)).mode & 0o777).toBe(0o600);
  expect(host.exists(`var/lib/slipway/acme/certs/${NAME}`)).toBe(false);
  const status = (await host.run(["status"])).lines.find((line) => line.includes("certificate"));
  expect(status).toMatch(/^ {2}web\.test +certificate until \d{4}-\d\d-\d\d, renewed from \d{4}-\d\d-\d\d$/);
});

test("a run that finds nothing due asks nobody and says nothing", async () => {
  expect(await host.run(["converge"])).toEqual({ status: 0, lines: [], last: "" });
  expect(asked()).toBe(3);
});

test("after a reboot it serves what it had", async () => {
  const before = await serial();
  host.forgetMemory();
  host.nginx("-s", "stop");
  expect((await host.run(["converge"])).status).toBe(0);
  expect([await serial(), await visit(roots), asked()]).toEqual([before, "version 1", 3]);
});

test("a third of its life before its end it is renewed, and no container is new", async () => {
  const { validFrom, validTo } = new X509Certificate(host.read(`var/lib/slipway/tls/${NAME}.pem`));
  const life = Date.parse(validTo) - Date.parse(validFrom);
  const renewal = Number(host.read(`var/lib/slipway/tls/${NAME}.renewal`)) * 1000;
  expect(Math.abs(Date.parse(validTo) - life / 3 - renewal)).toBeLessThan(2000);
  const [before, containers] = [await serial(), host.containerIds()];
  host.write(`var/lib/slipway/tls/${NAME}.renewal`, "1\n");
  expect((await host.run(["converge"])).status).toBe(0);
  expect(await serial()).not.toBe(before);
  expect([await visit(roots), host.containerIds(), asked()]).toEqual(["version 1", containers, 4]);
});

test("a server that limits how often it is asked is left alone for as long as it says, one in trouble for an hour", async () => {
  const limited = "limited.test";
  const { directory, caFile } = limiting;
  const source = Tls.acme({ email: "ops@example.com", agreeToTerms: true, directory, caFile });
  const pause = () => Number(host.read(`var/lib/slipway/acme/paused/${limited}`)) - Date.now() / 1000;
  const status = async () => (await host.run(["status"])).lines.find((line) => line.includes(limited));
  const outcome = await host.release([app(), app("limited")], { tls: { [NAME]: account(), [limited]: source } });
  expect(outcome.status).toBe(0);
  expect(outcome.lines.join("\n")).toMatch(
    /limited\.test: no new certificate: too many certificates \(5\) already issued .*; tried again after [\d-]{10} /,
  );
  expect(pause()).toBeGreaterThan(99_000);
  expect(await status()).toMatch(/certificate none yet; the ACME server is asked again at [\d-]{10} \d\d:\d\d UTC$/);
  expect([await plain(limited), await visit(roots), limiting.orders]).toEqual([200, "version 1", 1]);
  expect(await host.run(["converge"])).toEqual({ status: 0, lines: [], last: "" });
  expect(limiting.orders).toBe(1);
  // its time is over, and now it is in trouble itself
  limiting.refusal = { status: 500, detail: "the server had an internal error" };
  lost(`var/lib/slipway/acme/paused/${limited}`);
  expect((await host.run(["converge"])).lines.join("\n")).toContain(
    `${limited}: no new certificate: the server had an internal error; tried again after `,
  );
  expect([limiting.orders, await plain(limited), await visit(roots)]).toEqual([2, 200, "version 1"]);
  expect(pause()).toBeGreaterThan(3500);
  expect(pause()).toBeLessThan(3700);
});

/** One name that is given a certificate, and one that DNS does not know. */
async function releaseWithLostName() {
  await acme.loseName("lost.test");
  return await host.release([app(), app("lost")], { tls: { [NAME]: account(), "lost.test": account() } });
}

test("a name that DNS does not know harms no other, is served by HTTP, and is not asked for again within the hour", async () => {
  const before = await serial();
  const outcome = await releaseWithLostName();
  expect(outcome.status).toBe(0);
  expect(outcome.lines.join("\n")).toMatch(
    /slipway: lost\.test: no new certificate: .*lost\.test.*; tried again after [\d-]{10} \d\d:\d\d UTC/,
  );
  expect([await plain("lost.test"), await visit(roots, "lost.test")]).toEqual([200, REJECTED]);
  expect([await serial(), await plain(), asked()]).toEqual([before, 308, 7]);
  expect(await host.run(["converge"])).toEqual({ status: 0, lines: [], last: "" });
  expect(asked()).toBe(7);
});

test("a certificate that is lost while the server is down is 503 and no handshake, and never served by HTTP again", async () => {
  expect((await releaseWithLostName()).status).toBe(0);
  await acme.stop();
  lost(`var/lib/slipway/tls/${NAME}.pem`);
  // with a reboot, for Nginx does not start where its text names a file that is not there
  host.forgetMemory();
  host.nginx("-s", "stop");
  const booted = await host.run(["converge"]);
  expect(booted.status).toBe(0);
  expect(booted.lines.join("\n")).toContain(
    `${NAME}: its certificate ${host.root}/var/lib/slipway/tls/${NAME}.pem is lost: it is answered 503`,
  );
  expect([await plain(), await visit(roots)]).toEqual([503, REJECTED]);
  const outcome = await host.run(["converge"]);
  expect(outcome.status).toBe(0);
  expect(outcome.lines.join("\n")).toMatch(/web\.test: no new certificate: .*localhost/);
  expect([await plain(), await visit(roots), await plain("lost.test")]).toEqual([503, REJECTED, 200]);
  expect((await host.run(["status"])).lines.join("\n")).toContain(
    "certificate LOST: it is answered 503; the ACME server is asked again at",
  );
});

const secret = (id: string) => Tls.certificate({ source: { kind: "secrets-manager", id } });
const own = selfSigned([NAME]);

test("a certificate of one's own is taken before the switch", async () => {
  aws.putSecret("tls", own.key + own.certificate);
  const outcome = await host.release([app()], { tls: { [NAME]: secret("tls") } });
  expect(outcome.status).toBe(0);
  expect([await plain(), await visit(own.certificate)]).toEqual([308, "version 1"]);
});

const other = selfSigned(["other.test"]);
const ended = selfSigned([NAME], { days: -1 });

test.each([
  ["for another name", other.key + other.certificate, "it is not for web.test, but for: DNS:other.test"],
  ["that has ended", ended.key + ended.certificate, "it ended on "],
  ["of another key", other.key + own.certificate, "the first certificate in it is not the private key's"],
  ["that is none", "-----BEGIN NOTHING-----", "openssl reads no certificate in it"],
])("one %s fails the release, and what served serves on", async (_, text, reason) => {
  aws.putSecret("bad", text);
  const outcome = await host.release([app()], { tls: { [NAME]: secret("bad") } });
  expect(outcome.status).toBe(1);
  expect(outcome.last).toContain(`the certificate of ${NAME}: ${reason}`);
  expect(await visit(own.certificate)).toBe("version 1");
});

test("another one under the same secret is served within the hour", async () => {
  const next = selfSigned([NAME]);
  aws.putSecret("tls", next.certificate + next.key);
  expect(await host.run(["converge"])).toMatchObject({ status: 0, lines: [] });
  lost("run/slipway/certificates-asked");
  expect((await host.run(["converge"])).lines[0]).toContain(`${NAME}: has a new certificate`);
  expect(await visit(next.certificate)).toBe("version 1");
});
