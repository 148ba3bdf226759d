import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { RehearsedStack } from "../../src/rehearsal/rehearsed-stack.ts";
import { registryHostOf, unsupportedResources } from "../../src/rehearsal/unsupported-resources.ts";

const PLACE = { account: "123456789012", region: "eu-west-1" };
const ECR = registryHostOf(PLACE.account, PLACE.region);
const SITE = { name: "shop.example.com", routes: [{ path: "/", to: {} }], proxy: {} };

interface Declared {
  readonly registry?: string;
  readonly place?: { account: string; region: string };
  readonly sites?: readonly object[];
  readonly type?: string;
  readonly subnet?: string;
  readonly secrets?: object;
  readonly backend?: object;
}

/** A stack with one nano, as synth and its own description say it. */
function stack(declared: Declared = {}, hosts = 1): RehearsedStack {
  const { registry = ECR, place = PLACE, sites = [SITE], type = "t3.nano", subnet, secrets = {}, backend } = declared;
  const synthesized = new SynthesizedStack("shop", "/x", {
    ...(backend && { terraform: { backend } }),
    provider: { docker: [{ registry_auth: [{ address: registry }] }] },
    resource: { aws_instance: { host: { instance_type: type } } },
    data: { aws_subnet: subnet === undefined ? {} : { host: { id: subnet } } },
  } as never);
  const release = { sites, services: [{ name: "web", secrets }], drainSeconds: 1 };
  const host = { path: "shop/host", region: place.region, release, opened: [] };
  return new RehearsedStack(synthesized, { hosts: Array.from({ length: hosts }, () => host) } as never, place);
}

test("what a rehearsal has is played", () => {
  expect(unsupportedResources(stack(), "x64")).toEqual([]);
});

test.each([
  ["HSTS", { hsts: { maxAge: 1 } }],
  ["passwords", { basicAuth: { users: { alice: { kind: "parameter", id: "/alice" } } } }],
])("a name that is not served before its first certificate is played too: %s", (_, promised) => {
  const tls = { kind: "acme", email: "ops@example.com", directory: "https://acme-v02.api.letsencrypt.org/directory" };
  const closed = { ...SITE, name: "a.example.com", tls, ...promised };
  const declared = stack({ sites: [closed, SITE] });
  expect(declared.page()).toEqual({ name: "a.example.com", path: "/" });
  expect(unsupportedResources(declared, "x64")).toEqual([]);
});

test("an account at an ACME server has a key of its form, and no other secret does", () => {
  const hmacKey = { kind: "secrets-manager", id: "ca/key" };
  const tls = { kind: "acme", directory: "https://ca.example.net/dir", externalAccount: { keyId: "kid", hmacKey } };
  const secrets = { TOKEN: { kind: "parameter", id: "/token" } };
  expect(stack({ sites: [{ ...SITE, tls }], secrets }).secrets).toEqual([
    { kind: "parameter", id: "/token" },
    { ...hmacKey, value: expect.stringMatching(/^[A-Za-z0-9_-]{64}$/) },
  ]);
});

test.each([
  ["an S3 bucket", { s3: { bucket: "states", key: "shop" } }],
  ["Terraform's own folder", { local: { path: "terraform.tfstate" } }],
])("a stack that keeps its state in %s is played, for a rehearsal has a state of its own", (_, backend) => {
  expect(unsupportedResources(stack({ backend }), "x64")).toEqual([]);
});

test.each<[string, RehearsedStack, string, string]>([
  [
    "no host on AWS",
    stack({}, 0),
    "x64",
    "shop declares no host on AWS, and a rehearsal plays nothing else: npx slipway up shop",
  ],
  ["another registry", stack({ registry: "ghcr.io" }), "x64", "shop pushes to ghcr.io, and a rehearsal has ECR only"],
  ["no site", stack({ sites: [] }), "x64", "shop serves no name in full"],
  ["a wildcard alone", stack({ sites: [{ ...SITE, name: "*.example.com" }] }), "x64", "shop serves no name in full"],
  [
    "China",
    stack({ registry: registryHostOf(PLACE.account, "cn-north-1"), place: { ...PLACE, region: "cn-north-1" } }),
    "x64",
    "no region of China",
  ],
  ["x86-64 on arm64", stack(), "arm64", "shop has an instance of type t3.nano, and this machine is arm64"],
  ["a subnet", stack({ subnet: "subnet-0a1b" }), "x64", "shop names subnet-0a1b"],
  [
    "an ACME server at an address",
    stack({ sites: [{ ...SITE, tls: { kind: "acme", directory: "https://10.0.0.5:14000/dir" } }] }),
    "x64",
    "https://10.0.0.5:14000/dir is an ACME server at an address",
  ],
  [
    "a certificate of one's own",
    stack({ sites: [{ ...SITE, tls: { kind: "certificate", secret: { kind: "secrets-manager", id: "tls" } } }] }),
    "x64",
    "shop.example.com is served by a certificate of one's own",
  ],
  [
    "a secret by its ARN",
    stack({
      secrets: { KEY: { kind: "secrets-manager", id: "arn:aws:secretsmanager:eu-west-1:1:secret:key-AbCdEf" } },
    }),
    "x64",
    "arn:aws:secretsmanager:eu-west-1:1:secret:key-AbCdEf is a secret by an ARN",
  ],
])("what it has not is said before anything is raised: %s", (_, declared, processor, problem) => {
  expect(unsupportedResources(declared, processor)).toEqual([expect.stringContaining(problem)]);
});
