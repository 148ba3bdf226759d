import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { assertFitsParameter, parameterSize } from "../../../src/aws/nano/release-parameter.ts";
import { HealthCheck } from "../../../src/values/health-check.ts";
import { Mount } from "../../../src/values/mount.ts";
import { type DeclaredManifest, declaredManifest, type PlacedService } from "./declared-manifest.ts";

const DIGEST = `sha256:${"a1".repeat(32)}`;
const web: PlacedService = {
  name: "web",
  image: `docker.io/library/web@${DIGEST}`,
  port: 8080,
  ports: { slots: [20_000, 20_001], internal: 30_000, front: 31_000, direct: 29_000 },
  health: HealthCheck.http("/status", { interval: 5, timeout: 3, retries: 3, startPeriod: 30 }),
};
const options: DeclaredManifest = {
  host: "stack/host",
  services: [web],
  sites: { "web.example.com": "web" },
};
const withService = (change: Partial<PlacedService>) => ({ ...options, services: [{ ...web, ...change }] });

test("has its keys in one order, whatever order things were declared in", () => {
  const { sites, services, ...rest } = declaredManifest({
    ...options,
    ecr: ["b.example", "a.example", "b.example"],
    services: [{ ...web, env: { B: "2", A: "1" }, secrets: { Z: { kind: "parameter", id: "/z" } } }],
  });
  expect(JSON.stringify(rest)).toBe(
    '{"manifest":3,"host":"stack/host","ecr":["a.example","b.example"],"drainSeconds":60,"keepReleases":3}',
  );
  const [{ introduction, ...service }] = services as [(typeof services)[number]];
  expect(JSON.stringify(service)).toBe(
    '{"name":"web","spec":"0ee4fb9e6f1bc2c9","slots":[20000,20001],' +
      '"health":{"kind":"http","path":"/status","host":"web.example.com","interval":5,"timeout":3,"retries":3,"startPeriod":30},' +
      `"image":"docker.io/library/web@${DIGEST}","port":8080,` +
      '"env":{"A":"1","B":"2"},"secrets":{"Z":{"from":"parameter","id":"/z"}},"memoryMiB":256,"pidsLimit":512,"stopGraceSeconds":10}',
  );
  expect(sites).toContain("server_name web.example.com;");
  expect(sites).toContain("listen 127.0.0.1:8100;");
  for (const text of [sites, introduction]) {
    expect(text).toContain("listen 172.17.0.1:30000");
    expect(text).toContain("server 127.0.0.1:20001;");
    expect(text).toContain("if (-f /var/lib/slipway/live/web.1) {");
  }
  expect(introduction).not.toContain("server_name web.example.com;");
});

test("says a service's mounts, and where its one container is reached by TCP where one at a time may run", () => {
  const mounts = { "/b": Mount.volume("b"), "/a": Mount.file("a = $x\n") };
  const entry = (of: object) => {
    const {
      introduction: _,
      image: __,
      health: ___,
      env: ____,
      secrets: _____,
      ...rest
    } = declaredManifest(withService(of)).services[0] as never as Record<string, unknown>;
    return rest;
  };
  const usual = {
    name: "web",
    slots: [20_000, 20_001],
    port: 8080,
    memoryMiB: 256,
    pidsLimit: 512,
    stopGraceSeconds: 10,
  };
  expect(entry({ mounts })).toEqual({
    ...usual,
    spec: expect.not.stringContaining(entry({}).spec as string),
    direct: "172.17.0.1:29000",
    mounts: { "/a": { kind: "file", content: "a = $x\n" }, "/b": { kind: "volume", volume: "b" } },
  });
  const shared = { "/b": Mount.volume("b", { shared: true }) };
  expect(entry({ mounts: shared })).toEqual({
    ...usual,
    spec: expect.any(String),
    mounts: { "/b": { kind: "volume", volume: "b", shared: true } },
  });
});

