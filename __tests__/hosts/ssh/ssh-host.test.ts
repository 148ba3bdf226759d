import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import {
  DockerHub,
  HealthCheck,
  Mount,
  Platform,
  PulledImage,
  Secret,
  SelfHostedRegistry,
  SshHost,
  type SshHostProps,
  Tls,
} from "../../../src/index.ts";
import { synthesize } from "../../synthesize.ts";
import { hostKey } from "./fake-server.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const KEY = hostKey("server");
const PROPS: SshHostProps = { address: "web.example.com", user: "deploy", hostKey: `${KEY.hostKey} root@web` };

// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON is read as it is
type Json = any;

function image(scope: TerraformStack, id = "app", more = {}) {
  return new PulledImage(scope, `${id}-image`, {
    image: `registry.example.com/${id}@${DIGEST}`,
    platform: Platform.LINUX_AMD64,
    ...more,
  });
}

function synth(declare: (host: SshHost, scope: TerraformStack) => void, props: Partial<SshHostProps> = {}) {
  const json: Json = synthesize((scope) => declare(new SshHost(scope, "host", { ...PROPS, ...props }), scope));
  const steps = Object.values(json.resource.terraform_data) as Json[];
  const step = (name: string) => steps.find((each) => each["//"].metadata.path.endsWith(name));
  const run = (name: string) => step(name).provisioner[0]["local-exec"];
  const manifest = Object.entries(json.locals).find(([name]) => /Manifest/.test(name))?.[1] as Json;
  return { json, step, run, manifest, text: JSON.stringify(json) };
}

const app = (host: SshHost, scope: TerraformStack, more = {}) =>
  host.run("app", { image: image(scope), port: 8080, health: HealthCheck.http("/"), ...more });

