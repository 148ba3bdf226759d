import type { TerraformStack } from "cdktf";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { Backend } from "../../src/hosts/backend.ts";
import type { HostedService } from "../../src/hosts/hosted-service.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { Platform } from "../../src/values/platform.ts";
import { synthesize } from "../synthesize.ts";
import { ComposeHost } from "./compose-host.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ADDRESS = Backend.fromAddress("10.0.0.5:80");

function declare<T>(declaration: (host: ComposeHost, stack: TerraformStack) => T): T {
  let result: T | undefined;
  synthesize((stack) => {
    result = declaration(new ComposeHost(stack, "host"), stack);
  });
  return result as T;
}

const image = (stack: TerraformStack, platform = Platform.LINUX_AMD64) =>
  new PulledImage(stack, "app", { image: `example.com/app@${DIGEST}`, platform });

test("a kind of host that nobody below knows runs and serves what is declared, sorted", () => {
  const host = declare((host, stack) => {
    const app = image(stack);
    const secrets = { KEY: { source: { kind: "file", id: "/run/key" } } };
    const web = host.run("web", { image: app, port: 80, health: HealthCheck.http("/"), secrets });
    host.run("api", { image: app, port: 81, env: { B: "2", A: web.url }, command: ["serve"], memoryMiB: 64 });
    host.serve("shop.example.com", { "/": web }, { readTimeoutSeconds: 90 }).addRoute("/old", ADDRESS);
    return host;
  });
  expect(host.names).toEqual(["web", "api"]);
  expect(host.composeFile).toEqual({
    services: {
      api: {
        image: `example.com/app@${DIGEST}`,
        environment: { A: expect.stringMatching(/^http:\/\/proxy:3\d{4}$/), B: "2" },
        command: ["serve"],
        mem_limit: "64m",
        stop_grace_period: "10s",
      },
      web: expect.objectContaining({ environment: {}, mem_limit: "256m" }),
    },
  });
  expect(host.release).toMatchObject({
    host: "stack/host",
    services: [
      { name: "api", port: 81, secrets: {} },
      {
        name: "web",
        health: { path: "/", host: "shop.example.com" },
        secrets: { KEY: { kind: "file", id: "/run/key" } },
      },
    ],
    sites: [
      {
        name: "shop.example.com",
        routes: [
          { path: "/", to: { service: "web" } },
          { path: "/old", to: { address: "10.0.0.5:80" } },
        ],
        proxy: { readTimeoutSeconds: 90 },
      },
    ],
    drainSeconds: 90,
    keepReleases: 1,
  });
});

test("another order of declaration is no other release", () => {
  const releaseOf = (ids: readonly string[]) =>
    declare((host, stack) => {
      const app = image(stack);
      for (const id of ids) host.serve(`${id}.example.com`, { "/": host.run(id, { image: app, port: 80 }) });
      return JSON.stringify(host.release);
    });
  expect(releaseOf(["b", "a"])).toBe(releaseOf(["a", "b"]));
});

test.each<[string, (host: ComposeHost, stack: TerraformStack) => unknown, string]>([
  [
    "an image for another machine",
    (host, stack) => host.run("web", { image: image(stack, Platform.LINUX_ARM64), port: 80 }),
    "stack/host/web: image: is built for linux/arm64, but the host stack/host runs linux/amd64",
  ],
  [
    "a secret that this kind of host does not read",
    (host, stack) => {
      const secrets = { KEY: { source: { kind: "parameter", id: "/key" } } };
      return host.run("web", { image: image(stack), port: 80, secrets });
    },
    "stack/host/web: secrets[KEY]: is of the kind parameter, which the host stack/host does not read: write SecretFile",
  ],
  [
    "a service from a host that does not reach it",
    (host, stack) => {
      const other = new ComposeHost(stack, "other");
      return other.serve("shop.example.com", { "/": host.run("web", { image: image(stack), port: 80 }) });
    },
    "stack/host/web: host: cannot be reached from stack/other: Compose files share no network",
  ],
  [
    "what the host would refuse, where it is declared",
    (host) => ["a", "b", "c"].map((name) => host.serve(`${name}.test`, { "/": ADDRESS })),
    'stack/host: serve("c.test"): sites must be two at most, got 3',
  ],
])("refuses %s", (_, declaration, message) => {
  expect(() => declare(declaration)).toThrow(message);
});

test("a kind of host may lead neighbours to a service by its own name and port", () => {
  class NamingHost extends ComposeHost {
    protected override internalAddress(_: unknown, __: unknown, { node, port }: HostedService): string {
      return `${node.id}.internal:${port}`;
    }
  }
  synthesize((stack) => {
    const web = new NamingHost(stack, "host").run("web", { image: image(stack), port: 80 });
    expect(web.url).toBe("http://web.internal:80");
  });
});
