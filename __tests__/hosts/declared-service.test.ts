import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Token } from "cdktf";
import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage } from "../../src/docker/built-image.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { Backend } from "../../src/hosts/backend.ts";
import type { IHost } from "../../src/hosts/host.ts";
import { LocalHost } from "../../src/hosts/local/local-host.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { Mount } from "../../src/values/mount.ts";
import { Platform } from "../../src/values/platform.ts";
import { synthesize } from "../synthesize.ts";

const ADDRESS = Backend.fromAddress("10.0.0.5:80");
const DIGEST = `sha256:${"a".repeat(64)}`;
const environment = { ...process.env };

beforeEach(() => {
  const path = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  const images = { "docker.io/library/nginx:1.30.5": DIGEST, "docker.io/library/registry:2.8.3": DIGEST };
  writeFileSync(path, JSON.stringify({ version: 1, images }));
  process.env.SLIPWAY_LOCKFILE = path;
});
afterEach(() => {
  process.env = { ...environment };
});

const image = (stack: TerraformStack, id = "app") =>
  new PulledImage(stack, id, { image: `example.com/app@${DIGEST}`, platform: Platform.LINUX_ARM64 });

/** What a program that runs without a type check may hand over. */
const untyped = (value: unknown) => value as never;

const REFUSED_OPTIONS: readonly [string, Record<string, unknown>, string][] = [
  [
    "a variable that is not set",
    { env: { A: undefined } },
    "stack/host/web: env[A]: must be text, got undefined: set it, or leave the key out",
  ],
  [
    "a number for a variable",
    { env: { A: 5 } },
    "stack/host/web: env[A]: must be text, got number: write it in quotes",
  ],
  ["a variable of two lines", { env: { A: "1\n2" } }, "stack/host/web: env: variable A must be one line"],
  [
    "a variable that no shell has",
    { env: { "MY-VAR": "1" } },
    'stack/host/web: env: variable name must be letters, digits and underscores, a letter first, got "MY-VAR"',
  ],
  [
    "a command in one piece",
    { command: "python app.py" },
    'stack/host/web: command: command must be a list of words, got "python app.py": write e.g. ["python", "app.py"]',
  ],
  [
    "a mount at no path",
    { mounts: { data: Mount.tmpfs() } },
    'stack/host/web: mounts: mount path must be an absolute path, got "data": write it like "/srv/data"',
  ],
  [
    "a list of mounts",
    { mounts: [Mount.tmpfs()] },
    'stack/host/web: mounts: mounts must be mounts by path, written e.g. { "/var/lib/redis": Mount.volume("redis") }, got a list',
  ],
  [
    "a path in place of a mount",
    { mounts: { "/data": "/srv/data" } },
    'stack/host/web: mounts: mount of /data must be a Mount, written e.g. Mount.volume("data"), got "/srv/data"',
  ],
  [
    "hardly any memory",
    { memoryMiB: 5 },
    "stack/host/web: memoryMiB: memory limit must be a whole number of MiB, 6 at least, got 5",
  ],
  [
    "half a process",
    { pidsLimit: 1.5 },
    "stack/host/web: pidsLimit: pids limit must be a whole number of processes and threads, from 1 to 4194304, got 1.5",
  ],
  [
    "CPUs as text",
    { cpus: "0.5" as unknown as number },
    'stack/host/web: cpus: CPU limit must be a number of processors, 0.01 at least, two decimals at most, got "0.5"',
  ],
  [
    "memory known only at apply",
    { memoryMiB: Token.asNumber({ Ref: "x" }) },
    "stack/host/web: memoryMiB: must be a literal",
  ],
  [
    "an endless stop",
    { stopGraceSeconds: 3601 },
    "stack/host/web: stopGraceSeconds: stop grace must be a whole number of seconds from 0 to 3600, got 3601",
  ],
  [
    "an entrypoint in one piece",
    { entrypoint: "tini -- app" },
    'stack/host/web: entrypoint: entrypoint must be a list of words, got "tini -- app": write e.g. ["python", "app.py"]',
  ],
  [
    "a capability that no kernel has",
    { capAdd: ["SYS_ROOT"] },
    'stack/host/web: capAdd: capability must be one of the kernel\'s, got "SYS_ROOT": did you mean SYS_',
  ],
  [
    "a label of Slipway's",
    { labels: { "slipway.port": "1" } },
    "stack/host/web: labels: label must not begin as Slipway's own do",
  ],
  [
    "more memory kept than allowed",
    { memoryMiB: 64, memoryReservationMiB: 65 },
    "stack/host/web: memoryReservationMiB: memory reservation must not be above the memory limit, 64 MiB, got 65",
  ],
  ["a user known only at apply", { user: Token.asString({ Ref: "x" }) }, "stack/host/web: user: must be a literal"],
  [
    "a port that is none",
    { port: 65_536 },
    "stack/host/web: port: service port must be a whole number from 1 to 65535, got 65536",
  ],
  [
    "no port",
    { port: undefined },
    "stack/host/web: port: is needed: the image exposes no port that is known; say which one the service listens on; a worker has HealthCheck.command or HealthCheck.running",
  ],
  [
    "a port of what must only run",
    { health: HealthCheck.running(10) },
    "stack/host/web: port: service port must be left out where the health check says only that it runs, got 80",
  ],
  [
    "gRPC without a port",
    { port: undefined, health: HealthCheck.running(10), grpc: true },
    "stack/host/web: grpc: grpc must be of a port",
  ],
  ["a secret that is none", { secrets: { A: "hunter2" } }, "stack/host/web: secrets[A]: "],
  [
    "several mistakes of values at once",
    { env: { "A-B": "1" }, memoryMiB: 1 },
    'a letter first, got "A-B"\nstack/host/web: memoryMiB: memory limit',
  ],
];

