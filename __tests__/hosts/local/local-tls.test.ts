import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { Backend } from "../../../src/hosts/backend.ts";
import { LocalHost } from "../../../src/hosts/local/local-host.ts";
import type { LocalHostProps } from "../../../src/hosts/local/local-host-props.ts";
import type { SiteOptions } from "../../../src/release/site-options.ts";
import { Tls } from "../../../src/release/tls.ts";
import { synthesize } from "../../synthesize.ts";
import { FakeEngine } from "./fake-release-engine.ts";

const ADDRESS = Backend.fromAddress("10.0.0.5:80");
const AUTHORITY = "home/.local/share/slipway";

function serve(props: LocalHostProps, name = "shop.localhost", options?: SiteOptions) {
  let url = "";
  const stack = synthesize((scope) => {
    const host = new LocalHost(scope, "host", props);
    url = host.urlOf(host.serve(name, { "/": ADDRESS }, options));
  });
  return { url, stack };
}

describe("a LocalHost with TLS", () => {
  test("publishes a port for it, and says where a site is opened", () => {
    const { url, stack } = serve({ tls: Tls.local() });
    expect(url).toBe("https://shop.localhost:8443/");
    expect(JSON.stringify(stack)).toContain('{"external":8443,"internal":443,"ip":"127.0.0.1","protocol":"tcp"}');
    expect(serve({ tls: Tls.local(), tlsPort: 443 }).url).toBe("https://shop.localhost/");
  });

  test("gives it to one site alone, where its own options say so", () => {
    expect(serve({ tlsPort: 9443 }, "shop.localhost", { tls: Tls.local() }).url).toBe("https://shop.localhost:9443/");
    expect(serve({ tlsPort: 9443 }).url).toBe("http://shop.localhost:8888/");
  });

  test.each<[string, () => unknown, string]>([
    [
      "a site's where there is no port",
      () => serve({}, "shop.localhost", { tls: Tls.local() }),
      "give stack/host tlsPort: 8443, or its tls",
    ],
    [
      "the port of HTTP",
      () => serve({ tls: Tls.local(), tlsPort: 8888 }),
      "host port must be another than port, got 8888",
    ],
    [
      "ACME",
      () => serve({ tls: Tls.acme({ email: "ops@example.com", agreeToTerms: true }) }),
      "tls: is Tls.acme({ email, agreeToTerms: true }), which the host stack/host cannot do: write Tls.local()",
    ],
    [
      "what is no Tls",
      () => serve({ tlsPort: 8443 }, "shop.localhost", { tls: true as never }),
      "must be where a certificate comes from, got true: write Tls.local()",
    ],
    ["HSTS without it", () => serve({}, "shop.localhost", { hsts: { maxAge: 300 } }), "hsts must come with tls"],
  ])("refuses %s", (_, declare, message) => {
    expect(declare).toThrow(message);
  });
});

/** A release of one service whose text names the certificates of these files. */
function release(engine: FakeEngine, ...files: readonly string[]) {
  const sites = files.map((file) => `    ssl_certificate /etc/nginx/slipway/tls/${file}.pem;\n`).join("");
  engine.installs("openssl");
  engine.container("c1");
  return engine.release("r1", { app: "c1" }, { sites });
}

/** Whether a client that trusts the authority alone is answered under `name` by what Nginx's container has in `file`. */
async function isTrusted(engine: FakeEngine, file: string, name: string): Promise<boolean> {
  const pem = engine.read(`etc/slipway/tls/${file}.pem`);
  const server = createServer({ key: pem, cert: pem }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const ca = engine.read(join(AUTHORITY, "local-ca.pem"));
  const outcome = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", servername: name, ca }, () => resolve(socket.authorized));
    socket.on("error", () => resolve(false));
    socket.on("close", () => server.close());
  });
  return outcome;
}

describe("the certificates of a LocalHost", () => {
  test("are by an authority that is made once, whose key stays at home", async () => {
    const engine = new FakeEngine();
    const run = release(engine, "shop.localhost", "_.example.com");
    expect(run).toMatchObject({ status: 0 });
    const authority = join(engine.folder, AUTHORITY);
    expect(run.output).toContain(
      `stack/host: *.example.com: has a new certificate: who trusts ${authority}/local-ca.pem trusts it\n`,
    );
    expect(await isTrusted(engine, "shop.localhost", "shop.localhost")).toBe(true);
    expect(await isTrusted(engine, "_.example.com", "any.example.com")).toBe(true);
    expect(await isTrusted(engine, "_.example.com", "example.com")).toBe(false);
    expect(readdirSync(authority).sort()).toEqual(["local-ca.key.pem", "local-ca.pem"]);
    expect(statSync(join(authority, "local-ca.key.pem")).mode & 0o777).toBe(0o600);
    expect(statSync(authority).mode & 0o777).toBe(0o700);
    expect(statSync(join(engine.folder, "etc/slipway/tls/shop.localhost.pem")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(authority, "local-ca.pem"), "utf8")).not.toContain("PRIVATE");
    const { ca, subject } = new X509Certificate(engine.read(join(AUTHORITY, "local-ca.pem")));
    expect([ca, subject]).toEqual([true, expect.stringContaining("Slipway local authority of ")]);
    expect(engine.temporary.filter((name) => name.startsWith("slipway."))).toEqual([]);
  });

  test("stay while they are good, and go with their sites", () => {
    const engine = new FakeEngine();
    release(engine, "a.localhost", "b.localhost");
    const [a, authority] = [
      engine.read("etc/slipway/tls/a.localhost.pem"),
      engine.read(join(AUTHORITY, "local-ca.pem")),
    ];
    engine.container("c2");
    const sites = "ssl_certificate /etc/nginx/slipway/tls/a.localhost.pem;\n";
    const run = engine.release("r2", { app: "c2" }, { sites });
    expect(run.output).not.toContain("new certificate");
    expect(engine.read("etc/slipway/tls/a.localhost.pem")).toBe(a);
    expect(engine.has("etc/slipway/tls/b.localhost.pem")).toBe(false);
    expect(engine.read(join(AUTHORITY, "local-ca.pem"))).toBe(authority);
  });

  test("are new when another developer's authority, or one that nobody has any more, signed the old ones", async () => {
    const engine = new FakeEngine();
    release(engine, "a.localhost");
    engine.write(join(AUTHORITY, "local-ca.key.pem"), "damaged\n");
    const damaged = engine.release(
      "r2",
      { app: "c1" },
      { sites: "ssl_certificate /etc/nginx/slipway/tls/a.localhost.pem;\n" },
    );
    expect(damaged.status).toBe(0);
    expect(damaged.output).toContain("a.localhost: has a new certificate");
    expect(await isTrusted(engine, "a.localhost", "a.localhost")).toBe(true);
  });

  test("cannot be made without openssl: the release fails, what serves stays", () => {
    const engine = new FakeEngine();
    engine.container("c1");
    const sites = "ssl_certificate /etc/nginx/slipway/tls/a.localhost.pem;\n";
    const run = engine.release("r1", { app: "c1" }, { sites });
    expect(run.status).toBe(1);
    expect(run.output).toContain("Tls.local() needs openssl, which is not there: install it");
  });
});
