import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isLoopback, SynthesizedStack } from "../../src/cli/synthesized-stack.ts";

const metadata = (path: string) => ({ "//": { metadata: { path } } });

const DOCUMENT = {
  terraform: { backend: { local: { path: "../../../terraform.cats.tfstate" } } },
  provider: {
    docker: [
      {
        registry_auth: [
          { address: "http://localhost:5001", auth_disabled: true },
          { address: "ghcr.io" },
          { address: "http://localhost:5009", auth_disabled: true },
        ],
      },
    ],
  },
  resource: {
    docker_container: {
      registry_1: {
        ...metadata("cats/registry/Container"),
        ports: [{ external: 5001, internal: 5000, ip: "127.0.0.1", protocol: "tcp" }],
      },
      nginx_1: { ...metadata("cats/host/Nginx"), ports: { external: 8888, internal: 80 } },
      app_1: { ...metadata("cats/host/app") },
    },
    docker_image: {
      built: { ...metadata("cats/image"), name: "localhost:5001/cats:x", build: [{ context: "." }] },
      pulled: { ...metadata("cats/host/Nginx/Image"), name: "docker.io/library/nginx@sha256:1" },
    },
  },
};
const stack = new SynthesizedStack("cats", "/out/stacks/cats", DOCUMENT as never);

it("knows the ports that the stack publishes, and who wants them", () => {
  expect(stack.ports).toEqual([
    { port: 8888, address: "0.0.0.0", protocol: "tcp", wantedBy: "cats/host/Nginx" },
    { port: 5001, address: "127.0.0.1", protocol: "tcp", wantedBy: "cats/registry/Container" },
  ]);
});

it("tells registries that must exist from the one that the stack runs itself", () => {
  expect(stack.existingRegistries).toEqual(["http://localhost:5009", "https://ghcr.io"]);
  expect(stack.ownRegistries).toEqual(["localhost:5001"]);
});

it("tells images that are only pulled from those that are built", () => {
  expect(stack.pulledImages).toEqual(["docker.io/library/nginx@sha256:1"]);
});

it.each([
  ["docker_container.nginx_1", "cats/host/Nginx"],
  ["docker_container.nginx_1[0]", "cats/host/Nginx"],
  ["docker_container.unknown", "docker_container.unknown"],
  ["", ""],
])("%s is shown as %s", (address, path) => {
  expect(stack.pathOf(address)).toBe(path);
});

it.each([
  [{ local: { path: "a" } }, "a"],
  [undefined, "terraform.tfstate"],
  [{ s3: {} }, undefined],
])("the state of backend %j", (backend, expected) => {
  expect(new SynthesizedStack("x", "/x", { terraform: { backend } } as never).localStatePath).toBe(expected);
});

it("finds nothing in an empty stack", () => {
  const empty = new SynthesizedStack("x", "/x", {});
  expect([empty.ports, empty.existingRegistries, empty.ownRegistries, empty.pulledImages]).toEqual([[], [], [], []]);
});

describe("on disk", () => {
  const output = mkdtempSync(join(tmpdir(), "slipway-synthesized-"));
  for (const name of ["cats", "dropped"]) {
    mkdirSync(join(output, "stacks", name), { recursive: true });
    writeFileSync(join(output, "stacks", name, "cdk.tf.json"), JSON.stringify(DOCUMENT));
  }
  writeFileSync(join(output, "manifest.json"), JSON.stringify({ stacks: { netflix: {}, cats: {} } }));

  it("reads what the app declares", () => {
    expect(SynthesizedStack.read(output, "cats").folder).toBe(join(output, "stacks", "cats"));
  });

  it("does not take what an earlier synth left for declared", () => {
    expect(() => SynthesizedStack.read(output, "dropped")).toThrow("stack must be one of cats, netflix, got dropped");
    expect(SynthesizedStack.recall(output, "dropped")?.name).toBe("dropped");
    expect(SynthesizedStack.recall(output, "never")).toBeUndefined();
  });

  it("says when there is no app at all", () => {
    expect(() => SynthesizedStack.read(join(output, "none"), "cats")).toThrow(
      "stack must be one of (the app declares none), got cats",
    );
  });
});

it.each([
  ["localhost", true],
  ["cats.localhost", true],
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["[::1]", true],
  ["128.0.0.1", false],
  ["localhost.example.com", false],
])("%s is loopback: %s", (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});