/** What the two kinds of host must refuse in the same words. */
const HOSTS: readonly [string, (stack: TerraformStack) => IHost][] = [
  ["LocalHost", (stack) => new LocalHost(stack, "host")],
  ["NanoHost", (stack) => new NanoHost(stack, "host", { account: "111122223333", region: "eu-west-1" })],
];

describe.each(HOSTS)("%s", (_, newHost) => {
  const declared = (declare: (host: IHost, stack: TerraformStack) => unknown) => () =>
    synthesize((stack) => void declare(newHost(stack), stack));

  test.each<[string, (host: IHost, stack: TerraformStack) => unknown, string]>([
    [
      "nothing to run",
      (host) => host.run("web", untyped({})),
      "stack/host/web: image: image must be an image, got undefined: build one by new BuiltImage",
    ],
    ["no options", (host) => host.run("web", untyped(undefined)), "stack/host/web: image: image must be an image"],
    [
      "an image's name",
      (host) => host.run("web", untyped({ image: "nginx:1.27", port: 80 })),
      'image must be an image, got "nginx:1.27": build one by new BuiltImage(this, "app", { … }), or take one by new PulledImage',
    ],
    [
      "a construct that is no image",
      (host, stack) => host.run("web", untyped({ image: stack, port: 80 })),
      "image must be an image, got an object",
    ],
    [
      "a health check that is a path",
      (host, stack) => host.run("web", { image: image(stack), port: 80, health: untyped("/status") }),
      'stack/host/web: health: health must be a health check, written HealthCheck.http("/status")',
    ],
    [
      "two mistakes at once",
      (host) => host.run("web", untyped({ image: "web", health: "/status" })),
      'image: image must be an image, got "web": build one by new BuiltImage(this, "app", { … }), or take one by new PulledImage(this, "app", { … })\nstack/host/web: health: ',
    ],
    ...REFUSED_OPTIONS.map(
      ([what, options, message]) =>
        [
          what,
          (host: IHost, stack: TerraformStack) =>
            host.run("web", untyped({ image: image(stack), port: 80, ...options })),
          message,
        ] as [string, (host: IHost, stack: TerraformStack) => unknown, string],
    ),
    [
      "a service without a name",
      (host, stack) => host.run(untyped(undefined), { image: image(stack), port: 80 }),
      "stack/host: id: construct id must begin with a letter and hold only letters, digits, - and _, 64 at most, got undefined: use a word",
    ],
    [
      "one name twice",
      (host, stack) => ["a", "b"].map((id) => host.run("web", { image: image(stack, id), port: 80 })),
      "stack/host: run: has a service web already: give each its own name",
    ],
    [
      "no routes",
      (host) => host.serve("shop.example.com", untyped(undefined)),
      'stack/host/Site-shop.example.com: routes: routes must be backends by path, got undefined: write { "/": service }',
    ],
    [
      "a service where its routes belong",
      (host, stack) => host.serve("shop.example.com", untyped(host.run("web", { image: image(stack), port: 80 }))),
      'routes: routes must be backends by path, got an object: write { "/": service }',
    ],
    ["a name that nothing serves", (host) => host.serve("shop.example.com", {}), "routes: must not be empty: say what"],
    [
      "a time that no request is silent",
      (host) => host.serve("shop.example.com", { "/": ADDRESS }, { readTimeoutSeconds: 0 }),
      "stack/host/Site-shop.example.com: readTimeoutSeconds: read timeout must be whole seconds from 1 to 86400, got 0",
    ],
    [
      "a site option that is none",
      (host) => host.serve("shop.example.com", { "/": ADDRESS }, untyped({ maxBody: "1m" })),
      'options: site option must be known, got "maxBody": did you mean maxBodySize?',
    ],
    [
      "a route to nothing",
      (host) => host.serve("shop.example.com", { "/": untyped(undefined) }),
      'routes[/]: backend must be a service or an address, got undefined: give what host.run returned, or Backend.fromAddress("10.0.0.5:8080")',
    ],
    [
      "a route to an address in plain text",
      (host) => host.serve("shop.example.com", { "/api": untyped("10.0.0.5:80") }),
      'routes[/api]: backend must be a service or an address, got "10.0.0.5:80"',
    ],
    [
      "an image of another stack, whose state it would have to read",
      (host, stack) => host.run("web", { image: image(new TerraformStack(App.of(stack), "other")), port: 80 }),
      "stack/host/web: image: other/app is of another stack than the host stack/host: declare it in stack, or take what that stack pushed by new PulledImage with its digest",
    ],
    [
      "an image of no stack",
      (host, stack) => host.run("web", { image: image(untyped(App.of(stack))), port: 80 }),
      "image: app is of another stack than the host",
    ],
  ])("refuses %s", (_, declare, message) => expect(declared(declare)).toThrow(message));
});

