import { chmodSync } from "node:fs";
import { join } from "node:path";
import { keyPair, RegistryOfSignatures } from "../../../docker/registry-of-signatures.ts";
import { FakeNano } from "./fake-nano.ts";

jest.setTimeout(120_000); // each run of the agent starts some hundred programs

const ours = keyPair();
const theirs = keyPair();
let nano: FakeNano;
let registry: RegistryOfSignatures;

beforeEach(async () => {
  registry = await new RegistryOfSignatures().start();
  nano = await FakeNano.serving();
});
afterEach(async () => {
  nano.remove();
  await registry.stop();
});
afterAll(() => FakeNano.forgetFirst());

const web = (image: string) => ({ name: "web", image });
const digest = (letter: string) => `sha256:${FakeNano.digest(letter)}`;
const sign = (letter: string, by = ours) =>
  registry.put("app", digest(letter), { by: by.privateKey, repository: "registry/app", digest: digest(letter) });
const demand = (...keys: { publicKey: string }[]) => ({
  signatures: { keys: keys.map(({ publicKey }) => publicKey), endpoints: { registry: registry.endpoint } },
});
const schedule = (image: string) => ({
  ...{ name: "nightly", image: `registry/app@${digest(image)}`, memoryMiB: 64, timeoutSeconds: 60 },
  calendar: "*-*-* 03:00:00 UTC",
});

test("signed images serve, each for one request, and start again after a reboot without any", async () => {
  for (const letter of ["2", "3"]) sign(letter);
  expect(await nano.deploy([web("2")], { ...demand(ours), schedules: [schedule("3")] })).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
  expect(registry.asked).toEqual(
    ["2", "3"].map((letter) => `GET /v2/app/manifests/${digest(letter).replace(":", "-")}.sig`),
  );
  await registry.stop();
  nano.reboot();
  for (const container of nano.containers()) nano.forget(`docker/${container}`);
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
  registry = await new RegistryOfSignatures().start();
});

test.each<[string, () => void, string]>([
  ["is not signed", () => {}, "is not signed"],
  ["is signed by another key", () => sign("2", theirs), "is signed by none of the required keys"],
])(
  "an image that %s is not even pulled: the release fails for good, and the old version serves",
  async (_, given, problem) => {
    given();
    nano.forgetCalls();
    const { status, last } = await nano.deploy([web("2")], demand(ours));
    expect([status, last]).toEqual([1, expect.stringContaining(`web: registry/app@${digest("2")} ${problem}`)]);
    expect(nano.calls("docker pull").concat(nano.calls("docker run"))).toEqual([]);
    expect(nano.serves("1", "2")).toEqual({ web: "1" });
  },
);

/** A task of the image `letter`, which every service waits for. */
const migration = (letter: string) => {
  const more = { spec: letter.repeat(16), timeoutSeconds: 30, before: ["web"], env: {}, secrets: {} };
  return [{ name: "migrate", image: `registry/app@${digest(letter)}`, ...more }];
};

test("what runs already must be signed, too, and so must what a task and a schedule run", async () => {
  expect(await nano.deploy([web("1")], demand(ours))).toMatchObject({ status: 1 });
  sign("1");
  const { last } = await nano.deploy([web("1")], { ...demand(ours), schedules: [schedule("2")] });
  expect(last).toContain(`nightly: registry/app@${digest("2")} is not signed`);
  const tasks = { tasks: migration("3"), taskLedger: "/slipway/shop/host/tasks" };
  expect((await nano.deploy([web("1")], { ...demand(ours), ...tasks })).last).toContain(
    `migrate: registry/app@${digest("3")} is not signed`,
  );
  expect(nano.calls("docker run").filter((call) => call.includes("slipway.task.migrate"))).toEqual([]);
  expect(await nano.deploy([web("1")], demand(theirs, ours))).toMatchObject({ status: 0 });
});

const LOGIN = {
  ...{ repository: "registry/app", registry: "registry", username: "reader" },
  password: { from: "secrets-manager", id: "registry" },
};

test.each(["basic", "bearer"] as const)("the signature is read by the login that the pull has (%s)", async (scheme) => {
  Object.assign(registry, { login: "reader:to ken", scheme });
  sign("2");
  const without = await nano.deploy([web("2")], demand(ours));
  expect([without.status, without.last]).toEqual([1, expect.stringContaining("refuses the login, or there is none")]);
  nano.pretend("aws/secret.json", JSON.stringify({ SecretString: "to ken\n" }));
  expect(await nano.deploy([web("2")], { ...demand(ours), logins: [LOGIN] })).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
  expect(nano.exists("run/slipway/work/login")).toBe(false);
});

test("in ECR by the role's own login, which is asked for once, and one request an image; where it is not allowed yet, it is tried again", async () => {
  Object.assign(registry, { login: "AWS:role", scheme: "basic" });
  for (const letter of ["2", "3"]) sign(letter);
  const change = { ...demand(ours), ecr: ["registry"], schedules: [schedule("3")] };
  const helper = "pretended/bin/docker-credential-ecr-login";
  nano.write(helper, "#!/bin/sh\nexit 1\n");
  chmodSync(join(nano.root, helper), 0o755);
  expect(await nano.deploy([web("2")], change)).toMatchObject({ status: 75 });
  const answer = `'{"Username":"AWS","Secret":"role"}'`;
  nano.write(helper, `#!/bin/sh\necho asked >>${nano.root}/logins\n[ "$(cat)" = registry ] && echo ${answer}\n`);
  registry.knocks = 0;
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
  expect([registry.knocks, nano.read("logins")]).toEqual([2, "asked\n"]);
});

test("a registry that does not answer fails no release: it is tried again", async () => {
  registry.broken = 503;
  const { status, last } = await nano.deploy([web("2")], demand(ours));
  expect([status, last]).toEqual([75, expect.stringContaining("cannot be read now: 503")]);
  registry.broken = undefined;
  sign("2");
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
});

test.each([
  ["a private key", { keys: ["-----BEGIN PRIVATE KEY-----"], endpoints: {} }, "signatures has no keys"],
  [
    "no endpoint for an image",
    { keys: [ours.publicKey], endpoints: {} },
    "has no endpoint for the signatures of registry",
  ],
])("a manifest with %s is refused", async (_, signatures, problem) => {
  const { status, last } = await nano.deploy([web("2")], { signatures });
  expect([status, last]).toEqual([1, expect.stringContaining(problem)]);
});
