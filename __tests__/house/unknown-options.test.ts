import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import * as aws from "../../src/aws/index.ts";
import * as slipway from "../../src/index.ts";
import { slipwayMatchers, synthesize } from "../../src/testing/index.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ENVIRONMENT = { account: "123456789012", region: "eu-west-1" };

/** A program without a type check hands over whatever it likes. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point of these tests
type Untyped = any;

/** Each construct with a misspelt option, and the word that is meant. */
const CONSTRUCTS: readonly [name: string, declare: (stack: TerraformStack) => unknown, meant: string][] = [
  ["BuiltImage", (s) => new slipway.BuiltImage(s, "it", { ...built(s), verson: "1.0.0" } as Untyped), "version"],
  ["Container", (s) => new slipway.Container(s, "it", { image: image(s), memoryMib: 64 } as Untyped), "memoryMiB"],
  ["DockerEngine", (s) => new slipway.DockerEngine(s, "it", { hots: "" } as Untyped), "host"],
  ["DockerHub", (s) => new slipway.DockerHub(s, "it", { namespace: "a", namepace: "b" } as Untyped), "namespace"],
  ["Ghcr", (s) => new slipway.Ghcr(s, "it", { owner: "a", owners: "b" } as Untyped), "owner"],
  ["GitLabRegistry", (s) => new slipway.GitLabRegistry(s, "it", { project: "a/b", adress: "c" } as Untyped), "address"],
  ["Network", (s) => new slipway.Network(s, "it", { intern: true } as Untyped), "internal"],
  [
    "PulledImage",
    (s) => new slipway.PulledImage(s, "it", { image: `a@${DIGEST}`, privat: true } as Untyped),
    "private",
  ],
  ["PromotableRelease", (s) => new slipway.PromotableRelease(s, "it", { fil: "a" } as Untyped), "file"],
  [
    "PromotedImage",
    (s) =>
      slipway.PromotedImage.from(s, "it", {
        release: "a",
        repository: registry(s).repository("a"),
        imag: "b",
      } as Untyped),
    "image",
  ],
  ["RegistryLogin", (s) => new slipway.RegistryLogin(s, "it", { passwordVersions: 2 } as Untyped), "passwordVersion"],
  ["SelfHostedRegistry", (s) => new slipway.SelfHostedRegistry(s, "it", { port: 5001, prot: 1 } as Untyped), "port"],
  ["Volume", (s) => new (slipway.Volume as Untyped)(s, "it", { name: "a" }), "it takes none"],
  ["SshHost", (s) => new slipway.SshHost(s, "it", { address: "a", hostKey: "b", adress: "c" } as Untyped), "address"],
  ["SwarmHost", (s) => new slipway.SwarmHost(s, "it", { replica: 2 } as Untyped), "replicas"],
  ["LocalHost", (s) => new slipway.LocalHost(s, "it", { prot: 1 } as Untyped), "port"],
  ["AwsAccount", (s) => new aws.AwsAccount(s, "it", { ...ENVIRONMENT, profil: "a" } as Untyped), "profile"],
  [
    "PromotableReleaseParameter",
    (s) => new aws.PromotableReleaseParameter(s, "it", { name: "/a", nam: "/b" } as Untyped),
    "name",
  ],
  ["EcrRegistry", (s) => new aws.EcrRegistry(s, "it", { ...ENVIRONMENT, mutableTag: [] } as Untyped), "mutableTags"],
  [
    "EcrRepository",
    (s) => new aws.EcrRepository(s, "it", { registry: ecr(s), name: "shop", scanOnPsh: true } as Untyped),
    "scanOnPush",
  ],
];

/** A host needs an account first. */
const HOSTS = ["NanoFleet", "NanoHost"];

const SITE = { "/": slipway.Backend.fromAddress("10.0.0.5:80") };
const inStack = (declare: (stack: TerraformStack) => unknown) =>
  declare(new TerraformStack(new App({ outdir: mkdtempSync(join(tmpdir(), "slipway-synth-")) }), "stack"));
const image = (stack: TerraformStack) => new slipway.PulledImage(stack, "image", { image: `a@${DIGEST}` });
const ecr = (stack: TerraformStack) => new aws.EcrRegistry(stack, "ecr", ENVIRONMENT);
const registry = (stack: TerraformStack) => new slipway.Ghcr(stack, "ghcr", { owner: "octo-org" });

function context(): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(directory, "Dockerfile"), "FROM scratch\n");
  return directory;
}

function built(stack: TerraformStack) {
  return { context: context(), repository: registry(stack).repository("a") };
}

