import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret as AwsSecret } from "../../../src/aws/secret.ts";
import type { ISecret } from "../../../src/hosts/host.ts";
import { LocalHost, PulledImage, Secret, Tls } from "../../../src/index.ts";
import { only, synthesize } from "../../synthesize.ts";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;

function run(secrets: Record<string, ISecret>) {
  return synthesize((scope) => {
    const image = new PulledImage(scope, "app", { image: IMAGE });
    new LocalHost(scope, "host").run("web", { image, port: 80, secrets });
  });
}

function serve(alice: ISecret) {
  return synthesize((scope) => {
    const host = new LocalHost(scope, "host", { tls: Tls.local() });
    const web = host.run("web", { image: new PulledImage(scope, "app", { image: IMAGE }), port: 80 });
    host.serve("shop.localhost", { "/": web }, { basicAuth: { users: { alice } } });
  });
}

/** The names of the volumes for secrets that the text of a stack has. */
const volumes = ({ json }: { json: string }) => json.match(/stack-host-web-secrets-[0-9a-f]{8}/g) ?? [];

test("secrets are a volume that a step fills before the container starts, which may only read it", () => {
  const stack = run({ DB: Secret.fromFile("secrets/db"), KEY: Secret.fromEnvironment("API_KEY") });
  expect(volumes(stack)).toHaveLength(1);
  expect(stack.json).toMatch(/"container_path": "\/run\/secrets",\s*"read_only": true/);
  expect(stack.json).toMatch(/"SLIPWAY_SECRETS": "DB\\tfile\\t[-./\w]*\/secrets\/db\\nKEY\\tenvironment\\tAPI_KEY"/);
  expect(stack.json).toMatch(
    /"depends_on": \[\s*"terraform_data.[^"]*Secrets_Fill_[0-9A-F]+",\s*"terraform_data.[^"]*Secrets_Fill_Verify/,
  );
});

test("another version, another place and another secret are another volume; the same declaration is not", () => {
  const declared = (secrets: Record<string, ISecret>) => volumes(run(secrets))[0];
  const first = declared({ DB: Secret.fromFile("db", { version: 1 }) });
  expect(declared({ DB: Secret.fromFile("db", { version: 1 }) })).toBe(first);
  const others: Record<string, ISecret>[] = [
    { DB: Secret.fromFile("db", { version: 2 }) },
    { DB: Secret.fromFile("other", { version: 1 }) },
    { DB: Secret.fromFile("db", { version: 1 }), KEY: Secret.fromEnvironment("KEY") },
  ];
  for (const secrets of others) expect(declared(secrets)).not.toBe(first);
});

test("a host without any has neither volume nor word of them", () => {
  const { json } = run({});
  expect(volumes({ json })).toEqual([]);
  expect(json).not.toContain("SLIPWAY_PASSWORDS");
  expect(json).not.toContain("/run/secrets");
});

test("passwords of sites are told by place", () => {
  const { json } = serve(Secret.fromFile("~/.config/shop/alice"));
  expect(json).toMatch(
    /"SLIPWAY_PASSWORDS": "shop\.localhost-[0-9a-f]{8}\\tshop\.localhost\\talice\\tfile\\t~\/\.config\/shop\/alice\\n"/,
  );
});

describe("a file that git keeps", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-tracked-"));
  mkdirSync(join(folder, "deep"));
  for (const name of ["deep/tracked", "untracked"]) writeFileSync(join(folder, name), "s3cret");
  const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, stdio: "ignore" });
  git("init");
  git("add", "deep/tracked");
  const tracked = Secret.fromFile(join(folder, "deep/tracked"));

  test("is refused, for a service and for a site", () => {
    const rule = `file of a secret must not be in git, got "${folder}/deep/tracked": take it out by git rm --cached`;
    expect(() => run({ DB: tracked })).toThrow(`stack/host/web: secrets[DB]: ${rule}`);
    expect(() => serve(tracked)).toThrow(`stack/host/Site-shop.localhost: basicAuth.users[alice]: ${rule}`);
  });

  test("one beside it is not, nor one that is not there yet", () => {
    expect(() =>
      run({ A: Secret.fromFile(join(folder, "untracked")), B: Secret.fromFile("/no/such/folder/x") }),
    ).not.toThrow();
  });
});

test("what a LocalHost does not read is refused with what it reads", () => {
  expect(() => run({ DB: AwsSecret.fromParameter("/db") })).toThrow(
    "stack/host/web: secrets[DB]: is of the kind parameter, which the host stack/host does not read: write Secret.fromFile or Secret.fromEnvironment",
  );
  expect(() => run({ DB: "hunter2" as never })).toThrow("must be a Secret, got string: write Secret.fromFile or");
});

test("the volume goes with what used it: it is the stack's own resource", () => {
  const stack = run({ DB: Secret.fromEnvironment("DB") });
  const names = Object.values(
    (JSON.parse(stack.json) as { resource: { docker_volume: Record<string, { name: string }> } }).resource
      .docker_volume,
  );
  expect(names.map(({ name }) => name).sort()).toEqual(["stack-host-nginxfiles", volumes(stack)[0]].sort());
  expect(only(stack, "docker_container", "host_web")).toBeDefined();
});
