import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildAwsProvider, configureAwsProvider } from "../../scripts/engines/aws-provider.mjs";
import { PLATFORM, versionsIn } from "../../src/offline/provider-mirror.mjs";

const SUM = "h1:haLmsj0WF7e6d2TGbk0fbz5qWdA9f8w9sNpMe6J6WqM=";
const before = process.env.TF_CLI_CONFIG_FILE;
let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "slipway-aws-"));
});
afterEach(() => {
  rmSync(cacheDir, { recursive: true });
  if (before === undefined) delete process.env.TF_CLI_CONFIG_FILE;
  else process.env.TF_CLI_CONFIG_FILE = before;
});

/** A Go that has the module in its cache, with the given sum. */
function kit(sum = SUM) {
  const folder = join(cacheDir, "module");
  mkdirSync(join(folder, "internal"), { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module");
  const run = async (program: string, args: readonly string[], { cwd }: { cwd: string }) => {
    if (program === "nice") {
      expect(readFileSync(join(cwd, "go.mod"), "utf8")).toBe("module");
      writeFileSync(args[args.indexOf("-o") + 1] as string, "provider");
    }
    return { code: 0, stdout: JSON.stringify({ Dir: folder, Sum: sum }), stderr: "", timedOut: false };
  };
  return { cacheDir, run: run as never, log: () => {}, install: async () => {} };
}

test("the provider becomes a mirror that Terraform and our own look for mirrors read", async () => {
  const mirror = await buildAwsProvider(kit());
  const [found] = versionsIn(mirror, "hashicorp/aws");
  expect(found).toEqual({
    version: "6.47.1",
    folder: join(mirror, "registry.terraform.io/hashicorp/aws/6.47.1", PLATFORM),
  });
  expect(readFileSync(join(found?.folder as string, "terraform-provider-aws_v6.47.1"), "utf8")).toBe("provider");
});

test("source of another sum is not built", async () => {
  await expect(buildAwsProvider(kit("h1:other="))).rejects.toThrow(`must have the sum ${SUM}, got h1:other=`);
});

test.each([
  [
    "its own mirrors keep serving the rest",
    'filesystem_mirror {\n  path = "/opt/mirror"\n}',
    "filesystem_mirror /opt/mirror",
  ],
  ["the registry serves the rest", "", "direct"],
])("Amazon's provider comes from that mirror alone: %s", (_, text, rest) => {
  process.env.TF_CLI_CONFIG_FILE = join(cacheDir, "machine.tfrc");
  writeFileSync(process.env.TF_CLI_CONFIG_FILE, text);
  const file = join(cacheDir, "aws.tfrc");
  configureAwsProvider("/cache/aws", file);
  const blocks = [...readFileSync(file, "utf8").matchAll(/^ {2}(\w+) \{\n([^}]*)\}/gm)].map(([, kind, body = ""]) => [
    `${kind} ${/path += "(.*)"/.exec(body)?.[1] ?? ""}`.trim(),
    /(in|ex)clude/.exec(body)?.[0],
  ]);
  expect(blocks).toEqual([
    ["filesystem_mirror /cache/aws", "include"],
    [rest, "exclude"],
  ]);
});