test.each(CONSTRUCTS)("%s refuses an option that it does not read", (name, declare, meant) => {
  const expected = meant.includes(" ") ? meant : `did you mean ${meant}?`;
  expect(() => inStack(declare)).toThrow(new RegExp(`stack/it: props: ${name} option must be known, got ".*": `));
  expect(() => inStack(declare)).toThrow(expected);
});

test("every construct that a user can make is among them", () => {
  const made = Object.entries({ ...slipway, ...aws })
    .filter(([, value]) => (value as { prototype?: unknown }).prototype instanceof Construct)
    .map(([name]) => name);
  expect(made.sort()).toEqual([...CONSTRUCTS.map(([name]) => name), ...HOSTS].sort());
});

test.each<[string, (stack: TerraformStack) => unknown, string]>([
  [
    "SelfHostedRegistry.fromAddress",
    (s) => slipway.SelfHostedRegistry.fromAddress(s, "it", { address: "a.example.com", privat: true } as Untyped),
    'stack/it: props: ExistingRegistry option must be known, got "privat": did you mean private?',
  ],
  [
    "the files of a registry's TLS",
    (s) =>
      new slipway.SelfHostedRegistry(s, "it", { port: 1, tls: { certificate: "a", key: "b", ca: "c" } as Untyped }),
    'stack/it: tls: SelfHostedRegistry option must be known, got "ca": known: certificate, key',
  ],
  [
    "a container's health check",
    (s) => new slipway.Container(s, "it", { image: image(s), health: { command: ["a"], interval: 1 } as Untyped }),
    'stack/it: health: Container option must be known, got "interval": did you mean intervalSeconds?',
  ],
  [
    "a build secret",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), secrets: [{ id: "a", evn: "A" } as Untyped] }),
    'stack/it: secrets[a]: BuiltImage option must be known, got "evn": did you mean env?',
  ],
  [
    "the caches of a build",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), cache: { form: [] } as Untyped }),
    'stack/it: cache: BuiltImage option must be known, got "form": did you mean from?',
  ],
  [
    "a repository of git that is built",
    () => slipway.RemoteContext.git("https://a.b/c.git", { commit: "a".repeat(40), foler: "a" } as Untyped),
    'git context option must be known, got "foler": did you mean folder?',
  ],
  [
    "an archive that is built",
    () => slipway.RemoteContext.archive("https://a.b/c.tgz", { checksm: "a" } as Untyped),
    'archive context option must be known, got "checksm": did you mean checksum?',
  ],
  [
    "a key of a build",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), ssh: [{ id: "default", fiel: "a" } as Untyped] }),
    'stack/it: ssh[default]: BuiltImage option must be known, got "fiel": did you mean file?',
  ],
  [
    "an image's squash, which no builder has any more",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), squash: true } as Untyped),
    "stack/it: squash: is what only Docker's builder of before BuildKit did: copy what runs into a last stage",
  ],
  [
    "an image's lint",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), lint: { severities: {} } as Untyped }),
    'stack/it: lint: lint option must be known, got "severities": did you mean severity?',
  ],
  [
    "a rule that nobody knows",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), lint: { severity: { DL3O06: "ignore" } } }),
    'stack/it: lint: lint rule must be known, got "DL3O06": did you mean DL3006?',
  ],
  [
    "a severity that is none",
    (s) => new slipway.BuiltImage(s, "it", { ...built(s), lint: { severity: { DL3006: "warn" } } as Untyped }),
    'stack/it: lint: severity of DL3006 must be error, warning, info or ignore, got "warn"',
  ],
  [
    "LocalHost.run",
    (s) => new slipway.LocalHost(s, "it").run("web", { image: image(s), port: 80, volumes: {} } as Untyped),
    'stack/it/web: options: service option must be known, got "volumes": known: capAdd, capDrop, command, cpus, ',
  ],
  [
    "LocalHost.serve",
    (s) => new slipway.LocalHost(s, "it").serve("a.example", SITE, { maxBody: "1m" } as Untyped),
    'stack/it/Site-a.example: options: site option must be known, got "maxBody": did you mean maxBodySize?',
  ],
  [
    "a NanoHost",
    (s) => new aws.NanoHost(s, "it", { ...ENVIRONMENT, gate: false } as Untyped),
    'stack/it: props: NanoHost option must be known, got "gate": ',
  ],
  [
    "a NanoHost's rule",
    (s) =>
      new aws.NanoHost(s, "it", { ...ENVIRONMENT, outbound: [{ port: 1, description: "a", proto: "udp" } as Untyped] }),
    'stack/it: outbound[0]: NanoHost option must be known, got "proto": ',
  ],
  [
    "a NanoHost's alarm",
    (s) => new aws.NanoHost(s, "it", { ...ENVIRONMENT, statusAlarm: { topic: "a" } as Untyped }),
    'stack/it: statusAlarm: NanoHost option must be known, got "topic": did you mean topics?',
  ],
  [
    "NanoHost.run",
    (s) => new aws.NanoHost(s, "it", ENVIRONMENT).run("web", { image: image(s), port: 80, secret: {} } as Untyped),
    'stack/it/web: options: service option must be known, got "secret": did you mean secrets?',
  ],
  [
    "AwsAccount.of",
    (s) => aws.AwsAccount.of(s, { accout: "1" } as Untyped),
    'stack: AwsAccount.of: TerraformStack option must be known, got "accout": did you mean account?',
  ],
  [
    "what a repository may forget",
    (s) => new aws.EcrRegistry(s, "it", { ...ENVIRONMENT, lifecycle: { keep: 3 } as Untyped }).repository("shop"),
    'lifecycle: lifecycle option must be known, got "keep": did you mean keepReleases?',
  ],
  [
    "a repository's key",
    (s) => new aws.EcrRegistry(s, "it", { ...ENVIRONMENT, encryption: { kmsKey: "a" } as Untyped }).repository("shop"),
    'encryption: EcrRepository option must be known, got "kmsKey": did you mean kmsKeyArn?',
  ],
  [
    "Secret.fromParameter",
    () => aws.Secret.fromParameter("/a", { As: "file" } as Untyped),
    'secret option must be known, got "As": did you mean as?',
  ],
  [
    "Secret.fromSecretsManager",
    () => aws.Secret.fromSecretsManager("a", { kmsKeyARN: "b" } as Untyped),
    'secret option must be known, got "kmsKeyARN": did you mean kmsKeyArn?',
  ],
  [
    "PortMapping.of",
    () => slipway.PortMapping.of({ host: 1, container: 2, addres: "127.0.0.1" } as Untyped),
    'port mapping option must be known, got "addres": did you mean address?',
  ],
  [
    "BuildContext.open",
    () => slipway.BuildContext.open(context(), { dockerFile: "a" } as Untyped),
    'build context option must be known, got "dockerFile": did you mean dockerfile?',
  ],
  [
    "Dockerfile.parse",
    () => slipway.Dockerfile.parse("FROM a", { args: {} } as Untyped),
    'Dockerfile option must be known, got "args": known: buildArgs',
  ],
  [
    "Dockerfile.preamble",
    () => slipway.Dockerfile.preamble({ sintax: "a" } as Untyped),
    'Dockerfile preamble option must be known, got "sintax": did you mean syntax?',
  ],
  [
    "FROM",
    () => slipway.Dockerfile.from("a", { name: "b" } as Untyped),
    'Dockerfile line 1: FROM option must be known, got "name": known: as, platform',
  ],
  [
    "RUN",
    () => slipway.Dockerfile.from("a").run(["b"], { mount: [] } as Untyped),
    'Dockerfile line 2: RUN option must be known, got "mount": did you mean mounts?',
  ],
  [
    "COPY",
    () => slipway.Dockerfile.from("a").copy("b", "/c", { unpack: true } as Untyped),
    'Dockerfile line 2: COPY option must be known, got "unpack": known: ',
  ],
  [
    "a file of text",
    () => slipway.Dockerfile.from("a").copy({ name: "b", contents: "c\n" } as Untyped, "/d/"),
    'Dockerfile line 2: COPY option must be known, got "contents": did you mean content?',
  ],
  [
    "ADD",
    () => slipway.Dockerfile.from("a").add("b", "/c", { checkSum: "d" } as Untyped),
    'Dockerfile line 2: ADD option must be known, got "checkSum": did you mean checksum?',
  ],
  [
    "HEALTHCHECK",
    () => slipway.Dockerfile.from("a").healthcheck(["b"], { intervall: 1 } as Untyped),
    'Dockerfile line 2: HEALTHCHECK option must be known, got "intervall": did you mean interval?',
  ],
  [
    "synthesize",
    () => synthesize(() => {}, { enviroment: {} } as Untyped),
    'synthesize option must be known, got "enviroment": known: context, env, id, outdir',
  ],
  [
    "stack.route",
    () => synthesize(() => {}).route("http://a.example/", { form: "10.0.0.1" } as Untyped),
    'route option must be known, got "form": did you mean from?',
  ],
  [
    "toReach",
    () => slipwayMatchers.toReach({ url: "", headers: {}, reason: "" }, "api", { prot: 1 } as Untyped),
    'toReach option must be known, got "prot": did you mean port?',
  ],
])("%s refuses an option that it does not read", (_, declare, message) => {
  expect(() => inStack(declare)).toThrow(message);
});
