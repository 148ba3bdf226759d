import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage } from "../../src/docker/built-image.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import type { IHost } from "../../src/hosts/host.ts";
import { LocalHost } from "../../src/hosts/local/local-host.ts";
import { Platform } from "../../src/values/platform.ts";
import { synthesize } from "../synthesize.ts";

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
