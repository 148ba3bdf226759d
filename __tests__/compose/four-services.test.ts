import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageReferences } from "../../src/cli/init/image-references.ts";
import { writtenFiles } from "../../src/cli/init/init.ts";
import type { HostKind } from "../../src/compose/read-service.ts";
import { RehearsedStack } from "../../src/rehearsal/rehearsed-stack.ts";
import { unsupportedResources } from "../../src/rehearsal/unsupported-resources.ts";
import { synthesize } from "../../src/testing/index.ts";
import { WrittenProject } from "../cli/init/written-project.ts";
import { composeFolder, translated } from "./compose-folder.ts";
import { COMPOSE, FILES } from "./four-services.ts";

function declared(host: HostKind, env: Readonly<Record<string, string>> = {}, outdir?: string) {
  const folder = composeFolder(COMPOSE, FILES);
  const translation = translated(folder, host);
  const project = new WrittenProject(writtenFiles(translation, host, "compose.yaml"), folder);
  const digest = (name: string) => `sha256:${createHash("sha256").update(name).digest("hex")}`;
  const images = Object.fromEntries(imageReferences(translation, host, folder).map((name) => [name, digest(name)]));
  const lockfile = join(folder, "slipway.lock.json");
  writeFileSync(lockfile, JSON.stringify({ version: 1, images }));
  const before = process.cwd();
  process.chdir(folder);
  try {
    const given = { SLIPWAY_LOCKFILE: lockfile, ...env };
    return synthesize(project.stack("shop", "ShopStack"), { id: "shop", env: given, ...(outdir && { outdir }) });
  } finally {
    process.chdir(before);
  }
}

test("a page, an interface, a worker and a Redis become four services that find each other, on the local engine", () => {
  const stack = declared("local");
  const [api, redis, web, worker] = stack.release().services;
  expect([api?.name, redis?.name, web?.name, worker?.name]).toEqual(["api", "redis", "web", "worker"]);
  expect(stack.route("http://localhost:8080/a")).toMatchObject({ service: "web", port: 3000 });
  const address = "redis.shop-host-nginx:6379";
  expect([api?.env, worker?.env]).toEqual([
    { REDIS_URL: `redis://${address}/0` },
    { REDIS_URL: `redis://${address}/0` },
  ]);
  expect(web?.env).toMatchObject({ API_URL: expect.stringMatching(/^http:\/\/shop-host-nginx:\d+$/) });
  expect(web?.secrets).toMatchObject({ SESSION_SECRET: { kind: "environment", id: "SESSION_SECRET" } });
  expect(web?.command).toEqual(expect.arrayContaining(["sh", "-c", "python", "/app/app.py"]));
  expect({ port: worker?.port, health: worker?.health, command: worker?.command }).toEqual({
    port: undefined,
    health: expect.objectContaining({ kind: "running" }),
    command: ["python", "/app/worker.py", "--queue=mail"],
  });
  expect(api?.health).toMatchObject({ kind: "command", command: ["python", "/app/healthy.py"], interval: 5 });
  expect(Object.keys(redis?.mounts ?? {})).toEqual(["/data"]);
});

test("and on a nano, by TLS and under a name of one's own where variables say so, and no line edited", () => {
  const plain = declared("aws");
  expect(plain.route("http://shop.example.com/")).toMatchObject({ service: "web" });
  const stack = declared("aws", {
    SITE_NAME: "shop.example.org",
    ACME_EMAIL: "ops@example.org",
    ACME_DIRECTORY: "https://acme.example.net/directory",
    SLIPWAY_AWS_ACCOUNT: "111122223333",
    SLIPWAY_INSTANCE_TYPE: "t3.small",
  });
  expect(stack.route("https://shop.example.org/")).toMatchObject({ service: "web", port: 3000 });
  const { services, sites } = stack.release();
  expect(sites[0]?.tls).toMatchObject({ kind: "acme", directory: "https://acme.example.net/directory" });
  const redis = expect.stringMatching(/^redis:\/\/172\.17\.0\.1:29\d{3}\/0$/);
  expect(services.find(({ name }) => name === "api")?.env).toMatchObject({ REDIS_URL: redis });
  const secrets = { SESSION_SECRET: { kind: "parameter", id: "/shop/session-secret" } };
  expect(services.find(({ name }) => name === "web")?.secrets).toMatchObject(secrets);
  expect(stack.resources("aws_ebs_volume")).toHaveLength(1);
});

test("and a new version is one variable: another API, and another container of Redis on the volume that stays", () => {
  const account = { ACME_EMAIL: "ops@example.org", SLIPWAY_INSTANCE_TYPE: "t3.nano" };
  const [before, after] = ["1", "2"].map((VERSION) => declared("aws", { ...account, VERSION }));
  const environments = (stack = before) =>
    stack?.release().services.map(({ name, env }) => [name, (env as Record<string, string> | undefined)?.VERSION]);
  expect([environments(), environments(after)].map((each) => each?.filter(([, version]) => version))).toEqual([
    [["redis", "1"]],
    [["redis", "2"]],
  ]);
  const builds = (stack = before) => stack?.model.images.map(({ path, contentId }) => `${path} ${contentId}`) ?? [];
  expect(builds(after).filter((build) => !builds().includes(build))).toEqual([expect.stringContaining("api-image ")]);
  const volumes = (stack = before) => stack?.release().services.map(({ mounts }) => mounts);
  expect(volumes(after)).toEqual(volumes());
  const { leftMiB = 0, limitsMiB } = before?.model.hosts[0]?.fit?.memory ?? {};
  expect(limitsMiB).toBeLessThanOrEqual(leftMiB);
});

test("and a rehearsal can play all of it: its ACME server, its name by TLS, its secret and its data", () => {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-four-services-"));
  declared("aws", { ACME_EMAIL: "ops@example.org", SLIPWAY_INSTANCE_TYPE: "t3.nano" }, outdir);
  const stack = RehearsedStack.read(outdir, "shop");
  expect(unsupportedResources(stack, "x64")).toEqual([]);
  expect(stack.page()).toEqual({ name: "shop.example.com", path: "/" });
  expect(stack.secured).toEqual([{ name: "shop.example.com", path: "/", hsts: false }]);
  expect(stack.acme?.directories).toEqual(["https://acme-v02.api.letsencrypt.org/directory"]);
  expect(stack.secrets.map(({ id }) => id)).toEqual(["/shop/session-secret"]);
  expect([stack.ports, stack.machines]).toEqual([[80, 443], 1]);
});
