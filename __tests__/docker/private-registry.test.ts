import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { DockerEngine } from "../../src/docker/docker-engine.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { RegistryLogin, type RegistryLoginProps } from "../../src/docker/registry-login.ts";
import { SelfHostedRegistry, type SelfHostedRegistryProps } from "../../src/docker/self-hosted-registry.ts";
import { selfSigned } from "../self-signed.ts";
import { only, type SynthesizedStack, synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

interface Files {
  readonly certificate: string;
  readonly key: string;
}

function files({ certificate, key }: Files): Files {
  const folder = mkdtempSync(join(tmpdir(), "slipway-tls-"));
  const paths = { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") };
  writeFileSync(paths.certificate, certificate);
  writeFileSync(paths.key, key, { mode: 0o600 });
  return paths;
}

const localhost = selfSigned(["localhost"]);
const elsewhere = selfSigned(["registry.example.com", "192.0.2.7"]);
const tls = files(localhost);

type Declared = Omit<Partial<SelfHostedRegistryProps>, "login"> & { readonly login?: RegistryLoginProps | false };

function declare(stack: TerraformStack, { login = {}, ...props }: Declared = {}): SelfHostedRegistry {
  return new SelfHostedRegistry(stack, "registry", {
    port: 5443,
    image: new PulledImage(stack, "program", { image: `registry@${DIGEST}` }),
    tls,
    login: login === false ? undefined : new RegistryLogin(stack, "registry-login", login),
    ...props,
  });
}

function registry(props: Declared = {}): SynthesizedStack {
  return synthesize((stack) => {
    const { address } = declare(stack, props);
    DockerEngine.of(stack).login(
      SelfHostedRegistry.fromAddress(stack, "other", { address: "localhost:5001" }).repository("a"),
    );
    expect(address).toMatch(/:5443$/);
  });
}

interface Step {
  readonly environment: Record<string, string>;
  readonly triggers: Record<string, string>;
}

interface Steps {
  readonly fill: Step;
  readonly verify: Step;
  readonly stop: Step;
}

function steps(stack: SynthesizedStack): Steps {
  const found = Object.entries(stack.resource.terraform_data ?? {}).map(([name, block]) => {
    const { provisioner, triggers_replace } = block as {
      provisioner: { "local-exec": { environment: Record<string, string> } }[];
      triggers_replace: Record<string, string>;
    };
    const environment = provisioner[0]?.["local-exec"].environment as Record<string, string>;
    return [
      /stop|verify/.exec(name.toLowerCase())?.[0] ?? "fill",
      { environment, triggers: triggers_replace },
    ] as const;
  });
  expect(found.map(([name]) => name).sort()).toEqual(["fill", "stop", "verify"]);
  return Object.fromEntries(found) as unknown as Steps;
}

describe("a private registry", () => {
  test("serves TLS to one user from a volume that holds the secrets, and is probed inside the container only", () => {
    const container = only(registry(), "docker_container");
    expect(container.env).toEqual([
      "REGISTRY_AUTH=htpasswd",
      "REGISTRY_AUTH_HTPASSWD_PATH=/etc/slipway/htpasswd",
      "REGISTRY_AUTH_HTPASSWD_REALM=registry",
      "REGISTRY_HTTP_DEBUG_ADDR=127.0.0.1:5001",
      "REGISTRY_HTTP_TLS_CERTIFICATE=/etc/slipway/certificate.pem",
      "REGISTRY_HTTP_TLS_KEY=/etc/slipway/key.pem",
      "REGISTRY_STORAGE_DELETE_ENABLED=true",
    ]);
    expect(container).toMatchObject({
      name: "stack-registry-container",
      ports: [{ internal: 5000, external: 5443, ip: "127.0.0.1", protocol: "tcp" }],
      volumes: [
        { container_path: "/var/lib/registry" },
        {
          container_path: "/etc/slipway",
          volume_name: expect.stringMatching(/^\$\{docker_volume\.registry_Secrets_Volume_\w+\.name\}$/),
        },
      ],
      healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5001/debug/health"] },
      depends_on: [expect.stringMatching(/^terraform_data\.registry_StopPredecessor_[0-9A-F]{8}$/)],
    });
  });

  test("asks the environment for name and password, which have no default and are kept nowhere", () => {
    const stack = registry();
    const document = JSON.parse(stack.json);
    const asked = { type: "string", sensitive: true, ephemeral: true, nullable: false };
    expect(document.variable).toEqual({
      registry_login_username: expect.objectContaining(asked),
      registry_login_password: expect.objectContaining(asked),
    });
    expect(stack.json).not.toContain('"default"');
    expect(stack.terraform.required_version).toBe(">= 1.10");
  });

  test("pushes and pulls with them, and leaves other registries their own way", () => {
    const stack = synthesize((scope) => {
      const engine = DockerEngine.of(scope);
      const plain = SelfHostedRegistry.fromAddress(scope, "plain", { address: "localhost:5001" });
      engine.login(plain.repository("a"));
      engine.login(declare(scope).repository("a"));
    });
    expect(stack.provider.docker?.[0]?.registry_auth).toEqual([
      { address: "http://localhost:5001", auth_disabled: true },
      {
        address: "localhost:5443",
        username: "${var.registry_login_username}",
        password: "${var.registry_login_password}",
      },
    ]);
  });

  test("the hash is computed while the step runs; password and hash reach no resource's attribute", () => {
    const stack = registry();
    const { environment, triggers } = steps(stack).fill;
    expect(environment).toMatchObject({
      SLIPWAY_LOGIN: "${var.registry_login_username}:${bcrypt(var.registry_login_password)}",
      SLIPWAY_CONTAINER: "stack-registry-container",
      SLIPWAY_VOLUME: expect.stringMatching(/^\$\{docker_volume\./),
    });
    expect(triggers).toEqual({
      volume: expect.stringMatching(/^\$\{docker_volume\.registry_Secrets_Volume_\w+\.id\}$/),
      revision: expect.stringMatching(/^[0-9a-f]{64} 1$/),
    });
    const { provider, terraform, variable, ...rest } = JSON.parse(stack.json);
    for (const resources of Object.values(rest.resource) as Record<string, Record<string, unknown>>[]) {
      for (const { provisioner, ...attributes } of Object.values(resources)) {
        expect(JSON.stringify(attributes)).not.toContain("var.");
      }
    }
  });

  test("key and certificate are named by their paths; neither they nor a copy is in the output", () => {
    const folder = mkdtempSync(join(process.cwd(), "cdktf.out-tls-"));
    try {
      writeFileSync(join(folder, "c.pem"), localhost.certificate);
      writeFileSync(join(folder, "k.pem"), localhost.key);
      const near = relative(process.cwd(), folder);
      const stack = registry({ tls: { certificate: `${near}/c.pem`, key: join(folder, "k.pem") } });
      const { environment } = steps(stack).fill;
      expect(join(stack.directory, environment.SLIPWAY_CERTIFICATE as string)).toBe(join(folder, "c.pem"));
      expect(environment.SLIPWAY_KEY).toBe(join(folder, "k.pem"));
      const written = readdirSync(stack.directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
      expect(written.length).toBeGreaterThan(1);
      expect(written.join("\n")).not.toMatch(/BEGIN (CERTIFICATE|PRIVATE KEY)/);
      const secret = localhost.key.split("\n")[1] as string;
      expect(written.join("\n")).not.toContain(secret);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a renewed certificate or a raised password version runs the steps again, and changes no container", () => {
    const before = registry();
    for (const after of [
      registry({ tls: files(selfSigned(["localhost"])) }),
      registry({ login: { passwordVersion: 2 } }),
    ]) {
      expect(steps(after).fill.triggers.revision).not.toBe(steps(before).fill.triggers.revision);
      expect(steps(after).verify.triggers).toEqual(steps(after).fill.triggers);
      expect(steps(after).stop).toEqual(steps(before).stop);
      expect(only(after, "docker_container")).toEqual(only(before, "docker_container"));
    }
  });

  test("what replaces the container makes way for it first, after its secrets are there", () => {
    const before = steps(registry());
    const moved = steps(registry({ port: 5443, listen: "127.0.0.2" }));
    expect(moved.stop.triggers).not.toEqual(before.stop.triggers);
    expect(moved.fill).toEqual(before.fill);
    expect(before.stop.environment).toEqual({
      SLIPWAY_CONTAINER: "stack-registry-container",
      SLIPWAY_LABEL: "dev.slipway.construct=stack/registry/Container",
    });
    const [, stop] =
      Object.entries(registry().resource.terraform_data ?? {}).find(([name]) => /StopPredecessor/.test(name)) ?? [];
    expect(stop?.depends_on).toHaveLength(2);
  });

  test("the same declaration synthesizes to the same bytes", () => {
    const paths = (stack: SynthesizedStack) => stack.json.replaceAll(stack.directory, "");
    expect(paths(registry())).toBe(paths(registry()));
  });

  test("TLS alone is served on loopback to everybody there", () => {
    const stack = registry({ login: false });
    expect(only(stack, "docker_container").env).not.toContain("REGISTRY_AUTH=htpasswd");
    expect(steps(stack).fill.environment.SLIPWAY_LOGIN).toBe("");
    expect(JSON.parse(stack.json).variable).toBeUndefined();
    expect(stack.terraform.required_version).toBeUndefined();
  });

  test("with both it may listen anywhere, under the name that its certificate is for", () => {
    const far = { tls: files(elsewhere), listen: "0.0.0.0" };
    expect(only(registry({ ...far, host: "registry.example.com" }), "docker_container")).toMatchObject({
      ports: [{ ip: "0.0.0.0", external: 5443 }],
    });
    registry({ ...far, host: "192.0.2.7" });
  });

  test("an expired certificate is a warning, so that the stack can still be taken away", () => {
    let messages: string[] = [];
    synthesize((stack) => {
      declare(stack, { tls: files(selfSigned(["localhost"], { days: -1 })) });
      messages = stack.node.findAll().flatMap(({ node }) => node.metadata.map(({ data }) => String(data)));
    });
    expect(messages.join("\n")).toMatch(/tls.certificate: expired on .* renew it/);
  });

  test.each<[string, () => Declared, RegExp]>([
    [
      "a login without TLS",
      () => ({ tls: undefined }),
      /stack\/registry: login: would send its password in the clear: give tls too/,
    ],
    [
      "listening to strangers without TLS and login",
      () => ({ tls: undefined, login: false, listen: "0.0.0.0" }),
      /stack\/registry: listen: is 0.0.0.0, where strangers may reach the registry: give tls and login too, or listen on 127.0.0.1/,
    ],
    [
      "listening to strangers without a login",
      () => ({ login: false, listen: "::" }),
      /listen: is ::, .* give login too/,
    ],
    [
      "an address that is none",
      () => ({ listen: "everywhere" }),
      /stack\/registry: listen: port mapping must have an IP/,
    ],
    [
      "a name beyond loopback without TLS",
      () => ({ tls: undefined, login: false, host: "registry.example.com" }),
      /stack\/registry: host: is registry.example.com, where engines demand TLS/,
    ],
    [
      "a host with a port",
      () => ({ host: "localhost:5443" }),
      /stack\/registry: host: registry host must not have a port, got "localhost:5443": say it as port/,
    ],
    [
      "a certificate for another name",
      () => ({ host: "registry.test.example" }),
      /tls.certificate: is valid for DNS:localhost, but the registry's host is registry.test.example: issue it with the alternative name DNS:registry.test.example, or set host/,
    ],
    [
      "a certificate for another address",
      () => ({ tls: files(elsewhere), host: "192.0.2.8" }),
      /is valid for DNS:registry.example.com, IP Address:192.0.2.7, but the registry's host is 192.0.2.8: issue it with the alternative name IP:192.0.2.8/,
    ],
    [
      "a key of another certificate",
      () => ({ tls: { ...tls, key: files(elsewhere).key } }),
      /stack\/registry: tls: the key .*key.pem does not belong to the certificate .*certificate.pem/,
    ],
    [
      "missing files, both at once, and how to make them",
      () => ({ tls: { certificate: "no-certificate.pem", key: "no-key.pem" } }),
      /tls.certificate: PEM file must exist and be readable, got "no-certificate.pem": make a pair .* subjectAltName=DNS:localhost .*\n.*tls.key: PEM file must exist/,
    ],
    [
      "files that are something else",
      () => ({ tls: files({ certificate: "hello", key: localhost.certificate }) }),
      /tls.certificate: PEM file must hold a certificate.*\n.*tls.key: PEM file must hold a private key without passphrase/,
    ],
    [
      "a password version that is none",
      () => ({ login: { passwordVersion: 0 } }),
      /stack\/registry-login: passwordVersion: password version must be a whole number from 1, got 0/,
    ],
  ])("refuses %s", (_, props, message) => {
    expect(() => registry(props())).toThrow(message);
  });

  test("an error never quotes a key", () => {
    const broken = localhost.key.replace("MIG", "AAA");
    let message = "";
    try {
      registry({ tls: files({ ...localhost, key: broken }) });
    } catch (error) {
      message = String(error) + (error as Error).stack;
    }
    expect(message).toContain("must hold a private key");
    expect(message).not.toContain(broken.split("\n")[1]?.slice(10, 30));
  });
});

describe("a registry that the stack leaves", () => {
  test("is still told to the provider, by no login, and a registry in use is told as ever", () => {
    const stack = synthesize((scope) => {
      new DockerEngine(scope, "engine", { formerRegistries: ["localhost:5001", "localhost:5443"] });
      DockerEngine.of(scope).login(declare(scope).repository("a"));
    });
    expect(stack.provider.docker?.[0]?.registry_auth).toEqual([
      { address: "localhost:5001", auth_disabled: true },
      {
        address: "localhost:5443",
        username: "${var.registry_login_username}",
        password: "${var.registry_login_password}",
      },
    ]);
  });

  test("is told once where another one of its address is in use without a login", () => {
    const stack = synthesize((scope) => {
      new DockerEngine(scope, "engine", { formerRegistries: ["localhost:5001"] });
      const plain = SelfHostedRegistry.fromAddress(scope, "plain", { address: "localhost:5001" });
      DockerEngine.of(scope).login(plain.repository("a"));
    });
    expect(stack.provider.docker?.[0]?.registry_auth).toEqual([
      { address: "http://localhost:5001", auth_disabled: true },
    ]);
  });

  test("must be an address", () => {
    const declaration = (stack: TerraformStack) =>
      void new DockerEngine(stack, "engine", { formerRegistries: ["https://localhost:5001"] });
    expect(() => synthesize(declaration)).toThrow(
      /stack\/engine: formerRegistries: registry address must not have a scheme, got "https:\/\/localhost:5001"/,
    );
  });
});

describe("RegistryLogin", () => {
  test("opens a registry that runs elsewhere, and its path is its variables' name", () => {
    const stack = synthesize((scope) => {
      const login = new RegistryLogin(scope, "team-login");
      const existing = SelfHostedRegistry.fromAddress(scope, "registry", {
        address: "registry.example.com:5000",
        login,
      });
      const repository = existing.repository("team/app");
      expect(repository.pullAccess).toMatchObject({ kind: "login", address: "registry.example.com:5000" });
      DockerEngine.of(scope).login(repository);
    });
    expect(stack.provider.docker?.[0]?.registry_auth).toEqual([
      {
        address: "registry.example.com:5000",
        username: "${var.team_login_username}",
        password: "${var.team_login_password}",
      },
    ]);
  });

  test("counts for its registry whatever else is said of it, in either order", () => {
    for (const order of [(all: unknown[]) => all, (all: unknown[]) => all.reverse()]) {
      const stack = synthesize((scope) => {
        const address = "registry.example.com";
        const login = new RegistryLogin(scope, "login");
        const registries = [
          SelfHostedRegistry.fromAddress(scope, "open", { address, private: false }),
          SelfHostedRegistry.fromAddress(scope, "by-configuration", { address }),
          SelfHostedRegistry.fromAddress(scope, "by-login", { address, login }),
        ];
        for (const each of order(registries) as typeof registries) DockerEngine.of(scope).login(each.repository("a"));
      });
      expect(stack.provider.docker?.[0]?.registry_auth).toEqual([
        { address: "registry.example.com", username: "${var.login_username}", password: "${var.login_password}" },
      ]);
    }
  });

  test.each<[string, (stack: TerraformStack) => void, RegExp]>([
    [
      "two logins for one registry",
      (stack) => {
        for (const id of ["one", "two"]) {
          const login = new RegistryLogin(stack, `${id}-login`);
          const props = { address: "registry.example.com", login };
          DockerEngine.of(stack).login(SelfHostedRegistry.fromAddress(stack, id, props).repository("a"));
        }
      },
      /stack\/two: login: is another one than registry.example.com has in this stack already: use one RegistryLogin for both/,
    ],
    [
      "a variable's name that is taken",
      (stack) => {
        new TerraformVariable(stack, "login_password", {});
        new RegistryLogin(stack, "login");
      },
      /stack\/login: id: asks Terraform for a variable login_password, and the stack has something of that name/,
    ],
    [
      "two logins whose names fold to one",
      (stack) => {
        new RegistryLogin(stack, "a-b");
        new RegistryLogin(stack, "a_b");
      },
      /stack\/a_b: id: asks Terraform for a variable a_b_username/,
    ],
    [
      "a login over plain HTTP",
      (stack) => {
        const login = new RegistryLogin(stack, "login");
        SelfHostedRegistry.fromAddress(stack, "r", { address: "localhost:5001", login });
      },
      /stack\/r: login: would send its password in the clear: say protocol https/,
    ],
    [
      "a login for a registry that is said to be open",
      (stack) => {
        const login = new RegistryLogin(stack, "login");
        SelfHostedRegistry.fromAddress(stack, "r", { address: "registry.example.com", login, private: false });
      },
      /stack\/r: private: is false, but a login is given/,
    ],
  ])("refuses %s", (_, declaration, message) => {
    expect(() => synthesize(declaration)).toThrow(message);
  });
});