describe.each(HOSTS)("a worker on a %s", (_, newHost) => {
  const worker = (host: IHost, stack: TerraformStack) =>
    host.run("worker", { image: image(stack), health: HealthCheck.command(["is", "well"]) });

  test("has no port, no address and no word in what Nginx is told", () => {
    synthesize((stack) => {
      const host = newHost(stack);
      const service = worker(host, stack);
      expect(service.port).toBeUndefined();
      const nowhere = "stack/host/worker: url: has no port, so that nothing reaches it: give host.run its port";
      expect(() => service.url).toThrow(nowhere);
      expect(() => service.addressFrom(host)).toThrow("stack/host/worker: host: has no port");
      const [declared] = host.release.services;
      expect(declared).not.toHaveProperty("port");
      expect(declared?.health.command).toEqual(["is", "well"]);
    });
  });

  test("is no route's, which names both", () => {
    const declare = () =>
      synthesize((stack) => {
        const host = newHost(stack);
        host.serve("shop.example.com", { "/": worker(host, stack) });
      });
    expect(declare).toThrow(
      'stack/host/Site-shop.example.com: routes[/]: route must lead to a service with a port, got "worker": give host.run the port that it listens on',
    );
  });

  test.each([
    ["none where its image exposes none", [], HealthCheck.command(["a"]), undefined],
    ["the one that its image exposes", [8080], HealthCheck.command(["a"]), 8080],
    ["none where it must only run, whatever its image exposes", [80, 8080], HealthCheck.running(1), undefined],
  ])("has %s", (_, exposedPorts, health, port) => {
    synthesize((stack) => {
      const exposing = Object.assign(image(stack), { exposedPorts });
      expect(newHost(stack).run("worker", { image: exposing, health }).port).toBe(port);
    });
  });

  test("needs to be told which of several ports its command is about", () => {
    const declare = (stack: TerraformStack) =>
      newHost(stack).run("worker", {
        image: Object.assign(image(stack), { exposedPorts: [80, 8080] }),
        health: HealthCheck.command(["a"]),
      });
    expect(() => synthesize((stack) => void declare(stack))).toThrow("port: is needed: the image exposes 80, 8080");
  });
});

