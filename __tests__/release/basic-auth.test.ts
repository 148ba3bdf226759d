import { basicAuthOf, checkBasicAuth, passwordFile } from "../../src/release/basic-auth.ts";
import { checkSiteTls } from "../../src/release/site-tls.ts";
import { Tls } from "../../src/release/tls.ts";

const secret = (id: string, version?: string) => ({ source: { kind: "parameter", id, ...(version && { version }) } });

test("users are sorted, and the file's name tells one declaration from another", () => {
  const auth = basicAuthOf({ users: { bob: secret("/b"), alice: secret("/a") } });
  expect(Object.keys(auth.users)).toEqual(["alice", "bob"]);
  const file = passwordFile("*.example.com", auth);
  expect(file).toMatch(/^_\.example\.com-[0-9a-f]{8}$/);
  const other = (users: object) => passwordFile("*.example.com", basicAuthOf({ users } as never));
  expect(other({ alice: secret("/a"), bob: secret("/b") })).toBe(file);
  for (const users of [
    { alice: secret("/a") },
    { alice: secret("/a"), bob: secret("/c") },
    { alice: secret("/a"), bob: secret("/b", "2") },
    { alice: secret("/a"), carol: secret("/b") },
  ])
    expect(other(users)).not.toBe(file);
});

test("a reference's number, another one in each synth, is no part of it", () => {
  const named = (id: string) => passwordFile("a.test", basicAuthOf({ users: { alice: secret(id) } }));
  expect(named("${Token[TOKEN.1]}")).toBe(named("${Token[TOKEN.27]}"));
});

test.each<[string, unknown, string]>([
  ["no users", { users: {} }, "users of basicAuth must be 1 to 50, got 0"],
  ["a list of them", { users: ["alice"] }, "users of basicAuth must be secrets by name"],
  [
    "a name that a colon ends",
    { users: { "a:b": secret("/a") } },
    'user of basicAuth must be at most 64 letters, digits and ._@+-, got "a:b"',
  ],
  ["a realm of two lines", { realm: "a\nb", users: { a: secret("/a") } }, "realm of basicAuth must be"],
  ["a realm with Nginx's variables", { realm: "$host", users: { a: secret("/a") } }, "realm of basicAuth must be"],
  ["a word", "alice", "basicAuth must be users"],
  ["an unknown option", { user: {} }, 'got "user": did you mean users?'],
])("refuses %s", (_, options, message) => {
  expect(() => checkBasicAuth(options as never)).toThrow(message);
});

test("passwords go by TLS alone", () => {
  const site = {
    name: "shop.example.com",
    routes: [{ path: "/", to: { service: "web" } }],
    proxy: {},
    basicAuth: basicAuthOf({ users: { alice: secret("/a") } }),
  };
  expect(() => checkSiteTls(site)).toThrow(
    'basicAuth must come with tls, got "shop.example.com": passwords would be sent in the clear: declare tls for it or for its host',
  );
  expect(() => checkSiteTls({ ...site, tls: Tls.local().source })).not.toThrow();
});
