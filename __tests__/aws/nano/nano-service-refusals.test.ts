import { randomBytes } from "node:crypto";
import { type App, TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, NanoHost, Secret } from "../../../src/aws/index.ts";
import type { IImage } from "../../../src/docker/image.ts";
import { PulledImage, type PulledImageProps } from "../../../src/docker/pulled-image.ts";
import { RegistryLogin } from "../../../src/docker/registry-login.ts";
import { SelfHostedRegistry } from "../../../src/docker/self-hosted-registry.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import { LocalHost } from "../../../src/hosts/local/local-host.ts";
import { Platform } from "../../../src/values/platform.ts";
import { synthesize } from "../../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

function declared(declare: (host: NanoHost, stack: TerraformStack) => unknown) {
  return () =>
    synthesize((stack) => {
      new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
      declare(new NanoHost(stack, "host"), stack);
    });
}

const pulled = (stack: TerraformStack, props: Partial<PulledImageProps> = {}) =>
  new PulledImage(stack, "app", { image: `example.com/app@${DIGEST}`, platform: Platform.LINUX_ARM64, ...props });

describe("a service is refused", () => {
  const run = (stack: TerraformStack, host: NanoHost, options: Record<string, unknown> & { image?: IImage }) =>
    host.run("web", { port: 80, ...options, image: options.image ?? pulled(stack) });

  test.each<[string, (host: NanoHost, stack: TerraformStack) => unknown, string]>([
    [
      "whose image is for the other architecture, naming both",
      (host, stack) => run(stack, host, { image: pulled(stack, { platform: Platform.LINUX_AMD64 }) }),
      'stack/host/web: image: is built for linux/amd64, but the host stack/host runs linux/arm64: build it for linux/arm64, or declare instanceType: "t3.nano"',
    ],
    [
      "whose image is for nothing that is known",
      (host, stack) => run(stack, host, { image: pulled(stack, { platform: undefined }) }),
      "stack/host/web: image: stack/app has no platform, and the host stack/host runs linux/arm64: build or pull it with platform: host.platform",
    ],
    [
      "whose image is private",
      (host, stack) => run(stack, host, { image: pulled(stack, { private: true }) }),
      "stack/host/web: image: example.com/app needs a login: give its registry, or the PulledImage, a pullLogin",
    ],
    [
      "whose image is in ECR, in a repository that nobody declared",
      (host, stack) => {
        const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/app@${DIGEST}`;
        return run(stack, host, { image: pulled(stack, { image }) });
      },
      "stack/host/web: image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/app is in ECR, and nothing says that the host may pull it: give the image its repository, e.g. EcrRepository.fromName",
    ],
    [
      "whose image needs a name and a password",
      (host, stack) => {
        const login = new RegistryLogin(stack, "login");
        const registry = SelfHostedRegistry.fromAddress(stack, "registry", { address: "registry.example.com", login });
        const image = Object.assign(pulled(stack), { repository: registry.repository("app") });
        return run(stack, host, { image });
      },
      "stack/host/web: image: registry.example.com/app needs a login: give its registry",
    ],
    [
      "whose image is on the deploying machine",
      (host, stack) => run(stack, host, { image: pulled(stack, { image: `localhost:5001/app@${DIGEST}` }) }),
      "stack/host/web: image: localhost:5001/app is on the deploying machine's own localhost:5001, where a nano host finds nothing",
    ],
    [
      "whose secret is the secret itself, which is not shown",
      (host, stack) => run(stack, host, { secrets: { PASSWORD: "hunter2" } }),
      "stack/host/web: secrets[PASSWORD]: must be a Secret, got string: write Secret.fromParameter",
    ],
    [
      "whose variable is a secret too",
      (host, stack) => run(stack, host, { env: { A: "1" }, secrets: { A: Secret.fromParameter("/a") } }),
      'stack/host/web: env: variable must be either plain or a secret, got "A"',
    ],
    [
      "whose secret is of a kind that nobody knows",
      (host, stack) => run(stack, host, { secrets: { A: { source: { kind: "vault", id: "a" } } } }),
      "stack/host/web: secrets[A]: is of the kind vault, which the host stack/host does not read: write Secret.fromParameter or Secret.fromSecretsManager",
    ],
    [
      "whose secret says its kind, and not what the host must be allowed",
      (host, stack) => run(stack, host, { secrets: { A: { source: { kind: "parameter", id: "/a" } } } }),
      "stack/host/web: secrets[A]: must be made by Secret.fromParameter or Secret.fromSecretsManager: a NanoHost grants itself those alone",
    ],
    [
      "with more than a release holds, with both sizes",
      (host, stack) => run(stack, host, { env: { A: randomBytes(6500).toString("base64") } }),
      'run("web"): release of stack/host must be at most 8192 characters compressed, got ',
    ],
    [
      "with a repository name that ECR refuses",
      (_, stack) => new EcrRegistry(stack, "registry").repository("Cats"),
      'ECR repository name must be lower-case letters and digits with single dots, dashes, underscores or slashes between them, got "Cats": use "cats"',
    ],
  ])("%s", (_, declare, message) => {
    expect(declared(declare)).toThrow(message);
    expect(declared(declare)).not.toThrow("hunter2");
  });

  test("at the name that only containers have for their machine", () => {
    const declare = (host: NanoHost) =>
      host.serve("shop.example.com", { "/api": Backend.fromAddress("host.docker.internal:3000") });
    expect(declared(declare)).toThrow(
      "stack/host/Site-shop.example.com: routes[/api]: host.docker.internal:3000 is a name for containers, and the proxy of stack/host is none: write 127.0.0.1:3000",
    );
  });

  test("of a host of another stack, where neither knows the other's address", () => {
    const declare = (host: NanoHost, stack: TerraformStack) => {
      const beside = new TerraformStack(stack.node.root as App, "beside");
      new AwsAccount(beside, "aws", { account: "111122223333", region: "eu-west-1" });
      const other = new NanoHost(beside, "other");
      host.serve("shop.example.com", { "/": other.run("web", { image: pulled(beside), port: 80 }) });
    };
    expect(declared(declare)).toThrow(
      "beside/other/web: host: cannot be reached from stack/host: each of the two needs to know the other's address; declare both in one stack, or serve it there under a name and route to that by Backend.fromAddress",
    );
  });

  test("from a host that is no nano, which has no way to its private address", () => {
    const declare = (host: NanoHost, stack: TerraformStack) => {
      const local = new LocalHost(stack, "local");
      local.serve("shop.example.com", { "/": host.run("web", { image: pulled(stack), port: 80 }) });
    };
    expect(declared(declare)).toThrow(
      "stack/host/web: host: cannot be reached from stack/local: only a NanoHost of its stack has a way; declare both in one stack, or serve it there under a name",
    );
  });
});
