import { callAsks } from "../../src/rehearsal/authorization/call-asks.ts";
import { publishedImages } from "../../src/rehearsal/doubles/published-images.ts";
import { emulated } from "../../src/rehearsal/emulated.ts";
import { withZones, zoneOf } from "../../src/rehearsal/hosted-zones.ts";
import { keepSecrets } from "../../src/rehearsal/kept-secrets.ts";

test.each([
  ["shop.example.com", "example.com"],
  ["*.example.com", "example.com"],
  ["a.b.example.co.uk", "example.co.uk"],
  ["shop.internal", "shop.internal"],
])("the record of %s goes to the zone %s", (record, zone) => {
  expect(zoneOf(record)).toBe(zone);
});

test("a zone is named by the id that the emulated account gave it, and nothing else is touched", () => {
  const text = '{"zone_id": "Z0123ABC", "policy": "hostedzone/Z0123ABC", "other": "Z0123ABCD"}';
  expect(withZones(text, new Map([["Z0123ABC", "ZNEW"]]))).toBe(
    '{"zone_id": "ZNEW", "policy": "hostedzone/ZNEW", "other": "Z0123ABCD"}',
  );
});

test("each secret that hosts read is there once, with every key that is asked of it", async () => {
  const calls: unknown[] = [];
  const moto = { json: async (...call: unknown[]) => void calls.push(call) };
  await keepSecrets(moto as never, [
    { kind: "parameter", id: "/shop/password" },
    { kind: "parameter", id: "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key" },
    { kind: "parameter", id: "arn:aws:ssm:eu-west-1:123456789012:parameter/plain" },
    { kind: "secrets-manager", id: "shop/db", key: "user" },
    { kind: "secrets-manager", id: "shop/db", key: "password" },
    { kind: "secrets-manager", id: "shop/token" },
    { kind: "parameter", id: "/ca/key", value: "a key" },
    { kind: "secrets-manager", id: "ca", key: "hmac", value: "a key" },
  ]);
  const parameter = (Name: string) => ["ssm", "PutParameter", { Name, Value: "rehearsal", Type: "SecureString" }];
  expect(calls).toEqual([
    parameter("/shop/password"),
    parameter("/shop/key"),
    parameter("plain"),
    [
      "secretsmanager",
      "CreateSecret",
      { Name: "shop/db", SecretString: '{"user":"rehearsal","password":"rehearsal"}' },
    ],
    ["secretsmanager", "CreateSecret", { Name: "shop/token", SecretString: "rehearsal" }],
    ["ssm", "PutParameter", { Name: "/ca/key", Value: "a key", Type: "SecureString" }],
    ["secretsmanager", "CreateSecret", { Name: "ca", SecretString: '{"hmac":"a key"}' }],
  ]);
});

test("an image that a stack names by its id is published beside Canonical's", () => {
  const { images } = publishedImages(["20250610"], [{ id: "ami-0a1b2c3d4e5f", architecture: "arm64" }]);
  expect(images.map(({ ami_id: id, architecture }) => [id === "ami-0a1b2c3d4e5f", architecture])).toEqual([
    [true, "arm64"],
    [false, "x86_64"],
    [false, "arm64"],
  ]);
});

test("what of a stack is played is told", () => {
  const played = {
    secrets: [{ id: "/b" }, { id: "/a" }, { id: "/a" }, { id: "/ca/key", value: "a key" }],
    zones: [{ id: "Z1" }],
    needsEmulation: true,
    acme: { directories: ["https://ca.example.net/dir"], caFiles: ["ca.pem"] },
    hasHub: true,
  };
  const more = emulated("debian-13", played).filter((line) => !emulated("debian-13").includes(line));
  expect(more).toEqual([
    'what hosts read at /a, /b is the word "rehearsal"',
    "Z1 is a zone that was made for the rehearsal, under another id",
    "the host's containers are of arm64, which QEMU plays; its own programs are of this machine's processor",
    "the ACME server is pebble, Let's Encrypt's own for tests, at https://ca.example.net/dir: it asks each name's address here by HTTP-01 and signs by an authority of its own",
    "the rehearsal's own authority takes the place of what ca.pem holds",
    "Docker Hub is this machine's registry of stand-ins, under Docker Hub's own name",
  ]);
});

test("a secret without a key of its own, which moto says by null, is read without asking about one", async () => {
  const moto = {
    json: async () => ({ ARN: "arn:aws:secretsmanager:eu-west-1:1:secret:shop/db-abcdef", KmsKeyId: null }),
  };
  const call = {
    service: "secretsmanager",
    action: "GetSecretValue",
    region: "eu-west-1",
    input: { SecretId: "shop/db" },
  };
  const asks = await callAsks(call as never, "123456789012", moto as never);
  expect(asks.map(({ action }) => action)).toEqual(["secretsmanager:GetSecretValue"]);
});
