import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "../../src/cli/command.mjs";
import { DockerConfiguration } from "./docker-configuration.ts";
import { Project } from "./project.ts";
import { RegistryProcess } from "./registry-process.ts";

jest.setTimeout(120_000);

const SCRIPT = resolve(__dirname, "../../src/docker/image-copy.sh");
const PASSWORD = "Passw0rd-of-production-51c2";
const LOGIN = `deployer:${PASSWORD}`;

let configuration: DockerConfiguration;
let staging: RegistryProcess;
let production: RegistryProcess;
/** Nothing answers there: what is copied goes past every engine. */
const withoutEngine = () => ({ DOCKER_CONFIG: configuration.folder, DOCKER_HOST: "tcp://127.0.0.1:1" });

beforeAll(async () => {
  configuration = await DockerConfiguration.withBuildx();
  staging = await RegistryProcess.start("ci:secret");
  production = await RegistryProcess.start(LOGIN);
  configuration.logIn({ [staging.host]: "ci:secret", [production.host]: LOGIN });
});
afterAll(async () => {
  await staging?.stop();
  await production?.stop();
  configuration?.remove();
});

async function copy(from: string, to: string, tags: string): Promise<{ status: number; output: string }> {
  const environment = { SLIPWAY_FROM: from, SLIPWAY_TO: to, SLIPWAY_TAGS: tags };
  // not synchronous: the registries' doors are of this process
  const { code, stdout, stderr } = await run("/bin/sh", [SCRIPT], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...withoutEngine(), ...environment },
  });
  return { status: code, output: stdout + stderr };
}

test.each([
  ["one image", ["amd64"]],
  ["an index with two", ["amd64", "arm64"]],
])("%s arrives byte for byte, without an engine, and once", async (_, sides) => {
  const path = `team/${sides.join("-")}`;
  const digest = await staging.push(path, "1", sides);
  const copied = await copy(
    `${staging.host}/${path}@${digest}`,
    `${production.host}/${path}`,
    `sha-${digest.slice(7)} 1.4.2`,
  );
  expect(copied).toEqual({
    status: 0,
    output: `${production.host}/${path}: has ${digest} of ${staging.host}/${path}, as sha-${digest.slice(7)} 1.4.2\n`,
  });
  const source = await staging.manifest(path, digest);
  expect(source?.digest).toBe(digest);
  expect(await production.manifest(path, digest)).toEqual(source);
  // of one image, Debian's buildx makes the tag stand for an index around it
  expect((await production.manifest(path, "1.4.2"))?.text).toContain(sides.length > 1 ? source?.text : digest);
  const before = production.asked.length;
  const again = await copy(
    `${staging.host}/${path}@${digest}`,
    `${production.host}/${path}`,
    `sha-${digest.slice(7)} 1.4.2`,
  );
  expect(again).toEqual({ status: 0, output: `${production.host}/${path}: has ${digest} already\n` });
  expect(production.asked.slice(before).filter((each) => !/^(GET|HEAD) /.test(each))).toEqual([]);
});

test("within one registry no layer travels: what another repository has is mounted", async () => {
  const digest = await staging.push("team/app", "1", ["amd64"]);
  const before = staging.asked.length;
  expect(await copy(`${staging.host}/team/app@${digest}`, `${staging.host}/live/app`, "1.4.2")).toMatchObject({
    status: 0,
  });
  const asked = staging.asked.slice(before);
  expect(asked.filter((each) => each.startsWith("POST "))).toEqual([
    expect.stringMatching(/^POST \/v2\/live\/app\/blobs\/uploads\/\?.*mount=sha256.*/),
    expect.stringMatching(/^POST \/v2\/live\/app\/blobs\/uploads\/\?.*mount=sha256.*/),
  ]);
  expect(asked.filter((each) => /^(PATCH|PUT) .*\/blobs\//.test(each))).toEqual([]);
  expect((await staging.manifest("live/app", digest))?.digest).toBe(digest);
});

test("a digest that the source has not, a tag that is taken and a login that is missing are each said", async () => {
  const digest = await staging.push("team/web", "1", ["amd64"]);
  const other = await staging.push("team/web", "2", ["arm64"]);
  const absent = `sha256:${"0".repeat(64)}`;
  const [from, to] = [`${staging.host}/team/web`, `${production.host}/said/web`];
  expect(await copy(`${from}@${absent}`, to, "1")).toMatchObject({
    status: 1,
    output: expect.stringContaining(`${from} has no image ${absent}: it was deleted there, or`),
  });
  expect(await copy(`${from}@${digest}`, to, "1.0.0")).toMatchObject({ status: 0 });
  expect(await copy(`${from}@${other}`, to, "1.0.0")).toMatchObject({
    status: 1,
    output: expect.stringMatching(
      /the tag 1\.0\.0 stands for another image \(sha256:[0-9a-f]{64}\): nothing was copied; /,
    ),
  });
  configuration.logIn({ [staging.host]: "ci:secret" });
  expect(await copy(`${from}@${other}`, to, "2.0.0")).toMatchObject({
    status: 1,
    output: expect.stringContaining(`docker has no login that may use ${to}: docker login ${production.host}, or`),
  });
  configuration.logIn({ [staging.host]: "ci:secret", [production.host]: LOGIN });
});

describe("an apply of production", () => {
  const project = new Project("promotion.ts", "shop-production", {});
  const environment = { ...process.env };
  let digest = "";

  beforeAll(async () => {
    Object.assign(process.env, withoutEngine(), { SLIPWAY_TEST_REGISTRY: production.host });
    digest = await staging.push("team/shop", "1", ["amd64", "arm64"]);
  });
  afterAll(() => {
    process.env = environment;
    project.remove();
  });

  const release = (reference: string) => {
    const web = { reference, version: "2.0.0", platforms: ["linux/amd64", "linux/arm64"], runs: ["host/web"] };
    writeFileSync(
      join(project.directory, "release.shop-staging.json"),
      JSON.stringify({ schema: 1, stack: "shop-staging", images: { web } }),
    );
  };

  test("fails its plan, and not its synth, before staging was deployed", async () => {
    expect(await project.synth()).toContain("no release.shop-staging.json");
    await project.init();
    const { status, output } = await project.plan();
    expect(status).toBe(1);
    expect(output.replace(/\s*│?\s+/g, " ")).toContain(
      "shop-production/web: release: there is no release.shop-staging.json: deploy the environment that writes it",
    );
  });

  test("brings what staging serves to production's registry, and plans nothing after that", async () => {
    release(`${staging.host}/team/shop@${digest}`);
    expect(await project.synth()).toContain(digest);
    const { status, output } = await project.apply();
    expect([status, output]).toEqual([0, expect.stringContaining(`has ${digest} of ${staging.host}/team/shop`)]);
    expect((await production.manifest("live/web", "2.0.0"))?.digest).toBe(digest);
    expect((await project.plan()).status).toBe(0);
    expect(project.state()).not.toContain(PASSWORD);
    expect(project.state()).not.toContain(Buffer.from(LOGIN).toString("base64"));
  });
});
