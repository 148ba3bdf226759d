import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emulatedAcme } from "../../src/rehearsal/acme-sources.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { AcmeServer } from "../../src/rehearsal/doubles/acme-server.ts";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import { byName } from "../../src/rehearsal/doubles/name-listener.ts";
import { visit } from "../../src/rehearsal/site-visit.ts";
import { selfSigned } from "../self-signed.ts";

const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
const OWN = "https://ca.example.net:14000/acme/directory";
const KEY = { kind: "parameter", id: "/ca/key" };
/** What is asked of pebble is what it was told to be: its answers say which request came. */
const PEBBLE = `#!${process.execPath}
const { readFileSync } = require("node:fs");
const { createServer } = require("node:https");
const { pebble } = JSON.parse(readFileSync(process.argv[process.argv.indexOf("-config") + 1], "utf8"));
const tls = { cert: readFileSync(pebble.certificate), key: readFileSync(pebble.privateKey) };
const serve = (at, answer) => {
  const [address, port] = at.split(":");
  createServer(tls, answer).listen(Number(port), address);
};
serve(pebble.managementListenAddress, (asked, answer) => answer.end("the root for " + asked.url));
serve(pebble.listenAddress, (asked, answer) => {
  let body = "";
  asked.on("data", (more) => (body += more));
  const { host } = asked.headers;
  const { authorization } = asked.headers;
  const told = { required: pebble.externalAccountBindingRequired, keys: pebble.externalAccountMACKeys };
  asked.on("end", () => answer.writeHead(201).end(JSON.stringify({ url: asked.url, host, body, authorization, told })));
});
`;
const SETPRIV = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n';

const folder = mkdtempSync(join(tmpdir(), "slipway-acme-double-"));
const programs = join(folder, "bin");
const before = process.env.PATH;
const cleanup = new Cleanup();
const { certificate, key } = selfSigned(["acme-v02.api.letsencrypt.org", "ca.example.net"]);
const authority = {
  authorityFile: join(folder, "ca.pem"),
  certificateFile: join(folder, "ca.pem"),
  keyFile: join(folder, "key.pem"),
};
const site = (tls: object) => ({ name: "shop.example.com", routes: [], proxy: {}, tls });
const SITES = [
  site({ kind: "acme", directory: LETS_ENCRYPT }),
  site({ kind: "acme", directory: OWN, externalAccount: { keyId: "kid-1", hmacKey: KEY } }),
];

function program(name: string, text: string): void {
  writeFileSync(join(programs, name), text);
  chmodSync(join(programs, name), 0o755);
}

function start(): Promise<AcmeServer> {
  const acme = emulatedAcme(SITES as never) as NonNullable<ReturnType<typeof emulatedAcme>>;
  return AcmeServer.start({
    ...{ acme, authority, runDir: folder, accountKey: "the key" },
    resolve: async () => undefined,
  });
}

beforeAll(() => {
  mkdirSync(programs);
  writeFileSync(authority.authorityFile, certificate);
  writeFileSync(authority.keyFile, key);
  program("pebble", PEBBLE);
  program("setpriv", SETPRIV);
  process.env.PATH = `${programs}:${before}`;
});
afterAll(async () => {
  process.env.PATH = before;
  expect(await cleanup.run()).toEqual([]);
});

describe("the ACME servers of a stack", () => {
  let server: AcmeServer;
  let doubles: Listening;

  beforeAll(async () => {
    server = await start();
    cleanup.add("the server", () => server.stop());
    const played = { "acme-v02.api.letsencrypt.org": server.listener, "ca.example.net": server.listener };
    doubles = await listen(
      byName(played, (_, answer) => void answer.end("others")),
      { address: "127.0.0.1" },
    );
    cleanup.add("the names", () => doubles.close());
  });

  const asked = async (host: string, path: string, user?: string) => {
    const got = await visit("127.0.0.1", host, path, { port: doubles.port, user });
    return "body" in got ? JSON.parse(got.body) : got;
  };

  test("have the root that pebble made", () => {
    expect(server.root).toBe("the root for /roots/0");
  });

  test.each([
    ["acme-v02.api.letsencrypt.org", "/directory", "/dir"],
    ["ca.example.net:14000", "/acme/directory", "/dir"],
    ["ca.example.net:14000", "/directory", "/directory"],
    ["acme-v02.api.letsencrypt.org", "/sign-me-up", "/sign-me-up"],
  ])("are asked by their own names, which their answers are made from: %s%s", async (host, path, url) => {
    expect(await asked(host, path)).toMatchObject({ url, host });
  });

  test("know the accounts that their operators gave out, and open one for everybody where one of them does", async () => {
    const { told } = await asked("ca.example.net:14000", "/");
    expect(told).toEqual({ required: false, keys: { "kid-1": "the key" } });
  });

  test("leave other names to others", async () => {
    const got = await visit("127.0.0.1", "ssm.eu-west-1.amazonaws.com", "/", { port: doubles.port });
    expect(got).toMatchObject({ status: 200, body: "others" });
  });
});

test("a pebble that does not start says why", async () => {
  program("pebble", "#!/bin/sh\necho 'unknown flag -dnsserver' >&2\nexit 2\n");
  await expect(start()).rejects.toThrow(/pebble, which plays the ACME server, did not start\n(.*\n)*unknown flag/);
});
