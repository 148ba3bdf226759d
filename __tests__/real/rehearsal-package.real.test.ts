import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConsumerWorkspace } from "../../scripts/consumer/consumer-workspace.mjs";
import { requireProgram, runProgram } from "../../src/rehearsal/program.ts";
import { selfSigned } from "../self-signed.ts";

const ROOT = resolve(__dirname, "../..");
/**
 * A stack of somebody's own: its account, its region, its zone, secrets, certificates of Let's Encrypt and of an ACME server
 * of its own, and a state where Terraform keeps it by itself.
 */
const PROGRAM = `
const { App, TerraformStack } = require("cdktf");
const { BuiltImage, HealthCheck, Tls } = require("slipway");
const { AwsAccount, EcrRegistry, NanoHost, Secret } = require("slipway/aws");

const app = new App();
const stack = new TerraformStack(app, "shop");
new AwsAccount(stack, "aws", { account: "210987654321", region: "eu-central-1" });
const host = new NanoHost(stack, "host", {
  instanceType: process.env.SLIPWAY_INSTANCE_TYPE,
  zone: { id: "Z0123456789ABCDEFGHIJ" },
  outbound: [{ port: 14000, description: "an ACME server" }],
});
const repository = new EcrRegistry(stack, "registry", { deleteWithImages: true }).repository("shop");
const image = new BuiltImage(stack, "image", { context: "app", repository, platform: host.platform });
const health = HealthCheck.http("/", { interval: 1, startPeriod: 1 });
const secrets = {
  TOKEN: Secret.fromParameter("/shop/token"),
  PASSWORD: Secret.fromSecretsManager("shop/db", { key: "password" }),
};
const env = { VERSION: process.env.VERSION ?? "1" };
const web = host.run("web", { image, port: 8080, health, secrets, env, memoryMiB: 32 });
const account = { email: "ops@example.com", agreeToTerms: true };
host.serve("shop.example.com", { "/": web }, { tls: Tls.acme(account), hsts: { maxAge: 300 } });
host.serve("admin.example.com", { "/": web }, {
  tls: Tls.acme({
    ...account,
    directory: "https://ca.example.net:14000/acme/directory",
    caFile: "ca.pem",
    externalAccount: { keyId: "kid-1", hmacKey: Secret.fromParameter("/shop/ca") },
  }),
  basicAuth: { users: { alice: Secret.fromParameter("/shop/alice") } },
});
new TerraformStack(app, "other");
app.synth();
`;
const DOCKERFILE = `FROM busybox:1.36
COPY page /srv/index.html
STOPSIGNAL SIGKILL
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv"]
`;
/** Seconds without a line after which somebody at a terminal would wonder. */
const LONGEST_SILENCE = 25;

const project = mkdtempSync(join(tmpdir(), "slipway-rehearsed-"));
const modules = join(project, "node_modules");

/** The package as npm would deliver it, in an otherwise empty folder with what its project installs. */
beforeAll(async () => {
  const work = mkdtempSync(join(tmpdir(), "slipway-packed-"));
  const packed = await ConsumerWorkspace.pack(work);
  await requireProgram("tar", ["xzf", packed.slipway, "-C", work]);
  mkdirSync(modules);
  cpSync(join(work, "package"), join(modules, "slipway"), { recursive: true });
  rmSync(work, { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(modules, "slipway/package.json"), "utf8"));
  const peers = ["cdktf", "constructs", "@cdktf/provider-docker", "@cdktf/provider-aws"];
  for (const name of [...Object.keys(dependencies), ...peers]) {
    mkdirSync(join(modules, name, ".."), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(project, "app"));
  const files = {
    "main.cjs": PROGRAM,
    "cdktf.json": JSON.stringify({ language: "typescript", app: "node main.cjs" }),
    "package.json": JSON.stringify({ private: true, slipway: { prepare: "slipway/offline" } }),
    "app/Dockerfile": DOCKERFILE,
    "app/page": "a shop of one's own\n",
    "ca.pem": selfSigned(["ca.example.net"]).certificate,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Runs the package's own command as somebody does who has nothing of this clone. @returns what it said, and the longest silence */
async function slipway(...words: string[]) {
  // Whatever prepared this clone is not there for them: the package finds its own way to images and providers.
  const { SLIPWAY_LOCKFILE: _, TF_CLI_CONFIG_FILE: __, ...env } = process.env;
  let last = Date.now();
  let silence = 0;
  const onOutput = () => {
    silence = Math.max(silence, Date.now() - last);
    last = Date.now();
  };
  const program = join(modules, "slipway/src/cli/slipway.mjs");
  const { code, stdout, stderr } = await runProgram(process.execPath, [program, ...words], {
    cwd: project,
    env,
    onOutput,
  });
  return { code, said: `${stdout}${stderr}`, silence: silence / 1000 };
}

test("a stack that is not of AWS is refused in seconds, and nothing is installed or raised for it", async () => {
  const { code, said } = await slipway("rehearse", "other");
  expect({ code, said }).toMatchObject({ code: 3, said: expect.stringContaining("other declares no host on AWS") });
  expect(said).not.toContain("check this machine\n  Docker");
}, 60_000);

test("a stack of one's own is rehearsed by the packed package, and the project is as it was", async () => {
  const before = readdirSync(project).sort();
  const report = join(tmpdir(), `slipway-rehearsed-${process.pid}.json`);
  const page = ["--name", "shop.example.com", "--text", "a shop of one's own"];
  const words = ["--prepared", "--install", ...page, "--next", "VERSION=2", "--report", report];
  const { code, said, silence } = await slipway("rehearse", ...words);
  const failed = /^ {2}FAILED .*$/gm;
  expect({ code, failed: said.match(failed), said }).toMatchObject({ code: 0, failed: null });
  console.log(said);
  const { checks, left } = JSON.parse(readFileSync(report, "utf8")) as { checks: { what: string }[]; left: string[] };
  rmSync(report);
  expect(left).toEqual([]);
  expect(checks.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      expect.stringContaining("shop.example.com/ answers with the application's body"),
      "https://shop.example.com answers with a certificate of the ACME server",
      "http://shop.example.com sends its visitors to https",
      "shop.example.com tells browsers to come by https alone",
      "https://admin.example.com answers with a certificate of the ACME server",
      "admin.example.com lets nobody in without a password",
      "a second plan is empty",
      "VERSION=2 changes something, and nothing of aws_instance.*",
      "after VERSION=2 shop.example.com answers",
      "destroy takes everything away",
    ]),
  );
  expect(said).toContain('what hosts read at /shop/alice, /shop/token, shop/db is the word "rehearsal"');
  expect(said).toContain("Z0123456789ABCDEFGHIJ is a zone that was made for the rehearsal");
  expect(said).toContain("the rehearsal's own authority takes the place of what ca.pem holds");
  expect(silence).toBeLessThan(LONGEST_SILENCE);
  expect(readdirSync(project).sort()).toEqual(before);
}, 400_000);
