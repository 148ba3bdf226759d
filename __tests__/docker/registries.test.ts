import type { TerraformStack } from "cdktf";
import { DockerEngine } from "../../src/docker/docker-engine.ts";
import { DockerHub, Ghcr, GitLabRegistry } from "../../src/docker/hosted-registry.ts";
import type { PullAccess } from "../../src/docker/pull-access.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import type { IRegistry } from "../../src/docker/registry.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { only, synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("registries", () => {
  test.each<[string, (stack: TerraformStack) => IRegistry, string, string, string]>([
    [
      "Docker Hub",
      (s) => new DockerHub(s, "r", { namespace: "exitzeroacademy" }),
      "app",
      "docker.io/exitzeroacademy/app",
      "registry-1.docker.io",
    ],
    ["ghcr", (s) => new Ghcr(s, "r", { owner: "octo-org" }), "app", "ghcr.io/octo-org/app", "ghcr.io"],
    [
      "GitLab",
      (s) => new GitLabRegistry(s, "r", { project: "group/project" }),
      "app",
      "registry.gitlab.com/group/project/app",
      "registry.gitlab.com",
    ],
    [
      "GitLab elsewhere",
      (s) => new GitLabRegistry(s, "r", { project: "g/p", address: "git.example.com:5050" }),
      "app",
      "git.example.com:5050/g/p/app",
      "git.example.com:5050",
    ],
    [
      "existing",
      (s) => SelfHostedRegistry.fromAddress(s, "r", { address: "registry.example.com:5000" }),
      "a/b",
      "registry.example.com:5000/a/b",
      "registry.example.com:5000",
    ],
  ])("%s names repositories and logs in by the deployer's own configuration", (_, make, path, uri, login) => {
    const stack = synthesize((scope) => {
      const repository = make(scope).repository(path);
      expect(repository.uri).toBe(uri);
      DockerEngine.of(scope).login(repository);
    });
    expect(stack.provider.docker).toEqual([
      { registry_auth: [{ address: login, config_file: "~/.docker/config.json" }] },
    ]);
  });

  test("logins are gathered once per address, sorted, whatever the order of use", () => {
    const stack = synthesize((scope) => {
      const local = SelfHostedRegistry.fromAddress(scope, "local", { address: "localhost:5001" });
      const hub = new Ghcr(scope, "hub", { owner: "octo-org" });
      const engine = DockerEngine.of(scope);
      for (const repository of [local.repository("b"), hub.repository("a"), local.repository("a")])
        engine.login(repository);
    });
    expect(stack.provider.docker?.[0]?.registry_auth).toEqual([
      { address: "ghcr.io", config_file: "~/.docker/config.json" },
      { address: "http://localhost:5001", auth_disabled: true },
    ]);
    expect(stack.terraform.required_providers).toMatchObject({ docker: { version: ">= 3.6.2, < 5" } });
  });

  test("a registry written elsewhere that logs in by a way of its own is refused, not given the deployer's login", () => {
    const login = (pullAccess: unknown) =>
      synthesize((scope) => {
        const registry = new Ghcr(scope, "hub", { owner: "octo-org" });
        DockerEngine.of(scope).login({ ...registry.repository("a"), pullAccess: pullAccess as PullAccess });
      });
    expect(() => login({ kind: "token", token: "secret" })).toThrow(
      'stack/hub: pullAccess: kind of login must be one that a Docker Engine can use, got "token": use anonymous, docker-config, login, secret or aws-iam',
    );
    expect(() => login({ kind: "aws-iam", repositoryArn: "arn" })).not.toThrow();
  });

  test.each<[string, (stack: TerraformStack) => unknown, RegExp]>([
    [
      "a path in an address",
      (s) => SelfHostedRegistry.fromAddress(s, "r", { address: "example.com/team" }),
      /stack\/r: address: registry address must not have a path, got "example.com\/team": use "example.com"/,
    ],
    [
      "a scheme in an address",
      (s) => SelfHostedRegistry.fromAddress(s, "r", { address: "https://example.com" }),
      /must not have a scheme/,
    ],
    [
      "port 0",
      (s) => new SelfHostedRegistry(s, "r", { port: 0 }),
      /stack\/r: port: registry port must be a whole number from 1 to 65535, got 0/,
    ],
    ["port 65536", (s) => new SelfHostedRegistry(s, "r", { port: 65536 }), /from 1 to 65535, got 65536/],
    [
      "an upper-case path",
      (s) => new Ghcr(s, "r", { owner: "octo" }).repository("App"),
      /stack\/r: path: .*lower case/,
    ],
    ["an upper-case owner", (s) => new Ghcr(s, "r", { owner: "Octo-Org" }), /stack\/r: owner: .*lower case/],
    [
      "an id that CDKTF would merge",
      (s) => new Ghcr(s, "a.b", { owner: "octo" }),
      /stack: id: construct id .* use "a-b"/,
    ],
  ])("refuses %s", (_, declare, message) => {
    expect(() => synthesize((stack) => void declare(stack))).toThrow(message);
  });
});

describe("SelfHostedRegistry", () => {
  const registry = () =>
    synthesize((scope) => {
      new SelfHostedRegistry(scope, "registry", {
        port: 5001,
        image: new PulledImage(scope, "program", { image: `registry@${DIGEST}` }),
      });
    });

  test("runs on loopback with a volume, a restart policy and a readiness check", () => {
    const stack = registry();
    expect(only(stack, "docker_container")).toMatchObject({
      name: "stack-registry-container",
      restart: "unless-stopped",
      ports: [{ internal: 5000, external: 5001, ip: "127.0.0.1", protocol: "tcp" }],
      volumes: [
        {
          container_path: "/var/lib/registry",
          volume_name: expect.stringMatching(/^\$\{docker_volume\.registry_Storage_\w+\.name\}$/),
        },
      ],
      memory: 256,
      memory_swap: 256,
      wait: true,
      healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5000/"], interval: "2s" },
      log_opts: { "max-file": "3", "max-size": "10m" },
    });
    expect(only(stack, "docker_image")).toMatchObject({
      name: `docker.io/library/registry@${DIGEST}`,
      keep_locally: true,
    });
  });

  test("two on one engine get names of their own", () => {
    const declare = (first: string, second: string) =>
      synthesize((scope) => {
        const image = new PulledImage(scope, "program", { image: `registry@${DIGEST}` });
        new SelfHostedRegistry(scope, first, { port: 5001, image });
        new SelfHostedRegistry(scope, second, { port: 5002, image });
      });
    expect(Object.keys(declare("one", "two").resource.docker_container ?? {})).toHaveLength(2);
    expect(() => declare("one-a", "one_a")).toThrow(
      /is called stack-one-a-storage on the engine, and so is stack\/one-a\/Storage/,
    );
  });
});
