import type { TerraformStack } from "cdktf";
import { type NanoHost, Secret } from "../../../src/aws/index.ts";
import {
  Secret as DeployerSecret,
  DockerHub,
  Ghcr,
  GitLabRegistry,
  type IRegistry,
  LocalHost,
  PulledImage,
  SelfHostedRegistry,
} from "../../../src/index.ts";
import { Platform } from "../../../src/values/platform.ts";
import { only, synthesize } from "../../synthesize.ts";
import { DIGEST, nano, pulled } from "./nano-host-stack.ts";

const login = (password = Secret.fromSecretsManager("ghcr", { key: "token", version: 2 })) => ({
  username: "reader",
  password,
});
const PASSWORD = { from: "secrets-manager", id: "ghcr", key: "token", version: "2" };

function run(host: NanoHost, scope: TerraformStack, registry: IRegistry, id = "app") {
  const repository = registry.repository(id);
  const image = new PulledImage(scope, id, {
    image: `${repository.uri}@${DIGEST}`,
    repository,
    platform: Platform.LINUX_ARM64,
  });
  host.run(id, { image, port: 80 });
}

const logins = (stack: ReturnType<typeof nano>) => (stack.manifest as unknown as { logins?: object[] }).logins;

test.each<[string, (scope: TerraformStack) => IRegistry, string, string]>([
  [
    "GitHub",
    (scope) => new Ghcr(scope, "ghcr", { owner: "octo-org", pullLogin: login() }),
    "ghcr.io/octo-org/app",
    "ghcr.io",
  ],
  [
    "GitLab",
    (scope) => new GitLabRegistry(scope, "gitlab", { project: "team/shop", pullLogin: login() }),
    "registry.gitlab.com/team/shop/app",
    "registry.gitlab.com",
  ],
  [
    "Docker Hub, by the name that Docker's configuration has for it",
    (scope) => new DockerHub(scope, "hub", { namespace: "octo", pullLogin: login() }),
    "docker.io/octo/app",
    "https://index.docker.io/v1/",
  ],
  [
    "a registry of one's own",
    (scope) =>
      SelfHostedRegistry.fromAddress(scope, "own", { address: "registry.example.com:5000", pullLogin: login() }),
    "registry.example.com:5000/app",
    "registry.example.com:5000",
  ],
])("a host is told how it gets into %s, and may read that secret", (_, registry, repository, called) => {
  const stack = nano((host, scope) => run(host, scope, registry(scope)));
  expect(logins(stack)).toEqual([{ repository, registry: called, username: "reader", password: PASSWORD }]);
  expect(only(stack, "aws_iam_role_policy").policy).toContain("secret:ghcr-??????");
});

test("an image alone may have its login, a repository is named once, and who has none is as before", () => {
  const stack = nano((host, scope) => {
    const props = { image: `ghcr.io/octo/app@${DIGEST}`, platform: Platform.LINUX_ARM64, pullLogin: login() };
    for (const id of ["a", "b"]) host.run(id, { image: new PulledImage(scope, `image-${id}`, props), port: 80 });
  });
  expect(logins(stack)).toHaveLength(1);
  expect(logins(nano((host, scope) => host.run("web", { image: pulled(scope), port: 80 })))).toBeUndefined();
});

test.each<[string, (host: NanoHost, scope: TerraformStack) => unknown, string]>([
  [
    "a password of the deployer's",
    (host, scope) =>
      run(
        host,
        scope,
        new Ghcr(scope, "ghcr", { owner: "octo", pullLogin: login(DeployerSecret.fromEnvironment("T") as Secret) }),
      ),
    "stack/host/app: image: its registry's pullLogin must be made by Secret.fromParameter or Secret.fromSecretsManager",
  ],
  [
    "the password itself, which it does not repeat",
    (host, scope) =>
      run(
        host,
        scope,
        new Ghcr(scope, "ghcr", { owner: "octo", pullLogin: { username: "a", password: "hunter2" as never } }),
      ),
    'stack/ghcr: pullLogin.password: must be a Secret, got string: write e.g. Secret.fromSecretsManager("ghcr-token")',
  ],
  [
    "a name that Docker would take apart",
    (host, scope) =>
      run(host, scope, new Ghcr(scope, "ghcr", { owner: "octo", pullLogin: { ...login(), username: "a:b" } })),
    'must be a name without colon or white space, got "a:b"',
  ],
  [
    "an unknown option",
    (host, scope) =>
      run(host, scope, new Ghcr(scope, "ghcr", { owner: "octo", pullLogin: { ...login(), user: "a" } as never })),
    'pullLogin: Ghcr option must be known, got "user": did you mean username?',
  ],
  [
    "a password in the clear",
    (_, scope) =>
      SelfHostedRegistry.fromAddress(scope, "own", { address: "a.example.com", protocol: "http", pullLogin: login() }),
    "stack/own: pullLogin: would send its password in the clear: say protocol https",
  ],
  [
    "two words for one thing",
    (_, scope) =>
      new PulledImage(scope, "app", { image: `ghcr.io/octo/app@${DIGEST}`, private: false, pullLogin: login() }),
    "stack/app: pullLogin: is given, but private is false: leave out one of them",
  ],
])("refuses %s", (_, declare, message) => {
  expect(() => nano(declare)).toThrow(message);
});

test("a LocalHost pulls by the deployer's own login, and hears of no secret", () => {
  const stack = synthesize((scope) => {
    const registry = new Ghcr(scope, "ghcr", { owner: "octo", pullLogin: login() });
    const repository = registry.repository("app");
    const image = new PulledImage(scope, "app", { image: `${repository.uri}@${DIGEST}`, repository });
    new LocalHost(scope, "host").run("web", { image, port: 80 });
  });
  expect(stack.json).toMatch(/"address": "ghcr\.io",\s*"config_file": "~\/\.docker\/config\.json"/);
  expect(stack.json).not.toContain("reader");
});
