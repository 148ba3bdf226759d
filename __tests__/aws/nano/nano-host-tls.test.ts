import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NanoHost, Secret } from "../../../src/aws/index.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import type { SiteOptions } from "../../../src/release/site-options.ts";
import { type AcmeOptions, Tls } from "../../../src/release/tls.ts";
import { selfSigned } from "../../self-signed.ts";
import { only } from "../../synthesize.ts";
import { nano } from "./nano-host-stack.ts";

const SITE = { "/": Backend.fromAddress("10.0.0.5:80") };
const ACCOUNT = { email: "ops@example.com", agreeToTerms: true } as const;
const acme = (more: Partial<AcmeOptions> = {}) => Tls.acme({ ...ACCOUNT, ...more });
const OWN = { directory: "https://ca.internal:9000/acme" };

const folder = mkdtempSync(join(tmpdir(), "slipway-ca-"));
const caFile = join(folder, "ca.pem");
const { certificate, key } = selfSigned(["ca.internal"]);
beforeAll(() => writeFileSync(caFile, key + certificate));
afterAll(() => rmSync(folder, { recursive: true }));

/** Ports that everybody may come in by. */
function openPorts(stack: ReturnType<typeof nano>): number[] {
  const rules = JSON.parse(stack.json).resource.aws_vpc_security_group_ingress_rule ?? {};
  const tcp = Object.values(rules as Record<string, { ip_protocol: string; from_port: number }>);
  return tcp.filter((rule) => rule.ip_protocol === "tcp").map((rule) => rule.from_port);
}

const policy = (stack: ReturnType<typeof nano>) => JSON.stringify(JSON.parse(stack.json).resource.aws_iam_role_policy);

test("the host gets a certificate for each of its names, and lets visitors in to 443", () => {
  let url = "";
  const stack = nano(
    (host) => {
      url = host.urlOf(host.serve("shop.example.com", SITE, { redirectFrom: ["www.example.com"] }));
    },
    { tls: acme() },
  );
  expect(url).toBe("https://shop.example.com/");
  expect(openPorts(stack)).toEqual([443, 80]);
  const { tls } = stack.manifest as unknown as { tls: Record<string, unknown>[] };
  expect(tls).toEqual(
    ["shop.example.com", "www.example.com"].map((name) => ({
      name,
      file: name,
      acme: { email: "ops@example.com", directory: "https://acme-v02.api.letsencrypt.org/directory" },
      before: expect.stringContaining("location /.well-known/acme-challenge/ {"),
      secured: expect.stringContaining(`ssl_certificate /var/lib/slipway/tls/${name}.pem;`),
      lost: expect.stringContaining("return 503;"),
    })),
  );
});

test("a host without TLS is told nothing of it, and 443 stays shut", () => {
  const stack = nano((host) => host.serve("shop.example.com", SITE));
  expect(openPorts(stack)).toEqual([80]);
  expect(stack.manifest).not.toHaveProperty("tls");
  expect(stack.manifest.sites).not.toContain("ssl");
});

test("a server of one's own is known by its authority alone, never by what else stands in the file", () => {
  const tls = acme({ ...OWN, caFile, externalAccount: { keyId: "kid", hmacKey: Secret.fromParameter("/ca/hmac") } });
  const stack = nano((host) => host.serve("shop.internal", SITE, { tls }));
  expect(stack.manifest).toMatchObject({
    tls: [
      {
        acme: {
          directory: OWN.directory,
          ca: certificate,
          account: { keyId: "kid", hmacKey: { from: "parameter", id: "/ca/hmac" } },
        },
      },
    ],
  });
  expect(stack.json).not.toContain("PRIVATE KEY");
  expect(policy(stack)).toContain("parameter/ca/hmac");
});

test("a certificate that is a secret is the host's to read, and no key is in what is synthesized", () => {
  const tls = Tls.certificate(Secret.fromSecretsManager("shop/tls", { key: "pem" }));
  const stack = nano((host) => host.serve("*.example.com", SITE, { tls }));
  expect(stack.manifest).toMatchObject({
    tls: [
      {
        name: "*.example.com",
        file: "_.example.com",
        certificate: { from: "secrets-manager", id: "shop/tls", key: "pem" },
      },
    ],
  });
  expect(policy(stack)).toContain("secret:shop/tls-??????");
});

