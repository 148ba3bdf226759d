import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TerraformStack, Token } from "cdktf";
import { Network } from "../../../src/docker/network.ts";
import { PulledImage } from "../../../src/docker/pulled-image.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import { LocalHost } from "../../../src/hosts/local/local-host.ts";
import { Secret } from "../../../src/hosts/secret.ts";
import { HealthCheck } from "../../../src/values/health-check.ts";
import { Mount } from "../../../src/values/mount.ts";
import { Platform } from "../../../src/values/platform.ts";
import { only, type SynthesizedStack, synthesize } from "../../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const environment = { ...process.env };

beforeEach(() => {
  const path = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  writeFileSync(path, JSON.stringify({ version: 1, images: { "docker.io/library/nginx:1.30.5": DIGEST } }));
  process.env.SLIPWAY_LOCKFILE = path;
});
afterEach(() => {
  process.env = { ...environment };
});

const app = (stack: TerraformStack, id = "app", platform?: Platform) =>
  new PulledImage(stack, id, { image: `example.com/app@${DIGEST}`, platform });

/** Nginx's text: the trigger names the file by what is in it, and the command reads the same. */
function sitesOf(stack: SynthesizedStack, name = "host"): string {
  const release = only(stack, "terraform_data", `${name}_Release_Verify`) as {
    triggers_replace: { sites: string };
    provisioner: { "local-exec": { environment: Record<string, string> } }[];
  };
  const { sites } = release.triggers_replace;
  expect(release.provisioner[0]?.["local-exec"].environment.SLIPWAY_SITES).toBe(sites);
  const text = readFileSync(join(stack.directory, sites), "utf8");
  expect(stack.json).not.toContain("server_name");
  return text;
}

function host(declare: (host: LocalHost, stack: TerraformStack) => void): SynthesizedStack {
  return synthesize((stack) => declare(new LocalHost(stack, "host"), stack));
}

