/** What surrounds the TypeScript of a page, by the line that a block begins with: what the page has declared before. */
export interface Case {
  /** Statements before it, in a stack's constructor. */
  readonly before?: string;
  /** Where it is part of something, what is around it. */
  readonly around?: readonly [before: string, after: string];
  /** Imports that it leaves out, where a name is one of two entry points. */
  readonly imports?: string;
  /** It is a program of its own. */
  readonly whole?: true;
}

const LOCAL = 'const host = new LocalHost(this, "host");';
const NANO = 'new AwsAccount(this, "aws", { account: "123456789012", region: "eu-west-1" });';
const HUB = 'const repository = new Ghcr(this, "registry", { owner: "octo-org" }).repository("catalog");';
const pulled = (name: string) =>
  `const ${name} = new PulledImage(this, "${name}-image", { image: "registry:2.8.3", platform: Platform.LINUX_ARM64 });`;
const running = (name: string) => `const ${name} = host.run("${name}", { image, port: 8080 });`;
const HOST_NANO = `${NANO}\nconst host = new NanoHost(this, "nano");`;

/** The public key that a page names. */
const SIGNED = {
  imports: 'import { generateKeyPairSync } from "node:crypto";\nimport { writeFileSync } from "node:fs";\n',
  before: `const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
writeFileSync("signing.pub", publicKey.export({ type: "spki", format: "pem" }));`,
};

export const CASES: Readonly<Record<string, Case>> = {
  'const registry = new SelfHostedRegistry(this, "registry", { port: 5001 });': {},
  'host.run("mailer", { image, command: ["python", "mailer.py"], health: HealthCheck.command(["python", "alive.py"]) });':
    { before: `${LOCAL}\n${pulled("image")}` },
  'const database = host.run("database", { image, port: 5432, mounts: { "/data": Mount.volume("database") } });': {
    before: `${LOCAL}\n${pulled("image")}`,
  },
  'host.task("migrate", { image, command: ["python", "migrate.py"], before: [web] });': {
    before: `${HOST_NANO}\n${pulled("image")}\n${running("web")}`,
  },
  "host.serve(": { before: `${LOCAL}\n${pulled("image")}\n${running("web")}\n${running("api")}` },
  'const image = new BuiltImage(this, "catalog", {': {
    before: `${HUB}\nconst uri = "ghcr.io/octo-org/catalog";`,
  },
  'context: RemoteContext.git("https://github.com/octo-org/catalog.git", {': {
    before: HUB,
    around: ['new BuiltImage(this, "image", { repository,', "});"],
  },
  'host.run("shop", { image, port: 8080, secrets: { DB_PASSWORD: Secret.fromFile("~/.config/shop/db-password", { version: 1 }) } });':
    { before: `${LOCAL}\n${pulled("image")}` },
  'const image = new BuiltImage(this, "catalog", { context: "app", repository, sign: Signing.key({ file: "~/.config/shop/signing.key" }) });':
    { ...SIGNED, before: `${HUB}\n${SIGNED.before}` },
  'const redis = host.run("redis", {': { before: `${LOCAL}\n${pulled("image")}` },
  'import { AwsAccount, EcrRegistry, NanoHost } from "slipway/aws";': {},
  'const host = new NanoHost(this, "host", { zone, tls: Tls.acme({ email: "ops@example.com", agreeToTerms: true }) });':
    {
      before: `${NANO}\nconst zone = { id: "Z0123456789ABCDEFGHIJ" };\n${pulled("image")}\nconst web = new NanoHost(this, "behind").run("web", { image, port: 8080 });`,
    },
  'const production = new Environment({ name: "production", account, region, domain: "example.com", values: { memoryMiB: 256 } });':
    {
      imports: 'import { writeFileSync } from "node:fs";\n',
      before: `const [account, region] = ["123456789012", "eu-west-1"];
const repository = new Ghcr(this, "registry", { owner: "octo-org" }).repository("catalog");
const reference = \`ghcr.io/octo-org/catalog@sha256:\${"0".repeat(64)}\`;
const released = { schema: 1, stack: "netflix-staging", images: { web: { reference, platforms: ["linux/arm64"], runs: [] } } };
writeFileSync("release.netflix-staging.json", JSON.stringify(released));`,
    },
  'import { App, TerraformOutput, TerraformStack } from "cdktf";': { whole: true },
  // docs/data-volume.md
  'const host = new NanoHost(this, "host", { dataVolume: { sizeGiB: 10 } });': {
    before: `${NANO}\n${pulled("image")}`,
  },
  // docs/images.md
  'const kept = new SelfHostedRegistry(this, "kept", { port: 5001 });': {},
  // docs/nano-fleet.md
  'const fleet = new NanoFleet(this, "fleet", {': {
    before: `new AwsAccount(this, "aws", { account: "123456789012", region: "eu-west-1" });\n${pulled("image")}`,
  },
  // docs/signing.md
  'const image = new BuiltImage(this, "catalog", { context, repository, version: "1.4.2", sign: Signing.key({ file: "~/.config/shop/signing.key" }) });':
    { ...SIGNED, before: `${NANO}\n${HUB}\n${SIGNED.before}\nconst context = "app";` },
  // docs/secrets.md
  'import { Secret } from "slipway";     // or from "slipway/aws", which has the cloud\'s kinds beside these': {
    before: `${LOCAL}\n${pulled("image")}`,
  },
  'const token = Secret.fromSecretsManager("ghcr-token"); // one that may read packages, and nothing else': {
    imports: 'import { Secret } from "slipway/aws";\n',
  },
  'host.serve("shop.example.com", { "/": shop }, { tls, basicAuth: { realm: "Shop", users: { alice: Secret.fromParameter("/shop/alice") } } });':
    {
      imports: 'import { Secret } from "slipway/aws";\n',
      before: `${HOST_NANO}\n${pulled("image")}\n${running("shop")}
const tls = Tls.acme({ email: "ops@example.com", agreeToTerms: true });`,
    },
};