test("is a release, the steps that bring it, and one that clears the server; nothing of AWS", () => {
  const { json, run, step, manifest } = synth((host, scope) => {
    host.serve("shop.example.com", { "/": app(host, scope) });
  });
  expect(Object.keys(json.resource)).toEqual(["terraform_data"]);
  expect(Object.keys(json.terraform.required_providers ?? {})).not.toContain("aws");
  const { environment, command } = run("Deploy/Resource");
  expect(command).toMatch(/^sh files\/[0-9a-f]{16}\/deploy\.sh deploy$/);
  expect(environment).toMatchObject({
    SLIPWAY_HOST: "stack/host",
    SLIPWAY_ADDRESS: "web.example.com",
    SLIPWAY_PORT: "22",
    SLIPWAY_USER: "deploy",
    SLIPWAY_HOST_KEY: KEY.hostKey,
    SLIPWAY_FINGERPRINT: KEY.fingerprint,
    SLIPWAY_PLATFORM: "linux/amd64",
    SLIPWAY_PORTS: "80",
    SLIPWAY_MANIFEST: expect.stringMatching(/^\$\{base64gzip\(jsonencode\(local\.\w+\)\)\}$/),
    SLIPWAY_RELEASE: expect.stringMatching(/^\$\{sha256\(jsonencode\(local\.\w+\)\)\}$/),
  });
  expect(environment.SLIPWAY_SECRETS).toBeUndefined();
  expect(run("Deploy/Verify").command).toMatch(/deploy\.sh verify$/);
  expect(run("Removal")).toMatchObject({ command: expect.stringMatching(/deploy\.sh remove$/), when: "destroy" });
  expect(step("Deploy/Resource").triggers_replace.server).toBe("web.example.com");
  expect(manifest).toMatchObject({
    manifest: 3,
    host: "stack/host",
    ecr: [],
    agent: { document: "brought-by-ssh", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    services: [{ name: "app", image: `registry.example.com/app@${DIGEST}` }],
  });
});

test("a step of the destroy refers to nothing but itself", () => {
  const { run } = synth(app);
  expect(JSON.stringify(run("Removal").environment)).not.toContain("${");
});

test("another key, user or port tells nobody anything; another server is told", () => {
  const triggers = (props: Partial<SshHostProps>) => synth(app, props).step("Deploy/Resource").triggers_replace;
  const { manifest: _, ...usual } = triggers({});
  for (const props of [{ user: "admin" }, { port: 2222 }, { hostKey: hostKey("new").hostKey }])
    expect(triggers(props)).toMatchObject(usual);
  expect(triggers({ address: "web-2.example.com" })).not.toMatchObject(usual);
});

test("the server is told after what its images wait for", () => {
  const { step } = synth((host, scope) => app(host, scope));
  expect(step("Deploy/Resource").depends_on).toEqual([expect.stringMatching(/Removal/)]);
  expect(step("Deploy/Verify").depends_on).toEqual([expect.stringMatching(/Deploy/)]);
});

test("with TLS visitors come in by two ports, and the agent asks for certificates as a nano's does", () => {
  const { run, manifest } = synth(
    (host, scope) => {
      const site = host.serve("shop.example.com", { "/": app(host, scope) });
      expect(host.urlOf(site)).toBe("https://shop.example.com/");
    },
    { tls: Tls.acme({ email: "ops@example.com", agreeToTerms: true }) },
  );
  expect(run("Deploy/Resource").environment.SLIPWAY_PORTS).toBe("80 443");
  expect(manifest.tls).toMatchObject([{ name: "shop.example.com", acme: { email: "ops@example.com" } }]);
});

test("volumes, tasks and schedules are a nano's; data lies on the server's own disk", () => {
  const { manifest } = synth((host, scope) => {
    app(host, scope, { mounts: { "/data": Mount.volume("data") } });
    host.task("migrate", { image: image(scope, "migrate"), command: ["migrate"] });
    host.schedule("report", { image: image(scope, "report"), cron: "0 3 * * *" });
  });
  expect(manifest.services[0].mounts).toEqual({ "/data": { kind: "volume", volume: "data" } });
  expect(manifest.taskLedger).toBe("/slipway/stack/host/tasks");
  expect(manifest.tasks).toMatchObject([{ name: "migrate", spec: expect.stringContaining("sha256") }]);
  expect(manifest.schedules).toMatchObject([{ name: "report" }]);
  expect(manifest.dataVolume).toBeUndefined();
});

describe("secrets", () => {
  const login = { username: "reader", password: Secret.fromEnvironment("TOKEN") };
  const declared = () =>
    synth((host, scope) => {
      const hub = new DockerHub(scope, "hub", { namespace: "shop", pullLogin: login });
      const repository = hub.repository("app");
      host.run("app", {
        image: image(scope, "app", { image: `${repository.uri}@${DIGEST}`, repository }),
        port: 80,
        secrets: { DB: Secret.fromEnvironment("DB_PASSWORD", { version: 2 }), KEY: Secret.fromFile("~/key") },
      });
    });

  test("are in the manifest by what the server calls them, and in the step by where the deployer has them", () => {
    const { manifest, run } = declared();
    expect(manifest.services[0].secrets).toEqual({
      DB: { from: "parameter", id: "/deployer/environment/DB_PASSWORD@2", as: "file", version: "2" },
      KEY: { from: "parameter", id: "/deployer/file/~/key", as: "file" },
    });
    expect(manifest.logins).toEqual([
      {
        repository: "docker.io/shop/app",
        registry: "https://index.docker.io/v1/",
        username: "reader",
        password: { from: "parameter", id: "/deployer/environment/TOKEN" },
      },
    ]);
    expect(run("Deploy/Resource").environment.SLIPWAY_SECRETS.split("\n")).toEqual([
      "keep\tenvironment\tDB_PASSWORD\t/deployer/environment/DB_PASSWORD@2",
      "keep\tfile\t~/key\t/deployer/file/~/key",
      "once\tenvironment\tTOKEN\t/deployer/environment/TOKEN",
    ]);
  });

  test("never stand in the JSON", () => {
    process.env.DB_PASSWORD = "s3cret-in-the-environment";
    expect(declared().text).not.toContain(process.env.DB_PASSWORD);
    delete process.env.DB_PASSWORD;
  });
});

test.each<[string, Partial<Record<string, unknown>>, string]>([
  [
    "an address that is an option",
    { address: "-oProxyCommand=id" },
    "stack/host: address: address must be a name or an IP address",
  ],
  ["a user that is an option", { user: "-l" }, "stack/host: user: user must be a user's name"],
  ["no host key", { hostKey: undefined }, "host key must be the server's public key"],
  ["a port out of range", { port: 70_000 }, "ssh port"],
  ["another system", { platform: Platform.parse("windows/amd64") }, "must be one of Linux"],
  ["a deadline out of range", { deadlineSeconds: 1 }, "deadline must be from 60 to 7200 seconds"],
  ["a log group", { logs: { retentionDays: 7 } }, "logs: an SshHost has none: CloudWatch is AWS's"],
  ["alarms", { usageAlarms: true }, "usageAlarms: an SshHost has none: CloudWatch is AWS's"],
  ["an EBS volume", { dataVolume: { sizeGiB: 10 } }, "dataVolume: an SshHost has none: an EBS volume is AWS's"],
  ["a zone", { zone: { id: "Z1" } }, "zone: an SshHost has none: Route 53 is AWS's"],
  ["a resolver of everybody's", { resolver: "8.8.8.8" }, "resolver must be a loopback or private IPv4 address"],
  ["a misspelt option", { adress: "a" }, "address"],
  ["a certificate of the engine's", { tls: Tls.local() }, "tls"],
])("%s is refused", (_, props, why) => {
  expect(() => synth(() => {}, props as Partial<SshHostProps>)).toThrow(why);
});

test.each<[string, (host: SshHost, scope: TerraformStack) => void, string]>([
  [
    "an image of this machine's registry",
    (host, scope) => {
      const repository = new SelfHostedRegistry(scope, "registry", { port: 5001 }).repository("app");
      host.run("app", { image: image(scope, "app", { image: `${repository.uri}@${DIGEST}`, repository }), port: 80 });
    },
    "where a server finds nothing",
  ],
  [
    "an image without a platform",
    (host, scope) => {
      host.run("app", { image: image(scope, "app", { platform: undefined }), port: 80 });
    },
    "has no platform, and the host stack/host runs linux/amd64",
  ],
  [
    "an image of another platform",
    (host, scope) => {
      host.run("app", { image: image(scope, "app", { platform: Platform.LINUX_ARM64 }), port: 80 });
    },
    "linux/arm64",
  ],
])("%s is refused by the line that declares it", (_, declare, why) => {
  expect(() => synth(declare)).toThrow(why);
});

test("a release that is too long for a step is refused with both sizes", () => {
  const text = (at: number) => createHash("sha512").update(`${at}`).digest("base64");
  const env = { TEXT: Array.from({ length: 2500 }, (_, at) => text(at)).join("") };
  expect(() => synth((host, scope) => app(host, scope, { env }))).toThrow(
    /release of stack\/host must be at most 130000 characters compressed, got \d{6}/,
  );
});

test("synth is the same bytes each time, the archive of the agent too", () => {
  const { text, environment } = {
    text: synth(app).json.json,
    environment: synth(app).run("Deploy/Resource").environment,
  };
  expect(synth(app).json.json === text).toBe(true);
  expect(synth(app).run("Deploy/Resource").environment).toEqual(environment);
});

test("the commands that go by sudo stand in the documentation as they are run", () => {
  const docs = readFileSync(join(__dirname, "../../../docs/ssh-host.md"), "utf8");
  expect(docs).toContain("/usr/bin/install -o root -g root -m 755 .slipway-agent /usr/local/sbin/slipway-agent");
  expect(docs).toContain("/usr/local/sbin/slipway-agent *");
});
