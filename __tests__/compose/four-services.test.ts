import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageReferences } from "../../src/cli/init/image-references.ts";
import { writtenFiles } from "../../src/cli/init/init.ts";
import type { HostKind } from "../../src/compose/read-service.ts";
import { synthesize } from "../../src/testing/index.ts";
import { WrittenProject } from "../cli/init/written-project.ts";
import { composeFolder, translated } from "./compose-folder.ts";

const DOCKERFILE = 'FROM python:3.12-slim\nCOPY . /app\nCMD ["python", "/app/app.py"]\n';
const COMPOSE = `services:
  web:
    build: web
    ports: ["8080:3000"]
    environment: {API_URL: "http://api:8000", SESSION_SECRET: "\${SESSION_SECRET:-change-me}"}
    depends_on: [api]
  api:
    build: {context: api, args: {VERSION: "1"}}
    environment: {REDIS_URL: "redis://redis:6379/0"}
    healthcheck: {test: ["CMD", "python", "/app/healthy.py"], interval: 5s}
    depends_on: {redis: {condition: service_healthy}}
    mem_limit: 96m
  worker:
    build: api
    command: python /app/worker.py --queue=mail
    environment: {REDIS_URL: "redis://redis:6379/0"}
    mem_limit: 64m
  redis:
    image: redis:7
    command: redis-server --appendonly yes
    volumes: ["data:/data"]
    mem_limit: 64m
volumes: {data: {}}
`;

function declared(host: HostKind, env: Readonly<Record<string, string>> = {}) {
  const folder = composeFolder(COMPOSE, { "web/Dockerfile": DOCKERFILE, "api/Dockerfile": DOCKERFILE });
  const translation = translated(folder, host);
  const project = new WrittenProject(writtenFiles(translation, host, "compose.yaml"), folder);
  const digest = (name: string) => `sha256:${createHash("sha256").update(name).digest("hex")}`;
  const images = Object.fromEntries(imageReferences(translation, host, folder).map((name) => [name, digest(name)]));
  const lockfile = join(folder, "slipway.lock.json");
  writeFileSync(lockfile, JSON.stringify({ version: 1, images }));
  const before = process.cwd();
  process.chdir(folder);
  try {
    return synthesize(project.stack("shop", "ShopStack"), { id: "shop", env: { SLIPWAY_LOCKFILE: lockfile, ...env } });
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
