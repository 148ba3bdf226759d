import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:tls";
import { mainConfiguration } from "../../src/nginx/main-configuration.ts";
import { renderSites, renderTlsSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { nginxTlsSites } from "../../src/nginx/tls.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { passwordFile } from "../../src/release/basic-auth.ts";
import type { Site } from "../../src/release/site.ts";
import { Tls } from "../../src/release/tls.ts";
import { answerOf } from "../../src/testing/nginx/answer.ts";
import { readConf } from "../../src/testing/nginx/conf-reader.ts";
import { requestOf } from "../../src/testing/nginx/request.ts";
import { EchoService } from "../nginx/echo-service.ts";
import { get } from "../nginx/raw-request.ts";
import { NginxFolder, pause, type RunningNginx } from "../nginx/running-nginx.ts";
import { selfSigned } from "../self-signed.ts";

const NAME = "shop.example.com";
const ACME = Tls.acme({ email: "ops@example.com", agreeToTerms: true }).source;
const OWN = selfSigned([NAME]);

const routes = [{ path: "/", to: { service: "web" } }];
const GUARDS = { realm: "The shop", users: { alice: { kind: "parameter", id: "/alice" } } };
const SITES: readonly Site[] = [
  { name: NAME, routes, proxy: {}, tls: ACME },
  { name: "promised.example.com", routes, proxy: {}, tls: ACME, hsts: { maxAge: 300 } },
  { name: "plain.example.com", routes, proxy: {} },
  { name: "guarded.example.com", routes, proxy: {}, tls: ACME, basicAuth: GUARDS },
  { name: "limited.example.com", routes, proxy: { rateLimit: { perMinute: 1, burst: 0 } }, tls: ACME },
];

let web: EchoService;
let nginx: RunningNginx;
let options: SitesOptions;
let port: number;
let tlsPort: number;

beforeAll(async () => {
  [port, tlsPort] = [await freePort(), await freePort()];
  web = await EchoService.start("web", await freePort());
  options = {
    flavour: "instance",
    port,
    tlsPort,
    address: "127.0.0.1",
    services: [{ name: "web", slots: [web.port, await freePort()] }],
    sites: nginxTlsSites(SITES, { certificates: "/var/lib/slipway/tls", passwords: "/run/slipway-htpasswd" }),
  };
  const folder = new NginxFolder({
    "/etc/nginx/nginx.conf": mainConfiguration({ flavour: "instance" }),
    "/etc/nginx/slipway/sites.conf": renderSites(options),
    "/var/lib/slipway/acme/www/.well-known/acme-challenge/token": "token.thumbprint",
  });
  place(folder, "before");
  nginx = await folder.start(port);
});
afterAll(async () => {
  await nginx?.stop();
  await web?.stop();
});

/** The texts of all names in one state, as an agent puts them beside sites.conf. */
function place(folder: NginxFolder, state: "before" | "secured" | "lost"): void {
  for (const [name, texts] of Object.entries(renderTlsSites(options))) {
    folder.write(`/etc/nginx/slipway/tls-${name}.conf`, texts[state]);
  }
}

async function load(state: "secured" | "lost", isLoaded: () => Promise<boolean>): Promise<void> {
  place(nginx.files, state);
  expect(nginx.files.test()).toMatchObject({ status: 0 });
  nginx.reload();
  const deadline = Date.now() + 5000;
  while (!(await isLoaded())) {
    expect(Date.now()).toBeLessThan(deadline);
    await pause(20);
  }
}

/** How a handshake under `servername` ends: the protocol of TLS and of HTTP, or OpenSSL's word. */
async function handshake(servername: string, more: object = {}): Promise<string> {
  const socket = connect({
    port: tlsPort,
    host: "127.0.0.1",
    servername,
    ca: OWN.certificate,
    ALPNProtocols: ["h2", "http/1.1"],
    ...more,
  });
  const outcome = await Promise.race([
    once(socket, "secureConnect").then(() => `${socket.getProtocol()} ${socket.alpnProtocol}`),
    once(socket, "error").then(([error]) => error.code as string),
  ]).catch((error) => error.code as string);
  socket.destroy();
  return outcome;
}

/** What slipway/testing says of each name where its certificate is in `state`, beside what Nginx does. */
async function predicted(state: "before" | "secured" | "lost"): Promise<void> {
  const told = { ...options, port: undefined, tlsPort: undefined, publicPort: port, publicTlsPort: tlsPort };
  const texts = [renderSites(told), ...Object.values(renderTlsSites(told)).map((each) => each[state])];
  const conf = texts.flatMap(readConf);
  // that of the limited name would be one of the requests that its test counts
  for (const name of [...SITES.map(({ name }) => name), "other.example.com"].filter((each) => !/^limited/.test(each))) {
    const asked = answerOf(conf, { ...requestOf(`http://${name}/cart?a=b`), from: "127.0.0.1" });
    const { status, headers } = await get(port, name, "/cart?a=b");
    const met = { name, status, location: headers.get("location")?.[0] };
    const said = {
      pass: { status: 200 },
      redirect: { status: 308, location: "location" in asked.action && asked.action.location },
      status: { status: "status" in asked.action && asked.action.status },
    };
    expect(met).toEqual({ name, ...(said[asked.action.kind as keyof typeof said] ?? { status: 0 }) });
    const byTls = answerOf(conf, requestOf(`https://${name}/cart`)).action.kind;
    expect([name, (await handshake(name)) === REJECTED]).toEqual([name, byTls === "no handshake"]);
  }
}

const challenge = (name: string) => get(port, name, "/.well-known/acme-challenge/token");
const REJECTED = "ERR_SSL_TLSV1_UNRECOGNIZED_NAME";

test("before the first certificate a name is served by HTTP, one with HSTS is not, and no handshake succeeds", async () => {
  expect((await get(port, NAME, "/cart")).status).toBe(200);
  for (const name of ["promised.example.com", "guarded.example.com"])
    expect((await get(port, name, "/cart")).status).toBe(503);
  expect((await get(port, "plain.example.com", "/cart")).status).toBe(200);
  for (const name of [NAME, "promised.example.com", "guarded.example.com"]) {
    expect(await challenge(name)).toMatchObject({ status: 200, body: "token.thumbprint" });
  }
  expect(await handshake(NAME)).toBe(REJECTED);
  await predicted("before");
});

test("an ACME server is answered as often as it asks, where visitors are not", async () => {
  const answers = [];
  for (let asked = 0; asked < 3; asked += 1) answers.push((await get(port, "limited.example.com", "/")).status);
  expect(answers).toEqual([200, 429, 429]);
  for (let asked = 0; asked < 3; asked += 1)
    expect(await challenge("limited.example.com")).toMatchObject({ status: 200, body: "token.thumbprint" });
});

test("with a certificate it is served by HTTP/2 or 1.1, HTTP is sent there, and other names end in the handshake", async () => {
  for (const name of [NAME, "promised.example.com", "limited.example.com", "guarded.example.com"]) {
    nginx.files.write(`/var/lib/slipway/tls/${name}.pem`, OWN.key + OWN.certificate);
  }
  await load("secured", async () => (await get(port, NAME, "/")).status === 308);
  expect(await handshake(NAME)).toBe("TLSv1.3 h2");
  expect(await handshake(NAME, { maxVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] })).toBe("TLSv1.2 http/1.1");
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
  expect(await handshake(NAME, old)).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  for (const name of ["plain.example.com", "unknown.example.com"]) expect(await handshake(name)).toBe(REJECTED);

  const moved = await get(port, NAME, "/cart?id=1");
  expect([moved.status, moved.headers.get("location")]).toEqual([308, [`https://${NAME}:${tlsPort}/cart?id=1`]]);
  expect((await challenge(NAME)).status).toBe(200);
  expect((await get(port, "plain.example.com", "/cart")).status).toBe(200);

  const client = connectHttp2(`https://${NAME}:${tlsPort}`, { ca: OWN.certificate, host: "127.0.0.1" });
  const answer = client.request({ ":path": "/cart" });
  const [headers] = await once(answer, "response");
  const echo = JSON.parse((await answer.toArray()).join(""));
  client.destroy();
  expect(headers[":status"]).toBe(200);
  expect(headers["strict-transport-security"]).toBeUndefined();
  expect(echo.headers).toMatchObject({
    host: `${NAME}:${tlsPort}`,
    "x-forwarded-proto": "https",
    "x-forwarded-port": `${tlsPort}`,
  });
  await predicted("secured");
});

