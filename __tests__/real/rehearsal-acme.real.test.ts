import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeAuthority } from "../../src/rehearsal/certificate-authority.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { AcmeServer } from "../../src/rehearsal/doubles/acme-server.ts";
import { listen } from "../../src/rehearsal/doubles/listening.ts";
import { byName } from "../../src/rehearsal/doubles/name-listener.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { REHEARSED_ACCOUNT_KEY } from "../../src/rehearsal/kept-secrets.ts";
import { runProgram } from "../../src/rehearsal/program.ts";
import { debianProgram } from "./acme-server.ts";

/** An ACME client against what plays the servers: nothing of a machine, of an engine or of Terraform. */
const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
const OWN = "https://ca.example.net:14000/acme/directory";
const NAMES = [LETS_ENCRYPT, OWN].map((directory) => new URL(directory).hostname);

const folder = mkdtempSync(join(tmpdir(), "slipway-rehearsed-acme-"));
const cleanup = new Cleanup();
const tokens = join(folder, "tokens");
let dehydrated = "";
let root = "";
let port = 0;

beforeAll(async () => {
  process.env.PATH = `${process.env.PATH}:${dirname(await debianProgram("pebble"))}`;
  dehydrated = await debianProgram("dehydrated");
  mkdirSync(tokens);
  const authority = await makeAuthority(folder, NAMES);
  const httpPort = await freePort();
  const site = createServer(({ url = "" }, answer) => {
    answer.end(readFileSync(join(tokens, url.split("/").at(-1) as string)));
  });
  await new Promise<void>((listening) => site.listen(httpPort, "127.0.0.1", listening));
  cleanup.add("the site", () => site.close());
  const server = await AcmeServer.start({
    acme: {
      directories: [LETS_ENCRYPT, OWN],
      caFiles: [],
      accounts: [{ keyId: "kid-1", hmacKey: { kind: "parameter", id: "/ca/key" } }],
      isClosed: false,
    },
    resolve: async (name) => (name === "nowhere.example.com" ? undefined : "127.0.0.1"),
    ...{ authority, accountKey: REHEARSED_ACCOUNT_KEY, runDir: folder, httpPort },
  });
  cleanup.add("the ACME server", () => server.stop());
  root = server.root;
  const tls = { cert: readFileSync(authority.certificateFile), key: readFileSync(authority.keyFile) };
  const played = Object.fromEntries(NAMES.map((name) => [name, server.listener]));
  const doubles = await listen(
    byName(played, (_, answer) => void answer.writeHead(404).end()),
    { address: "127.0.0.1", tls },
  );
  cleanup.add("the names", () => doubles.close());
  port = doubles.port;
}, 120_000);

afterAll(async () => {
  expect(await cleanup.run()).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

/** What a host does for a name, but that it finds the directory's name by itself. */
async function order(name: string, directory: string, more: readonly string[] = []) {
  const base = mkdtempSync(join(folder, "client-"));
  const lines = [
    `CA='${directory}'`,
    `BASEDIR='${base}'`,
    `WELLKNOWN='${tokens}'`,
    "CHALLENGETYPE=http-01",
    "KEY_ALGO=prime256v1",
    "KEYSIZE=2048", // its own size takes seconds to make
    "CONTACT_EMAIL=ops@example.com",
    `DOMAINS_TXT='${base}/none'`,
    `CURL_OPTS='--cacert ${join(folder, "authority.crt")} --connect-to ::127.0.0.1:${port}'`,
    ...more,
  ];
  writeFileSync(join(base, "config"), `${lines.join("\n")}\n`);
  const words = ["--config", join(base, "config"), "--cron", "--accept-terms", "--domain", name];
  const { code, stdout, stderr } = await runProgram(dehydrated, words);
  const certificate = () => new X509Certificate(readFileSync(join(base, "certs", name, "fullchain.pem")));
  return { code, said: `${stdout}${stderr}`, certificate };
}

test.each([
  ["Let's Encrypt", LETS_ENCRYPT, []],
  ["another server, at a port and a path of its own", OWN, []],
  [
    "another server, by an account that its operator gave out",
    OWN,
    ["EAB_KID=kid-1", `EAB_HMAC_KEY=${REHEARSED_ACCOUNT_KEY}`],
  ],
])("%s gives a certificate by HTTP-01, signed by the authority that visitors are told", async (_, directory, more) => {
  const { code, said, certificate } = await order("shop.example.com", directory, more);
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(certificate().subjectAltName).toBe("DNS:shop.example.com");
  expect(certificate().issuer).toMatch(/^CN=Pebble Intermediate CA/);
  expect(new X509Certificate(root).subject).toMatch(/^CN=Pebble Root CA/);
  const days = (Date.parse(certificate().validTo) - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(90);
});

test("a name that leads nowhere gets none", async () => {
  const { code, said } = await order("nowhere.example.com", LETS_ENCRYPT);
  expect(code).not.toBe(0);
  expect(said).toContain("nowhere.example.com");
});

test("a key that is another one opens no account", async () => {
  const key = createHash("sha384").update("somebody's own").digest("base64url");
  const { code, said } = await order("shop.example.com", OWN, ["EAB_KID=kid-1", `EAB_HMAC_KEY=${key}`]);
  expect(code).not.toBe(0);
  expect(said).toMatch(/externalAccountBinding|EAB|external account|HMAC|signature/i);
});