test("keeps the order of the services, in which they start", () => {
  const second = {
    ...web,
    name: "a",
    ports: { slots: [20_002, 20_003], internal: 30_001, front: 31_001, direct: 29_001 } as const,
  };
  const { services } = declaredManifest({ ...options, services: [web, second] });
  expect(services.map(({ name }) => name)).toEqual(["web", "a"]);
});

test("leaves references for the host to check", () => {
  const reference = "$" + "{aws_ecr_repository.web.repository_url}@$" + "{docker_registry_image.web.sha256_digest}";
  expect(declaredManifest(withService({ image: reference })).services[0]?.image).toBe(reference);
});

test.each<[string, DeclaredManifest, string]>([
  ["an image by tag", withService({ image: "web:1" }), "image must be pinned by digest"],
  ["an image by half a digest", withService({ image: "web@sha256:abc" }), "must be pinned by digest"],
  ["a variable of two lines", withService({ env: { A: "1\n2" } }), "variable A must be one line"],
  ["a variable with a dash", withService({ env: { "A-B": "1" } }), "must be letters, digits and underscores"],
  [
    "a variable that is a secret too",
    withService({ env: { A: "1" }, secrets: { A: { kind: "parameter", id: "/a" } } }),
    "must be either plain or a secret",
  ],
  [
    "a secret without a place",
    withService({ secrets: { A: { kind: "parameter", id: "" } } }),
    "must name where it is kept",
  ],
  [
    "a secret that is no name",
    withService({ secrets: { "../a": { kind: "parameter", id: "/a" } } }),
    "secret must be letters, digits and underscores",
  ],
  [
    "a key of two lines",
    withService({ secrets: { A: { kind: "parameter", id: "/a", key: "a\nb" } } }),
    "must be one line",
  ],
  [
    "no process",
    withService({ pidsLimit: 0 }),
    "pids limit must be a whole number of processes and threads, from 1 to",
  ],
  [
    "no CPU",
    withService({ cpus: 0 }),
    "CPU limit must be a number of processors, 0.01 at least, two decimals at most, got 0",
  ],
  ["a part of a CPU that no engine knows", withService({ cpus: 0.125 }), "CPU limit must be a number of processors"],
  ["no memory", withService({ memoryMiB: 5 }), "memory limit must be a whole number of MiB, 6 at least, got 5"],
  [
    "an endless stop",
    withService({ stopGraceSeconds: 3601 }),
    "stop grace must be a whole number of seconds from 0 to 3600",
  ],
  ["a port out of range", withService({ port: 0 }), "service port"],
  [
    "an endless drain",
    { ...options, drainSeconds: 3601 },
    "drain time must be a whole number of seconds from 0 to 3600",
  ],
  ["no release kept", { ...options, keepReleases: 0 }, "number of kept releases must be a whole number from 1 to 100"],
])("refuses %s", (_, bad, message) => {
  expect(() => declaredManifest(bad)).toThrow(message);
});

test("its size is that of base64 of gzip", () => {
  const manifest = declaredManifest(options);
  const hash = createHash("sha256").update("any").digest("hex");
  const agent = { document: `slipway.${manifest.host}-${hash.slice(0, 12)}-${hash.slice(20, 28)}`, sha256: hash };
  const written = gzipSync(JSON.stringify({ ...manifest, agent }), { level: 6 }).toString("base64");
  expect(Math.abs(parameterSize(manifest) - written.length)).toBeLessThan(24);
  expect(() => assertFitsParameter(manifest)).not.toThrow();
});

test("a reference counts as what it will stand for", () => {
  const unknown = declaredManifest(withService({ image: "$" + "{a.b}" }));
  const known = declaredManifest(withService({ image: `x@${DIGEST}` }));
  expect(parameterSize(unknown)).toBeGreaterThan(parameterSize(known));
});

test("a manifest over the limit is refused with both sizes", () => {
  const manifest = declaredManifest(withService({ env: { A: randomBytes(6000).toString("base64") } }));
  expect(parameterSize(manifest)).toBeGreaterThan(8192);
  expect(() => assertFitsParameter(manifest)).toThrow(
    `release of stack/host must be at most 8192 characters compressed, got "${parameterSize(manifest)} characters for 1 services"`,
  );
});
