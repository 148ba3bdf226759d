import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { checkSecured, visitorOf } from "../../src/rehearsal/secured-checks.ts";
import { type Visit, type VisitOptions, visit } from "../../src/rehearsal/site-visit.ts";
import { selfSigned } from "../self-signed.ts";

const NAME = { name: "shop.example.com", path: "/", hsts: true, user: "alice" };
const CERTIFICATE = { issuer: { CN: "Pebble Intermediate CA 1" }, valid_to: "Feb 27 11:15:02 2027 GMT" };
const HSTS = { "strict-transport-security": "max-age=300" };
const answer = (status: number, headers: object = {}, more: object = {}) =>
  ({ status, body: "", headers, ...more }) as Visit;

/** A site that is in order, but for what a test says. */
function ask(differently: (name: string, how: VisitOptions) => Visit | undefined = () => undefined) {
  return async (_: string, name: string, path = "/", how: VisitOptions = {}): Promise<Visit> => {
    const other = differently(name, how);
    if (other) return other;
    if (name !== NAME.name) return { nothing: "handshake failure" };
    if (how.ca === undefined) return answer(308, { location: `https://${name}${path}` });
    return how.user === undefined ? answer(401) : answer(200, HSTS, { certificate: CERTIFICATE });
  };
}

const checks = (differently?: Parameters<typeof ask>[0], names = [NAME]) =>
  checkSecured({ names, ca: "root", addressOf: async () => "127.38.4.7", timeoutMs: 0, ask: ask(differently) });

test("a name in order is found so, with who signed its certificate and until when", async () => {
  const found = await checks();
  expect(found.filter(({ ok }) => !ok)).toEqual([]);
  expect(found.map(({ what, seen }) => `${what}: ${seen}`)).toEqual([
    "https://shop.example.com answers with a certificate of the ACME server: status 200, issued by Pebble Intermediate CA 1, until Feb 27 11:15:02 2027 GMT",
    "http://shop.example.com sends its visitors to https: status 308, location https://shop.example.com/",
    "shop.example.com tells browsers to come by https alone: max-age=300",
    "shop.example.com lets nobody in without a password: status 401",
    "a name without a certificate gets no handshake: handshake failure",
  ]);
});

test.each<[string, (name: string, how: VisitOptions) => Visit | undefined, string]>([
  ["HTTP is served", (name, { ca }) => (name === NAME.name && !ca ? answer(200) : undefined), "sends its visitors"],
  [
    "HTTP leads to another name",
    (name, { ca }) => (name === NAME.name && !ca ? answer(308, { location: "https://other.example.com/" }) : undefined),
    "sends its visitors",
  ],
  [
    "no HSTS",
    (_, { user }) => (user ? answer(200, {}, { certificate: CERTIFICATE }) : undefined),
    "come by https alone",
  ],
  [
    "everybody is let in",
    (name, { ca }) => (name === NAME.name && ca ? answer(200, HSTS) : undefined),
    "without a password",
  ],
  ["a stranger is served", (name) => (name === NAME.name ? undefined : answer(200)), "gets no handshake"],
  ["a server's error", (_, { user }) => (user ? answer(502, HSTS) : undefined), "answers with a certificate"],
])("what is not as promised is said: %s", async (_, differently, what) => {
  expect((await checks(differently)).filter(({ ok }) => !ok)).toEqual([
    expect.objectContaining({ what: expect.stringContaining(what) }),
  ]);
});

test("a certificate is waited for, by asking again", async () => {
  let visits = 0;
  const late = (_: string, { ca, user }: VisitOptions) =>
    ca && user && ++visits < 3 ? ({ nothing: "handshake failure" } as const) : undefined;
  const addressOf = async () => "127.38.4.7";
  const found = await checkSecured({ names: [NAME], ca: "root", addressOf, ask: ask(late) });
  expect([visits, found.filter(({ ok }) => !ok)]).toEqual([3, []]);
});

test("a certificate that does not come is told once, with what a visitor got", async () => {
  const found = await checks((_, { ca }) => (ca ? { nothing: "unable to verify the first certificate" } : undefined));
  expect(found.filter(({ ok }) => !ok)).toEqual([
    {
      what: expect.stringContaining("answers with a certificate"),
      ok: false,
      seen: "unable to verify the first certificate",
    },
  ]);
});

test("whoever visits a name by TLS trusts the played authority alone, and says who he is", () => {
  expect(visitorOf([NAME], NAME.name, "root")).toEqual({ ca: "root", user: "alice" });
  expect(visitorOf([NAME], "plain.example.com", "root")).toEqual({});
  expect(visitorOf([NAME], NAME.name, undefined)).toEqual({});
});

test("a visit by TLS gives the name, asks for a certificate of that authority, and logs in by a rehearsal's password", async () => {
  const { certificate, key } = selfSigned([NAME.name]);
  const server = createServer({ cert: certificate, key }, ({ headers: { authorization } }, out) => {
    const [, login = ""] = (authorization ?? "").split(" ");
    out.end(Buffer.from(login, "base64").toString());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const by = (name: string, ca: string) => visit("127.0.0.1", name, "/", { ca, port, user: "alice" });
  expect(await by(NAME.name, certificate)).toMatchObject({
    status: 200,
    body: "alice:rehearsal",
    certificate: { subjectaltname: `DNS:${NAME.name}` },
  });
  expect(await by("other.example.com", certificate)).toEqual({ nothing: expect.stringContaining("altnames") });
  expect(await by(NAME.name, selfSigned([NAME.name]).certificate)).toEqual({
    nothing: expect.stringContaining("self"),
  });
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});
