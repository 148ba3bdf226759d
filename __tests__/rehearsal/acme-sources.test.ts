import { directoryPlaces, emulatedAcme, securedNames, unnamedDirectories } from "../../src/rehearsal/acme-sources.ts";

const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";
const OWN = "https://ca.example.net:14000/acme/directory";
const KEY = { kind: "parameter", id: "/ca/key" };
const site = (name: string, more: object) => ({ name, routes: [{ path: "/", to: {} }], proxy: {}, ...more });
const acme = (directory: string, more: object = {}) => ({
  tls: { kind: "acme", email: "a@b.example", directory, ...more },
});
const played = (...sites: object[]) => emulatedAcme(sites as never);

test("sites without certificates, or with those of somebody else, ask no ACME server", () => {
  expect(played(site("a.test", {}), site("b.test", { tls: { kind: "certificate", secret: KEY } }))).toBeUndefined();
});

test("each server is played once, with the accounts and authorities that it needs", () => {
  const own = acme(OWN, { caFile: "ca.pem", externalAccount: { keyId: "kid-1", hmacKey: KEY } });
  const all = played(site("a.test", acme(LETS_ENCRYPT)), site("b.test", own), site("c.test", own));
  expect(all).toEqual({
    directories: [LETS_ENCRYPT, OWN],
    caFiles: ["ca.pem"],
    accounts: [{ keyId: "kid-1", hmacKey: KEY }],
    isClosed: false,
  });
  expect(all && directoryPlaces(all)).toEqual({
    names: ["acme-v02.api.letsencrypt.org", "ca.example.net"],
    ports: [14000],
  });
  expect(played(site("b.test", own))).toMatchObject({ isClosed: true });
});

test("a server at an address has no name that could lead elsewhere", () => {
  const all = played(site("a.test", acme("https://10.0.0.5/dir")), site("b.test", acme(OWN)));
  expect(all && unnamedDirectories(all)).toEqual(["https://10.0.0.5/dir"]);
});

test("every name of a site has a certificate, and whoever is sent on is asked for no password", () => {
  const proxy = { aliases: ["shop.example.org"], redirectFrom: ["www.example.com"] };
  const shop = { ...acme(LETS_ENCRYPT), proxy, hsts: { maxAge: 1 }, basicAuth: { users: { alice: KEY, bob: KEY } } };
  const api = site("api.example.com", { ...acme(LETS_ENCRYPT), routes: [{ path: "/v1", to: {} }] });
  expect(securedNames([site("shop.example.com", shop), site("plain.example.com", {}), api] as never)).toEqual([
    { name: "shop.example.com", path: "/", hsts: true, user: "alice" },
    { name: "shop.example.org", path: "/", hsts: true, user: "alice" },
    { name: "www.example.com", path: "/", hsts: true },
    { name: "api.example.com", path: "/v1", hsts: false },
  ]);
});