test("five names with TLS leave room in a release", () => {
  const names = Array.from({ length: 5 }, (_, at) => `shop-${at}.example.com`);
  expect(() => nano((host) => names.map((name) => host.serve(name, SITE)), { tls: acme() })).not.toThrow();
});

test.each<[string, (host: NanoHost) => unknown, string]>([
  [
    "a certificate of the developer's machine",
    (host) => host.serve("shop.example.com", SITE, { tls: Tls.local() }),
    "tls: is Tls.local(), which the host stack/host cannot do: write Tls.acme({ email, agreeToTerms: true }) or Tls.certificate(secret)",
  ],
  ["a wildcard by HTTP-01", (host) => host.serve("*.example.com", SITE, { tls: acme() }), "must not be a wildcard"],
  [
    "an alias that no public server signs",
    (host) => host.serve("shop.example.com", SITE, { tls: acme(), aliases: ["shop.internal"] }),
    'must have a public suffix, since a public ACME server signs it, got "shop.internal"',
  ],
  [
    "a file that is not there",
    (host) => host.serve("shop.internal", SITE, { tls: acme({ ...OWN, caFile: "/no/such.pem" }) }),
    'caFile must be a file that can be read, got "/no/such.pem"',
  ],
  [
    "a file without a certificate",
    (host) => host.serve("shop.internal", SITE, { tls: acme({ ...OWN, caFile: __filename }) }),
    "caFile must hold a certificate in PEM",
  ],
  [
    "a secret of another class",
    (host) =>
      host.serve("shop.example.com", SITE, { tls: Tls.certificate({ source: { kind: "parameter", id: "/x" } }) }),
    "must be made by Secret.fromParameter or Secret.fromSecretsManager",
  ],
  [
    "a secret of a kind that it does not read",
    (host) => host.serve("shop.example.com", SITE, { tls: Tls.certificate({ source: { kind: "file", id: "/x" } }) }),
    "is of the kind file, which the host stack/host does not read",
  ],
])("refuses %s", (_, declare, message) => {
  expect(() => nano(declare)).toThrow(message);
});

test("refuses at the host what it cannot do", () => {
  expect(() => nano(() => {}, { tls: Tls.local() })).toThrow(
    "tls: is Tls.local(), which the host stack/host cannot do",
  );
});

test("a site with passwords tells the host where they are, and lets it read those", () => {
  const users = { alice: Secret.fromSecretsManager("alice", { version: 2 }), bob: Secret.fromParameter("/bob") };
  const stack = nano((host) => host.serve("shop.example.com", SITE, { tls: acme(), basicAuth: { users } }));
  const { basicAuth } = stack.manifest as unknown as { basicAuth: { file: string }[] };
  expect(basicAuth).toEqual([
    {
      name: "shop.example.com",
      file: expect.stringMatching(/^shop\.example\.com-[0-9a-f]{8}$/),
      users: {
        alice: { from: "secrets-manager", id: "alice", version: "2" },
        bob: { from: "parameter", id: "/bob" },
      },
    },
  ]);
  expect(stack.json).toContain(`auth_basic_user_file /run/slipway-htpasswd/${basicAuth[0]?.file};`);
  const { policy } = only(stack, "aws_iam_role_policy");
  for (const arn of ["secret:alice-??????", "parameter/bob"]) expect(policy).toContain(arn);
});

test.each<[string, SiteOptions, string]>([
  [
    "passwords without TLS",
    { basicAuth: { users: { alice: Secret.fromParameter("/a") } } },
    "basicAuth must come with tls",
  ],
  [
    "a password itself, which it does not repeat",
    { tls: acme(), basicAuth: { users: { alice: "hunter2" as never } } },
    "stack/host/Site-shop.example.com: basicAuth.users[alice]: must be a Secret, got string: write Secret.fromParameter or Secret.fromSecretsManager with its name",
  ],
  [
    "a password of the deployer's",
    { tls: acme(), basicAuth: { users: { alice: Secret.fromEnvironment("ALICE") } } },
    "is of the kind environment, which the host stack/host does not read: write Secret.fromParameter or Secret.fromSecretsManager",
  ],
])("refuses %s", (_, options, message) => {
  expect(() => nano((host) => host.serve("shop.example.com", SITE, options))).toThrow(message);
});
