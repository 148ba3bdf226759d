import { randomBytes } from "node:crypto";
import { type TerraformStack, Token } from "cdktf";
import { AwsAccount, EcrRegistry, NanoHost, Secret } from "../../../src/aws/index.ts";
import type { IImage } from "../../../src/docker/image.ts";
import { PulledImage, type PulledImageProps } from "../../../src/docker/pulled-image.ts";
import { RegistryLogin } from "../../../src/docker/registry-login.ts";
import { SelfHostedRegistry } from "../../../src/docker/self-hosted-registry.ts";
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
      "stack/host/web: image: is built for linux/amd64, but the host stack/host runs linux/arm64: build it for linux/arm64, or choose another host",
    ],
    [
      "whose image is for nothing that is known",
      (host, stack) => run(stack, host, { image: pulled(stack, { platform: undefined }) }),
      "stack/host/web: image: stack/app has no platform, and the host stack/host runs linux/arm64: build or pull it with platform: host.platform",
    ],
    [
      "whose image is private",
      (host, stack) => run(stack, host, { image: pulled(stack, { private: true }) }),
      "stack/host/web: image: example.com/app needs a login, which a nano host does not keep: push it to ECR",
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
      "stack/host/web: image: registry.example.com/app needs a login, which a nano host does not keep",
    ],
    [
      "whose image is on the deploying machine",
      (host, stack) => run(stack, host, { image: pulled(stack, { image: `localhost:5001/app@${DIGEST}` }) }),
      "stack/host/web: image: localhost:5001/app is on the deploying machine's own localhost:5001, where a nano host finds nothing",
    ],
    [
      "whose variable is not set",
      (host, stack) => run(stack, host, { env: { A: undefined } }),
      "stack/host/web: env[A]: must be text, got undefined: set it, or leave the key out",
    ],
    [
      "whose variable has two lines",
      (host, stack) => run(stack, host, { env: { A: "1\n2" } }),
      'stack/host: run("web"): service web: variable A must be one line',
    ],
    [
      "whose command is in one piece",
      (host, stack) => run(stack, host, { command: "python app.py" }),
      'stack/host/web: command: command must be a list of words, got "python app.py": write e.g. ["python", "app.py"]',
    ],
    [
      "whose secret is the secret itself, which is not shown",
      (host, stack) => run(stack, host, { secrets: { PASSWORD: "hunter2" } }),
      "stack/host/web: secrets[PASSWORD]: must be a Secret, got string: write Secret.fromParameter",
    ],
    [
      "whose variable is a secret too",
      (host, stack) => run(stack, host, { env: { A: "1" }, secrets: { A: Secret.fromParameter("/a") } }),
      'run("web"): service web: variable must be either plain or a secret, got "A"',
    ],
    [
      "with hardly any memory",
      (host, stack) => run(stack, host, { memoryMiB: 5 }),
      "memory limit must be at least 6 MiB, got 5",
    ],
    [
      "with memory known only at apply",
      (host, stack) => run(stack, host, { memoryMiB: Token.asNumber({ Ref: "x" }) }),
      "stack/host/web: memoryMiB: must be a literal",
    ],
    [
      "with an endless stop",
      (host, stack) => run(stack, host, { stopGraceSeconds: 3601 }),
      "stop grace must be from 0 to 3600 seconds, got 3601",
    ],
    [
      "on a port that is none",
      (host, stack) => run(stack, host, { port: 65_536 }),
      "stack/host/web: port: service port must be a whole number from 1 to 65535, got 65536",
    ],
    ["without a port", (host, stack) => run(stack, host, { port: undefined }), "stack/host/web: port: is needed"],
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

  test("of another host, which cannot be reached from here", () => {
    const declare = (host: NanoHost, stack: TerraformStack) => {
      const other = new NanoHost(stack, "other");
      host.serve("shop.example.com", { "/": other.run("web", { image: pulled(stack), port: 80 }) });
    };
    expect(declared(declare)).toThrow(
      "stack/other/web: host: cannot be reached from stack/host: its listener is on its own host only; serve it there under a name and route to that by Backend.fromAddress",
    );
  });
});