test("with passwords, nobody gets in by TLS until their file is there, then who knows one, and an ACME server goes on", async () => {
  const name = "guarded.example.com";
  const visit = async (password?: string) => {
    const client = connectHttp2(`https://127.0.0.1:${tlsPort}`, {
      ca: OWN.certificate,
      servername: name,
      checkServerIdentity: () => undefined,
    });
    const authorization = `Basic ${Buffer.from(`alice:${password}`).toString("base64")}`;
    const asked = client.request({
      ":authority": name,
      ":path": "/",
      ...(password === undefined ? {} : { authorization }),
    });
    const [headers] = await once(asked, "response");
    const body = (await asked.toArray()).join("");
    client.destroy();
    return { status: headers[":status"], asks: headers["www-authenticate"], body };
  };
  expect((await visit("open sesame")).status).toBe(403);
  const hash = (word: string, password: string) =>
    execFileSync("openssl", ["passwd", word, "-stdin"], { input: `${password}\n`, encoding: "utf8" }).trim();
  const file = `/run/slipway-htpasswd/${passwordFile(name, GUARDS)}`;
  nginx.files.write(file, `alice:${hash("-apr1", "open sesame")}\n`);
  expect(await visit()).toMatchObject({ status: 401, asks: 'Basic realm="The shop"' });
  expect((await visit("open sesame ")).status).toBe(401);
  const answer = await visit("open sesame");
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body).headers.authorization).toMatch(/^Basic /);
  expect(await challenge(name)).toMatchObject({ status: 200, body: "token.thumbprint" });
  expect((await get(port, name, "/")).status).toBe(308);
});

test("when it is lost nobody is served by HTTP, and an ACME server is answered", async () => {
  await load("lost", async () => (await get(port, NAME, "/")).status === 503);
  expect(await handshake(NAME)).toBe(REJECTED);
  expect((await challenge(NAME)).status).toBe(200);
  expect((await get(port, "plain.example.com", "/cart")).status).toBe(200);
  await predicted("lost");
});
