import { hstsHeader } from "../../src/release/hsts.ts";
import type { Site } from "../../src/release/site.ts";
import { checkSiteTls } from "../../src/release/site-tls.ts";
import { type AcmeOptions, Tls } from "../../src/release/tls.ts";

const ACCOUNT = { email: "ops@example.com", agreeToTerms: true } as const;
const SECRET = { source: { kind: "parameter", id: "/shop/key" } };

const site = (more: Partial<Site> = {}): Site => ({
  name: "shop.example.com",
  routes: [{ path: "/", to: { service: "web" } }],
  proxy: {},
  ...more,
});

describe("Tls.acme", () => {
  test("asks Let's Encrypt where no other is named", () => {
    expect(Tls.acme(ACCOUNT).source).toEqual({
      kind: "acme",
      email: "ops@example.com",
      directory: "https://acme-v02.api.letsencrypt.org/directory",
    });
    expect(Tls.acme({ ...ACCOUNT, staging: true }).source).toMatchObject({
      directory: "https://acme-staging-v02.api.letsencrypt.org/directory",
    });
  });

  test("names a server of one's own, its authority and an account that it knows", () => {
    const tls = Tls.acme({
      ...ACCOUNT,
      directory: "https://ca.internal:9000/acme/directory",
      caFile: "ca.pem",
      externalAccount: { keyId: "kid-1", hmacKey: SECRET },
    });
    expect(tls.source).toEqual({
      kind: "acme",
      email: "ops@example.com",
      directory: "https://ca.internal:9000/acme/directory",
      caFile: "ca.pem",
      externalAccount: { keyId: "kid-1", hmacKey: SECRET.source },
    });
    expect(tls.secrets).toEqual([SECRET]);
  });

  test.each<[string, object, string]>([
    [
      "no terms",
      { email: "ops@example.com" },
      "agreeToTerms must be true, got undefined: read the terms of service of the ACME server and write agreeToTerms: true",
    ],
    [
      "an email that is none",
      { email: "ops", agreeToTerms: true },
      'email must be an address, got "ops": write it like "ops@example.com"',
    ],
    [
      "two servers",
      { ...ACCOUNT, staging: true, directory: "https://ca.test/" },
      "directory must not be given with staging: true, got \"https://ca.test/\": staging is Let's Encrypt's: leave one out",
    ],
    [
      "a directory by HTTP",
      { ...ACCOUNT, directory: "http://ca.test/dir" },
      'directory must be a URL, got "http://ca.test/dir": write it like "https://ca.example.com/acme/directory"',
    ],
    [
      "a key in place of a secret",
      { ...ACCOUNT, externalAccount: { keyId: "1", hmacKey: "c2VjcmV0" } },
      'hmacKey of externalAccount must be a Secret, got "string"',
    ],
    [
      "an option that nobody knows",
      { ...ACCOUNT, stagin: true },
      'Tls.acme option must be known, got "stagin": did you mean staging?',
    ],
  ])("refuses %s", (_, options, message) => {
    expect(() => Tls.acme(options as AcmeOptions)).toThrow(message);
  });
});

test("a certificate of one's own is a secret by its place, and never its text", () => {
  expect(Tls.certificate(SECRET)).toMatchObject({
    source: { kind: "certificate", secret: SECRET.source },
    secrets: [SECRET],
  });
  const text = "-----BEGIN PRIVATE KEY-----";
  expect(() => Tls.certificate(text as never)).toThrow(
    'certificate must be a Secret, got "string": write Tls.certificate(Secret.fromSecretsManager(…))',
  );
});

describe("a site's certificate", () => {
  const acme = Tls.acme(ACCOUNT).source;
  const own = Tls.acme({ ...ACCOUNT, directory: "https://ca.test/dir", caFile: "ca.pem" }).source;

  test.each<[string, Site, string]>([
    [
      "a wildcard by HTTP-01",
      site({ name: "*.example.com", tls: acme }),
      "must not be a wildcard, which no ACME server signs by HTTP-01",
    ],
    ["an address", site({ name: "192.0.2.7", tls: acme }), "server name must be a name where there is TLS"],
    [
      "an address on one's own machine",
      site({ name: "127.0.0.1", tls: Tls.local().source }),
      "server name must be a name where there is TLS",
    ],
    ...["localhost", "shop.localhost", "shop.test", "shop.internal", "nas.home.arpa", "intranet", "web.corp"].map(
      (name) =>
        [
          `${name} at a public server`,
          site({ name, tls: acme }),
          `server name must have a public suffix, since a public ACME server signs it, got "${name}"`,
        ] as [string, Site, string],
    ),
    [
      "a suffix",
      site({ name: "co.uk", tls: acme }),
      "server name must be a name below a public suffix and not one itself",
    ],
    [
      "TLS for names that nobody knows",
      site({ tls: acme, proxy: { defaultSite: true } }),
      "defaultSite must not have tls",
    ],
    ["HSTS without TLS", site({ hsts: { maxAge: 300 } }), "hsts must come with tls"],
    [
      "HSTS as a header",
      site({ tls: acme, proxy: { headers: { "strict-transport-security": "max-age=1" } } }),
      "write hsts: { maxAge: 300 }",
    ],
    [
      "a route where the server asks",
      site({ tls: acme, routes: [{ path: "/.well-known/acme-challenge/x", to: { service: "web" } }] }),
      "must leave the ACME server's path free",
    ],
  ])("refuses %s", (_, declared, message) => {
    expect(() => checkSiteTls(declared)).toThrow(message);
  });

  test.each<[string, Site]>([
    ["a public name", site({ tls: acme })],
    ["a name that only a server of one's own can sign", site({ name: "shop.internal", tls: own })],
    [
      "a wildcard with a certificate of one's own",
      site({ name: "*.example.com", tls: Tls.certificate(SECRET).source }),
    ],
    [
      "a route beside what the server asks for",
      site({ tls: acme, routes: [{ path: "/.well-known", to: { service: "web" } }] }),
    ],
    ["no certificate", site({ name: "shop.localhost" })],
  ])("takes %s", (_, declared) => {
    expect(() => checkSiteTls(declared)).not.toThrow();
  });
});

test("HSTS says what is declared and nothing that would be refused", () => {
  expect(hstsHeader({ maxAge: 300 })).toBe("max-age=300");
  expect(hstsHeader({ maxAge: 63_072_000, includeSubDomains: true, preload: true })).toBe(
    "max-age=63072000; includeSubDomains; preload",
  );
  expect(() => hstsHeader({ maxAge: -1 })).toThrow("maxAge must be whole seconds from 0 to 63072000, got -1");
  expect(() => hstsHeader({ maxAge: 300, preload: true })).toThrow("must come with includeSubDomains: true");
});