describe.each(HOSTS)("%s warns", (_, newHost) => {
  /** What a synth says of the declaration. */
  const warnings = (declare: (host: IHost, stack: TerraformStack) => unknown) => {
    let said: string[] = [];
    synthesize((stack) => {
      declare(newHost(stack), stack);
      said = stack.node
        .findAll()
        .flatMap(({ node }) =>
          node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => `${node.path}: ${data}`),
        );
    });
    return said;
  };

  test("of a capability that makes a container root on its machine", () => {
    const adding = (...capAdd: string[]) =>
      warnings((host, stack) => host.run("web", { image: image(stack), port: 80, capAdd }));
    expect(adding("sys_admin", "CHOWN")).toEqual([
      "stack/host/web: capAdd: sys_admin makes the container root on its machine: add the one capability that it needs instead",
    ]);
    expect(adding("NET_BIND_SERVICE")).toEqual([]);
  });

  test("of what an image keeps in a volume of its own", () => {
    const withVolumes = (stack: TerraformStack, declaredVolumes: string[]) =>
      Object.assign(image(stack), { declaredVolumes });
    expect(
      warnings((host, stack) => host.run("web", { image: withVolumes(stack, ["/data", "/log"]), port: 80 })),
    ).toEqual([
      'stack/host/web: image: stack/app declares VOLUME /data, /log: what the service writes there is lost with each release that replaces its container; give it mounts: { "/data": Mount.volume(…) }, or keep it outside, e.g. in a database',
    ]);
    expect(warnings((host, stack) => host.run("web", { image: withVolumes(stack, []), port: 80 }))).toEqual([]);
    const mounts = { "/data": Mount.tmpfs() };
    expect(
      warnings((host, stack) => host.run("web", { image: withVolumes(stack, ["/data/a", "/data"]), port: 80, mounts })),
    ).toEqual([]);
  });
});

test("an image is built in the stack that makes its repository", () => {
  const context = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  const declare = (registry: (other: TerraformStack) => { repository(path: string): never }) => () =>
    synthesize((stack) => {
      const repository = registry(new TerraformStack(App.of(stack), "other")).repository("cats");
      new BuiltImage(stack, "image", { context, repository });
    });
  expect(declare((other) => untyped(new SelfHostedRegistry(other, "registry", { port: 5001 })))).toThrow(
    "stack/image: repository: localhost:5001/cats is made by another stack, other/registry: declare the registry in this stack, or take it as one that exists (fromAddress, fromName)",
  );
  const existing = { address: "localhost:5001" };
  expect(declare((other) => untyped(SelfHostedRegistry.fromAddress(other, "registry", existing)))).not.toThrow();
});

test("an unnamed host is refused as well", () => {
  const declare = (stack: TerraformStack) => {
    new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
    new NanoHost(stack, untyped(undefined));
  };
  expect(() => synthesize(declare)).toThrow("stack: id: construct id must begin with a letter");
});

test("one volume of two services that do not share it is refused where the second is declared", () => {
  const stack = new TerraformStack(new App(), "stack");
  const host = new LocalHost(stack, "host");
  const mounts = { "/data": Mount.volume("data") };
  host.run("a", { image: image(stack, "a"), port: 80, mounts });
  expect(() => host.run("b", { image: image(stack, "b"), port: 80, mounts })).toThrow(
    'stack/host: run("b"): volume must be of one service, or shared by each of them, is so of a and b, got "data"',
  );
});

test("a volume is refused by a host that keeps none, which says what to do; nothing else is", () => {
  const stack = new TerraformStack(new App(), "stack");
  new AwsAccount(stack, "account", { account: "123456789012", region: "eu-west-1" });
  const host = new NanoHost(stack, "host");
  const run = (id: string, mount: Mount) =>
    host.run(id, { image: image(stack, id), port: 80, mounts: { "/data": mount } });
  expect(() => run("a", Mount.volume("data"))).toThrow(
    "stack/host/a: mounts[/data]: the host stack/host keeps no volumes: declare dataVolume: { sizeGiB: 10 } on it",
  );
  expect(() => run("b", Mount.tmpfs())).not.toThrow();
});