describe("LocalHost", () => {
  const two = () =>
    host((local, stack) => {
      const catalog = local.run("catalog", { image: app(stack), port: 8080, health: HealthCheck.http("/status") });
      const frontend = local.run("front-end", {
        image: app(stack, "b"),
        port: 3000,
        env: { CATALOG: catalog.url, TEXT: "${HOME}" },
      });
      local.serve("shop.example.com", { "/": frontend, "/api": catalog });
    });

  test("services start beside their predecessors, publish no port and have names that later plans ignore", () => {
    const service = only(two(), "docker_container", "host_catalog");
    expect(service).toMatchObject({
      name: "stack-host-catalog-container-${substr(uuid(), 0, 8)}",
      lifecycle: { create_before_destroy: true, ignore_changes: ["name"] },
      restart: "unless-stopped",
      memory: 256,
      memory_swap: 256,
      destroy_grace_seconds: 10,
      log_opts: { "max-file": "3", "max-size": "10m" },
    });
    expect(service).not.toHaveProperty("ports");
  });

  test("a service with a volume of its own is made and not started, and reached by a name of its own", () => {
    const stack = host((local, s) => {
      const mounts = {
        "/data": Mount.volume("redis"),
        "/run/redis": Mount.tmpfs({ sizeMiB: 8 }),
        "/etc/redis.conf": Mount.file("dir ${DATA}\n"),
        "/srv/seed": Mount.hostPath("/srv/seed", { readOnly: true }),
      };
      const redis = local.run("redis", { image: app(s), port: 6379, mounts, stopGraceSeconds: 30 });
      const address = redis.addressFrom(local);
      local.run("web", { image: app(s, "b"), port: 3000, env: { REDIS: address, URL: redis.url } });
    });
    expect(only(stack, "docker_container", "host_redis")).toMatchObject({
      start: false,
      must_run: false,
      stop_timeout: 30,
      lifecycle: { create_before_destroy: true },
      networks_advanced: [{ aliases: ["redis.stack-host-nginx"] }],
      mounts: [
        { type: "volume", target: "/data", source: "stack-host-volume-redis" },
        { type: "bind", target: "/srv/seed", source: "/srv/seed", read_only: true },
        { type: "tmpfs", target: "/run/redis", tmpfs_options: { size_bytes: 8 * 1024 * 1024 } },
      ].sort((a, b) => (a.target < b.target ? -1 : 1)),
      upload: [{ file: "/etc/redis.conf", content: "dir $${DATA}\n" }],
      depends_on: [expect.stringMatching(/^terraform_data\.host_Volume-redis/)],
    });
    const { env, ...web } = only(stack, "docker_container", "host_web");
    expect(env).toEqual(["REDIS=redis.stack-host-nginx:6379", "URL=http://redis.stack-host-nginx:6379"]);
    for (const key of ["start", "must_run", "stop_timeout", "mounts"]) expect(web).not.toHaveProperty(key);
    const lines = only(stack, "terraform_data", "host_Release_Verify") as {
      provisioner: { "local-exec": { environment: { SLIPWAY_SERVICES: string } } }[];
    };
    const services = lines.provisioner[0]?.["local-exec"].environment.SLIPWAY_SERVICES ?? "";
    expect(services.split("\n").map((line) => line.endsWith("\tstop-first"))).toEqual([true, false, false]);
  });

  test("a container with a volume and secrets is made after both", () => {
    const stack = host((local, s) => {
      const secrets = { PASSWORD: Secret.fromEnvironment("PASSWORD") };
      local.run("redis", { image: app(s), port: 6379, mounts: { "/data": Mount.volume("redis") }, secrets });
    });
    const { depends_on } = only(stack, "docker_container", "host_redis") as { depends_on: string[] };
    expect(depends_on.filter((name) => name.includes("Volume-redis"))).toHaveLength(1);
    expect(depends_on.filter((name) => name.includes("redis_Secrets"))).not.toEqual([]);
  });

  test("a file of a service that is read-only is refused, for the engine could not write it", () => {
    expect(() =>
      host((local, s) => {
        const mounts = { "/etc/app.conf": Mount.file("a") };
        local.run("web", { image: app(s), port: 80, readOnly: true, mounts });
      }),
    ).toThrow('stack/host: run("web"): file to mount must not be of a service that is readOnly on a Docker engine');
  });

  test("a shared volume is made once, and its services start beside their predecessors", () => {
    const stack = host((local, s) => {
      const mounts = { "/uploads": Mount.volume("uploads", { shared: true }) };
      for (const name of ["a", "b"]) local.run(name, { image: app(s, `image-${name}`), port: 80, mounts });
    });
    const { provisioner } = only(stack, "terraform_data", "host_Volume-uploads") as {
      provisioner: { "local-exec": { command: string; environment: Record<string, string> } }[];
    };
    expect(provisioner[0]?.["local-exec"].environment).toEqual({
      SLIPWAY_VOLUME: "uploads",
      SLIPWAY_HOST: "stack/host",
      SLIPWAY_STACK: "stack",
      SLIPWAY_NAME: "stack-host-volume-uploads",
    });
    // no resource, which a destroy would delete
    expect(stack.json).not.toContain('"name":"stack-host-volume-uploads"');
    expect(only(stack, "docker_container", "host_a")).not.toHaveProperty("start");
  });

  test("the CPU limit is the container's, whatever the provider reads back; the engine is told of the pids limit", () => {
    const stack = host((local, s) => {
      local.run("catalog", { image: app(s), port: 8080, cpus: 0.05, pidsLimit: 64 });
      local.run("web", { image: app(s, "b"), port: 3000 });
    });
    const catalog = only(stack, "docker_container", "host_catalog");
    expect(catalog).toMatchObject({ cpus: "0.05", lifecycle: { ignore_changes: ["name", "cpus"] } });
    expect(only(stack, "docker_container", "host_web")).not.toHaveProperty("cpus");
    const { triggers_replace: triggers } = only(stack, "terraform_data", "host_Release_Verify") as {
      triggers_replace: { limits: string };
    };
    expect(triggers.limits).toMatch(/^\$\{docker_container\.host_catalog_.*\.name\} 64\n\$\{.*host_web_.*\} 512\n$/);
    expect(stack.json).toContain("SLIPWAY_LIMITS");
  });

  test("Nginx is named once, listens on loopback, and depends on no service, so that no app's change replaces it", () => {
    const stack = two();
    const nginx = only(stack, "docker_container", "host_Nginx");
    expect(nginx).toMatchObject({
      name: "stack-host-nginx",
      ports: [{ external: 8888, internal: 80, ip: "127.0.0.1" }],
    });
    expect(JSON.stringify(nginx)).not.toContain("catalog");
    expect(nginx).not.toHaveProperty("lifecycle");
  });

  test("a neighbour's url is Nginx's and literal, so that a release of one service rolls only that one", () => {
    const frontend = only(two(), "docker_container", "host_front-end");
    expect(frontend.env).toEqual([expect.stringMatching(/^CATALOG=http:\/\/stack-host-nginx:\d+$/), "TEXT=$${HOME}"]);
  });

  test("the release waits for both containers and refers to neither Nginx nor the network", () => {
    const stack = two();
    const release = only(stack, "terraform_data", "host_Release_Verify") as Record<string, unknown>;
    const first = Object.entries(stack.resource.terraform_data ?? {}).find(
      ([id]) => !id.includes("Verify"),
    )?.[1] as Record<string, unknown>;
    const references = [...JSON.stringify(first).matchAll(/docker_\w+\.[\w-]+/g)].map(([reference]) => reference);
    expect(new Set(references)).toEqual(
      new Set(references.filter((reference) => /^docker_container\.host_(catalog|front-end)_/.test(reference))),
    );
    expect(first).toMatchObject({ lifecycle: { create_before_destroy: true } });
    expect(release.depends_on).toEqual([expect.stringMatching(/^terraform_data\.host_Release_/)]);
    expect(release.triggers_replace).toEqual(first.triggers_replace);
  });

  test("the text that Nginx gets names the site, its routes and both services", () => {
    const sites = sitesOf(two());
    expect(sites).toContain("server_name shop.example.com;");
    expect(sites).toContain("proxy_pass http://$slipway_front_end;");
    expect(sites).toContain("location /api/ {");
    expect(sites).not.toContain("${");
  });

  test("a health check asks for the name of the site that leads to the service, or for its own", () => {
    const stack = host((local, scope) => {
      const named = HealthCheck.http("/", { host: "own.example.com" });
      const own = local.run("own", { image: app(scope), port: 80, health: named });
      const site = local.run("site", { image: app(scope, "b"), port: 80, health: HealthCheck.http("/") });
      local.run("worker", { image: app(scope, "c"), port: 80, health: HealthCheck.http("/") });
      local.serve("shop.example.com", { "/": site, "/own": own });
    });
    const release = only(stack, "terraform_data", "host_Release_Verify") as { triggers_replace: { health: string } };
    expect(release.triggers_replace.health.split("\n").map((line) => line.split("\t")[6])).toEqual([
      "own.example.com",
      "shop.example.com",
      "-",
      undefined,
    ]);
  });

  test("an address is a backend too", () => {
    const stack = host((local) => void local.serve("old.example.com", { "/": Backend.fromAddress("10.0.0.5:8080") }));
    expect(sitesOf(stack)).toContain("10.0.0.5:8080");
  });

  test("a program of the engine's own machine is a backend, which Nginx finds by its hosts file", () => {
    const stack = host(
      (local) => void local.serve("dev.test", { "/": Backend.fromAddress("host.docker.internal:3000") }),
    );
    expect(sitesOf(stack)).toContain("server host.docker.internal:3000;");
    expect(only(stack, "docker_container", "host_Nginx")).toMatchObject({
      host: [{ host: "host.docker.internal", ip: "host-gateway" }],
    });
  });

  test.each<[string, number | undefined, string[]]>([
    ["a drain that is left out", undefined, []],
    ["one that is as long as requests may be silent", 90, []],
    [
      "a shorter one",
      30,
      [
        "drainSeconds: is 30, but slow.test lets a request be silent for 90 s: a release may cut it; leave drainSeconds out, or give slow.test a shorter readTimeoutSeconds",
      ],
    ],
  ])("says where a release may cut what a site allows: %s", (_, drainSeconds, expected) => {
    let warnings: unknown[] = [];
    synthesize((stack) => {
      const local = new LocalHost(stack, "host", { drainSeconds });
      local.serve("slow.test", { "/": Backend.fromAddress("10.0.0.5:80") }, { readTimeoutSeconds: 90 });
      warnings = local.node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => data);
    });
    expect(warnings).toEqual(expected);
  });

  test("two hosts on one network serve each other's services", () => {
    const stack = synthesize((scope) => {
      const network = new Network(scope, "network");
      const inner = new LocalHost(scope, "inner", { port: 8001, network });
      const outer = new LocalHost(scope, "outer", { port: 8002, network });
      outer.serve("a.example.com", { "/": inner.run("app", { image: app(scope), port: 80 }) });
    });
    expect(sitesOf(stack, "outer")).toMatch(/stack-inner-nginx:\d+/);
  });

  test.each<[string, (local: LocalHost, stack: TerraformStack) => unknown, RegExp]>([
    [
      "two services of one name",
      (l, s) => [1, 2].map((n) => l.run("app", { image: app(s, `i${n}`), port: 80 })),
      /stack\/host: run: has a service app already/,
    ],
    [
      "two sites of one name",
      (l, s) => {
        const a = l.run("a", { image: app(s), port: 80 });
        l.serve("x.example.com", { "/": a });
        l.serve("X.example.com", { "/": a });
      },
      /stack\/host: serve: serves x.example.com already/,
    ],
    [
      "a route taken twice",
      (l, s) => {
        const a = l.run("a", { image: app(s), port: 80 });
        l.serve("x.example.com", { "/": a }).addRoute("/", a);
      },
      /routes\[\/\]: is taken/,
    ],
    ["no route", (l) => l.serve("x.example.com", {}), /routes: must not be empty/],
    [
      "a route without a slash",
      (l, s) => l.serve("x.example.com", { api: l.run("a", { image: app(s), port: 80 }) }),
      /stack\/host: serve\("x.example.com"\): route path must begin with "\/"/,
    ],
    [
      "a scheme in a server name",
      (l, s) => l.serve("http://x.example.com", { "/": l.run("a", { image: app(s), port: 80 }) }),
      /stack\/host: serve: server name must not have a scheme/,
    ],
    [
      "a port in a server name",
      (l, s) => l.serve("x.example.com:80", { "/": l.run("a", { image: app(s), port: 80 }) }),
      /must not have a port/,
    ],
    [
      "a space in a server name",
      (l, s) => l.serve("x example.com", { "/": l.run("a", { image: app(s), port: 80 }) }),
      /must not hold white space/,
    ],
    [
      "port 0",
      (l, s) => l.run("a", { image: app(s), port: 0 }),
      /stack\/host\/a: port: service port must be a whole number from 1 to 65535, got 0/,
    ],
    ["port 65536", (l, s) => l.run("a", { image: app(s), port: 65536 }), /got 65536/],
    ["no port at all", (l, s) => l.run("a", { image: app(s) }), /stack\/host\/a: port: is needed/],
    [
      "a name that Nginx cannot have",
      (l, s) => l.run("My_App", { image: app(s), port: 80 }),
      /run\("My_App"\): service name/,
    ],
    ["an id that CDKTF would merge", (l, s) => l.run("a.b", { image: app(s), port: 80 }), /use "a-b"/],
    [
      "too little memory",
      (l, s) => l.run("a", { image: app(s), port: 80, memoryMiB: 1 }),
      /memory limit must be a whole number of MiB/,
    ],
    [
      "a stop grace below nothing",
      (l, s) => l.run("a", { image: app(s), port: 80, stopGraceSeconds: -1 }),
      /stack\/host\/a: stopGraceSeconds: stop grace must be a whole number of seconds from 0 to 3600, got -1/,
    ],
    [
      "a variable that is not set",
      (l, s) => l.run("a", { image: app(s), port: 80, env: { A: undefined as unknown as string } }),
      /stack\/host\/a: env\[A\]: must be text, got undefined: set it, or leave the key out/,
    ],
    [
      "a number for a variable",
      (l, s) => l.run("a", { image: app(s), port: 80, env: { A: 5 as unknown as string } }),
      /env\[A\]: must be text, got number: write it in quotes/,
    ],
    [
      "a variable's name with its value in it",
      (l, s) => l.run("a", { image: app(s), port: 80, env: { "A=B": "" } }),
      /env: variable name must be letters, digits and underscores, a letter first, got "A=B"/,
    ],
    [
      "a command in one piece",
      (l, s) => l.run("a", { image: app(s), port: 80, command: "python app.py" as unknown as string[] }),
      /command: command must be a list of words, got "python app.py"/,
    ],
    [
      "a health check that is only a path",
      (l, s) => l.run("a", { image: app(s), port: 80, health: "/status" as unknown as HealthCheck }),
      /stack\/host\/a: health: health must be a health check, written HealthCheck.http/,
    ],
  ])("refuses %s", (_, declare, message) => expect(() => host((l, s) => void declare(l, s))).toThrow(message));

  test("refuses a platform that the host does not run, naming both", () => {
    const declare = (stack: TerraformStack) =>
      new LocalHost(stack, "host", { platform: Platform.LINUX_AMD64 }).run("a", {
        image: app(stack, "i", Platform.LINUX_ARM64),
        port: 80,
      });
    expect(() => synthesize((stack) => void declare(stack))).toThrow(
      /is built for linux\/arm64, but the host stack\/host runs linux\/amd64/,
    );
  });

  test.each([
    ["port", { port: 0 }],
    ["port", { port: 70000 }],
    ["address", { address: "localhost" }],
    ["drainSeconds", { drainSeconds: -1 }],
    ["keepReleases", { keepReleases: 0 }],
  ])("refuses a bad %s", (property, props) => {
    expect(() => synthesize((stack) => void new LocalHost(stack, "host", props))).toThrow(`stack/host: ${property}: `);
  });

  test("says how many releases keep their images where that is declared, and nothing to the release otherwise", () => {
    const kept = (keepReleases?: number) => {
      let known: number | undefined;
      const stack = synthesize((scope) => {
        known = new LocalHost(scope, "host", { keepReleases }).release.keepReleases;
      });
      const [said] = /"SLIPWAY_KEEP": *"\d+"/.exec(stack.json) ?? [];
      return { known, said };
    };
    expect(kept()).toEqual({ known: 3, said: undefined });
    expect(kept(5)).toEqual({ known: 5, said: expect.stringMatching(/"5"$/) });
  });

  test("refuses a second host on one port, and takes it on another address", () => {
    const declare = (address: string) =>
      synthesize((stack) => {
        new LocalHost(stack, "one");
        new LocalHost(stack, "two", { address });
      });
    expect(() => declare("127.0.0.1")).toThrow(
      /stack\/two\/Nginx: ports: port 8888 is published by stack\/one\/Nginx already: choose another port/,
    );
    expect(() => declare("0.0.0.0")).toThrow(/port 8888 is published by/);
    expect(() => declare("127.0.0.2")).not.toThrow();
  });

  test("refuses a token as drain time", () => {
    const drainSeconds = Token.asNumber("${var.drain}");
    expect(() => synthesize((stack) => void new LocalHost(stack, "host", { drainSeconds }))).toThrow(
      "stack/host: drainSeconds: must be a literal",
    );
  });

  test("a service of a host on another network is refused with the way out", () => {
    const declare = (stack: TerraformStack) => {
      const inner = new LocalHost(stack, "inner", { port: 8001 });
      new LocalHost(stack, "outer", { port: 8002 }).serve("a.example.com", {
        "/": inner.run("a", { image: app(stack), port: 80 }),
      });
    };
    expect(() => synthesize(declare)).toThrow(/cannot be reached from stack\/outer, which has another network/);
  });
});
