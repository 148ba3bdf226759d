import { request } from "../../src/cli/http-request.mjs";
import { RegistryClient, type Send } from "../../src/cli/registry-client.ts";
import { type Behaviour, DIGEST, RegistryDouble } from "./registry-double.ts";

const doubles: RegistryDouble[] = [];
let pauses: number[] = [];

beforeEach(() => {
  pauses = [];
});

afterEach(() => {
  for (const double of doubles.splice(0)) double.stop();
});

async function open(behaviour: Behaviour = {}, login?: { username: string; password: string }) {
  const double = await RegistryDouble.start(behaviour);
  doubles.push(double);
  return { double, client: clientOf(request, login) };
}

function clientOf(send: Send, login?: { username: string; password: string }): RegistryClient {
  return new RegistryClient(send, { find: () => login }, async (milliseconds) => void pauses.push(milliseconds));
}

it("asks an open registry once, by HEAD", async () => {
  const { double, client } = await open();
  expect(await client.digestOf(`${double.host}/team/app:1`)).toBe(DIGEST);
  expect(double.asked).toEqual(["HEAD /v2/team/app/manifests/1"]);
});

it("hashes the manifest itself where the registry does not name its digest", async () => {
  const { double, client } = await open({ withoutDigestHeader: true });
  expect(await client.digestOf(`${double.host}/team/app:1`)).toBe(DIGEST);
  expect(double.asked).toEqual(["HEAD /v2/team/app/manifests/1", "GET /v2/team/app/manifests/1"]);
});

it("takes a token for nobody in particular, and uses it again", async () => {
  const { double, client } = await open({ auth: "token" });
  expect(await client.digestOf(`${double.host}/team/app:1`)).toBe(DIGEST);
  await client.digestOf(`${double.host}/team/app:1`);
  expect(double.asked).toEqual([
    "HEAD /v2/team/app/manifests/1",
    "GET /token?service=double&scope=repository%3Ateam%2Fapp%3Apull",
    "HEAD /v2/team/app/manifests/1 Bearer",
    "HEAD /v2/team/app/manifests/1 Bearer",
  ]);
});

it.each(["token", "basic"] as const)("uses the machine's login where there is one (%s)", async (auth) => {
  const { double, client } = await open({ auth }, { username: "me", password: "secret" });
  expect(await client.digestOf(`${double.host}/team/app:1`)).toBe(DIGEST);
  expect(double.asked.filter((line) => line.endsWith(" Basic"))).toHaveLength(1);
});

it.each([
  ["token", { username: "me", password: "wrong" }, /the token service 127\.0\.0\.1:\d+ answered 401: docker login/],
  ["basic", { username: "me", password: "wrong" }, /refuses it, which also means that it may not exist: docker login/],
  ["basic", undefined, /wants a login: docker login 127\.0\.0\.1/],
] as const)("says that a login is wrong or missing (%s, %j)", async (auth, login, message) => {
  const { double, client } = await open({ auth }, login);
  const error = await client.digestOf(`${double.host}/team/app:1`).catch(String);
  expect(error).toMatch(message);
  expect(error).not.toContain("wrong");
});

it("says that there is no such tag, without trying again", async () => {
  const { double, client } = await open();
  await expect(client.digestOf(`${double.host}/team/app:2`)).rejects.toThrow(
    `${double.host}/team/app:2: ${double.host} has no such image or tag`,
  );
  expect(pauses).toEqual([]);
});

it("tries again what may pass, as late as the registry asks", async () => {
  const { double, client } = await open({ first: [503, 429] });
  expect(await client.digestOf(`${double.host}/team/app:1`)).toBe(DIGEST);
  expect(pauses).toEqual([2000, 2000]);
});

it("gives up after three times", async () => {
  const { double, client } = await open({ first: [429, 429, 429] });
  await expect(client.digestOf(`${double.host}/team/app:1`)).rejects.toThrow("limits how often it is asked");
  expect(double.asked).toHaveLength(3);
});

it("names the registry that does not answer", async () => {
  await expect(clientOf(request).digestOf("127.0.0.1:1/team/app:1")).rejects.toThrow(
    /^127\.0\.0\.1:1\/team\/app:1: 127\.0\.0\.1:1 does not answer/,
  );
});

describe("where it asks", () => {
  it.each([
    ["docker.io/library/nginx:1.27-alpine", "https://registry-1.docker.io/v2/library/nginx/manifests/1.27-alpine"],
    ["ghcr.io/o/r:v1", "https://ghcr.io/v2/o/r/manifests/v1"],
    ["registry.example.com:5000/a/b/c:1", "https://registry.example.com:5000/v2/a/b/c/manifests/1"],
    ["localhost:5001/cats:1", "http://localhost:5001/v2/cats/manifests/1"],
    ["127.0.0.1:5001/cats:1", "http://127.0.0.1:5001/v2/cats/manifests/1"],
  ])("%s", async (reference, url) => {
    const asked: string[] = [];
    const send: Send = async (at) => {
      asked.push(at);
      return { status: 200, headers: { "docker-content-digest": DIGEST }, body: Buffer.alloc(0) };
    };
    expect(await clientOf(send).digestOf(reference)).toBe(DIGEST);
    expect(asked).toEqual([url]);
  });

  it.each(["nginx", "docker.io/library/nginx", "nginx:1"])(
    "refuses %s, which does not name all of it",
    async (text) => {
      await expect(clientOf(request).digestOf(text)).rejects.toThrow(`reference must be domain/path:tag, got ${text}`);
    },
  );
});

it("sends no login to a token service without encryption", async () => {
  const asked: string[] = [];
  const send: Send = async (url) => {
    asked.push(url);
    const headers = { "www-authenticate": 'Bearer realm="http://tokens.example.com/t",service="s"' };
    return { status: 401, headers, body: Buffer.alloc(0) };
  };
  const client = clientOf(send, { username: "me", password: "secret" });
  await expect(client.digestOf("r.example.com/a/b:1")).rejects.toThrow(
    "r.example.com names a token service without encryption, http://tokens.example.com: nothing is sent there",
  );
  expect(asked).toEqual(["https://r.example.com/v2/a/b/manifests/1"]);
});
