import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArguments } from "../../../src/cli/arguments.mjs";
import { moduleName } from "../../../src/cli/init/module-name.ts";
import { packageSpec } from "../../../src/cli/init/package-spec.ts";
import type { Tools } from "../../../src/cli/tools.ts";
import { perform } from "../../../src/cli/verbs.ts";

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, "../../..");
const DIGEST = `sha256:${"a".repeat(64)}`;
const COMPOSE = `services:
  web:
    build: .
    ports: ["8080:80"]
    environment: {REDIS_URL: "redis://redis:6379", API_TOKEN: abcdef}
    depends_on: [redis]
    tty: true
    container_name: shop_web
  redis: {image: "redis:7", container_name: shop_redis, volumes: ["data:/data"]}
volumes: {data: {}}
`;

interface Run {
  readonly code: number;
  readonly said: string;
  readonly asked: readonly string[];
}

/** The verb in this process. @param registry whether it answers for images */
async function init(
  words: readonly string[],
  { registry = true, answer = undefined as string | undefined, at = ROOT } = {},
): Promise<Run> {
  const lines: string[] = [];
  const asked: string[] = [];
  const say = (text: string) => void lines.push(text);
  const terminal = {
    line: say,
    headline: say,
    note: (text: string) => say(`  ${text}`),
    remark: (text: string) => say(`  # ${text}`),
    step: (_title: string, work: () => unknown) => work(),
    ask: async (question: string) => {
      asked.push(question);
      return answer;
    },
  };
  const request = async () => {
    return { status: registry ? 200 : 403, headers: { "docker-content-digest": DIGEST }, body: Buffer.from("") };
  };
  const before = process.cwd();
  process.chdir(at);
  try {
    const code = await perform(parseArguments(["init", ...words]), { terminal, request } as unknown as Tools);
    return { code, said: lines.join("\n"), asked };
  } finally {
    process.chdir(before);
  }
}

const folder = (name = "shop") => join(mkdtempSync(join(tmpdir(), "slipway-init-")), name);

function composeProject(
  files: Readonly<Record<string, string>> = { Dockerfile: "FROM nginx:1.27\nEXPOSE 80\n" },
): string {
  const path = folder();
  mkdirSync(path);
  for (const [name, text] of Object.entries({ "compose.yaml": COMPOSE, ...files }))
    writeFileSync(join(path, name), text);
  return path;
}

function all(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(path.length + 1))
    .sort();
}

const OF_EVERY_PROJECT = [".github/workflows/slipway.yml", ".gitignore", "cdktf.json", "main.ts", "package.json"];
const read = (path: string, file: string) => readFileSync(join(path, file), "utf8");

let lockfile: string | undefined;
beforeEach(() => {
  lockfile = process.env.SLIPWAY_LOCKFILE;
  delete process.env.SLIPWAY_LOCKFILE;
});
afterEach(() => {
  if (lockfile !== undefined) process.env.SLIPWAY_LOCKFILE = lockfile;
});

test("a project of one page is written, its images pinned, and said what is next", async () => {
  const path = folder();
  const { code, said, asked } = await init([path]);
  expect(code).toBe(0);
  expect(all(path)).toEqual(
    [
      ...OF_EVERY_PROJECT,
      "app/.dockerignore",
      "app/Dockerfile",
      "app/index.html",
      "shop.test.ts",
      "shop.ts",
      "slipway.lock.json",
      "tsconfig.json",
    ].sort(),
  );
  expect(asked).toHaveLength(1);
  expect(Object.keys(JSON.parse(read(path, "slipway.lock.json")).images)).toEqual([
    "docker.io/library/busybox:1.37",
    "docker.io/library/nginx:1.30.5",
    "docker.io/library/registry:2.8.3",
  ]);
  expect(said).toContain("web is what visitors reach, at shop.localhost, port 8888\n");
  expect(
    said
      .slice(said.indexOf("Next:"))
      .split("\n")
      .map((line) => line.trim()),
  ).toEqual(["Next:", expect.stringMatching(/^cd .*shop$/), "npm install", "npx slipway up"]);
});

test("an answer that is neither place is refused, and nothing is written", async () => {
  const path = folder();
  await expect(init([path], { answer: "1" })).rejects.toThrow(
    'host must be local or aws, got "1": start anew, or write --host local or --host aws',
  );
  expect(existsSync(join(path, "package.json"))).toBe(false);
});

test("the directory that is proposed in place of one that is taken is another", async () => {
  const path = join(composeProject(), "deploy");
  mkdirSync(path);
  writeFileSync(join(path, "package.json"), "{}");
  await expect(init(["--from", "compose.yaml", "deploy"], { at: join(path, "..") })).rejects.toThrow(/ deploy-2$/);
});

test("where it runs is asked once, and an option or a lack of a terminal answers it", async () => {
  const [asked, aws, told, nobody] = [folder(), folder(), folder(), folder()];
  expect((await init([asked], { answer: "aws" })).asked).toHaveLength(1);
  expect(read(asked, "shop.ts")).toContain("new NanoHost(");
  expect((await init([aws, "--host", "aws"])).asked).toEqual([]);
  expect(JSON.parse(read(aws, "package.json")).dependencies).toHaveProperty(["@cdktf/provider-aws"]);
  expect((await init([told, "--host", "local"])).asked).toEqual([]);
  await init([nobody]);
  for (const path of [told, nobody]) expect(read(path, "shop.ts")).toContain("new LocalHost(");
});

test("a compose file becomes a project, and what has no equal is said there and here", async () => {
  const path = composeProject();
  const { said } = await init(["--from", "compose.yaml"], { at: path });
  expect(all(path)).toEqual(
    [
      ...OF_EVERY_PROJECT,
      ".dockerignore",
      "Dockerfile",
      "compose.yaml",
      "shop.test.ts",
      "shop.ts",
      "slipway.lock.json",
      "tsconfig.json",
    ].sort(),
  );
  expect(said).toContain("  web: tty: nobody types into a container of a host\n");
  expect(said).toContain("  redis, web: container_name: a release has two containers");
  expect(read(path, "shop.ts")).toContain("// tty: nobody types into a container of a host\n");
  expect(said).toContain("export API_TOKEN=…\n");
  for (const file of all(path).filter((each) => each !== "compose.yaml"))
    expect(read(path, file)).not.toContain("abcdef");
  expect(read(path, ".dockerignore").split("\n")).toContain("cdktf.out");
});

test("a project beside the compose file's folder finds what it builds there", async () => {
  const path = composeProject();
  await init(["--from", join(path, "compose.yaml"), join(path, "deploy")]);
  expect(read(path, "deploy/shop.ts")).toContain('context: ".."');
  expect(existsSync(join(path, ".dockerignore"))).toBe(false);
});

test.each([
  [
    "package.json",
    /has package\.json already: nothing is written, for nothing is written over; name another directory/,
  ],
  [".gitignore", /has \.gitignore already/],
])("where %s is there already, it is named and nothing is written", async (file, message) => {
  const path = composeProject({ Dockerfile: "FROM scratch\n", [file]: "mine" });
  await expect(init(["--from", "compose.yaml"], { at: path })).rejects.toThrow(message);
  expect(all(path)).toEqual(["Dockerfile", "compose.yaml", file].sort());
  expect(read(path, file)).toBe("mine");
});

test("other files of a directory are no obstacle", async () => {
  const path = folder();
  mkdirSync(path);
  writeFileSync(join(path, "notes.txt"), "mine");
  expect((await init([path])).code).toBe(0);
  expect(read(path, "notes.txt")).toBe("mine");
});

test("where a registry does not answer, a project is written all the same, and said that nothing is pinned", async () => {
  const path = folder();
  const { code, said } = await init([path], { registry: false });
  expect(code).toBe(0);
  expect(existsSync(join(path, "slipway.lock.json"))).toBe(false);
  expect(said).toMatch(
    / {2}# nothing is pinned: docker\.io\/library\/busybox:1\.37: docker\.io refuses it.*\n {2}npx slipway lock\n/,
  );
});

test.each([
  [{}, "gone.yml", /^--from must name a compose file, got gone\.yml, where none is: there is compose\.yaml$/],
  [{ "a.yml": "a: [1\nb: {\n" }, "a.yml", /^a\.yml must be YAML: .*, line \d+$/],
  [{ "a.yml": "- a\n" }, "a.yml", /^a\.yml must be a mapping with services, got something else$/],
  [{ "a.yml": "" }, "a.yml", /^a\.yml must be a mapping with services, got nothing$/],
  [{ "a.yml": "version: '3'\n" }, "a.yml", /^a\.yml must have services, got version: it declares none$/],
  [{ "a.yml": "web: {image: a}\n" }, "a.yml", /version 1 has its services at the top: put them below services:$/],
  [{ "a.yml": "services: {web: nginx}\n" }, "a.yml", /^a\.yml: services\.web must be a mapping$/],
  [{ "a.yml": "services: [web]\n" }, "a.yml", /^a\.yml: services must be a mapping of names$/],
  [
    { "a.yml": "services: {web: {extends: api}}\n" },
    "a.yml",
    /^a\.yml: services\.web extends api, which is not there$/,
  ],
  [{ "a.yml": "services: {web: {extends: web}}\n" }, "a.yml", /^a\.yml: services\.web must not extend itself$/],
  [
    { "a.yml": "services: {web: {image: 'a:${TAG'}}\n" },
    "a.yml",
    /^a variable must be written \$NAME or \$\{NAME:-default\}, got "a:\$\{TAG"/,
  ],
] as const)("of %j, %s is refused with what is wrong, and nothing is written", async (files, from, message) => {
  const path = composeProject(files);
  const there = all(path);
  await expect(init(["--from", from], { at: path })).rejects.toThrow(message);
  expect(all(path)).toEqual(there);
});

test.each([
  [["--form", "a.yml"], /^option must be one of .*, got --form: did you mean --from\?$/],
  [["--host", "azure"], /^--host must be local or aws, got azure$/],
  [["--from"], /^--from must be followed by its value$/],
  [["a", "b"], /^init takes \[directory\], got b too$/],
])("init %j is refused", (words, message) => {
  expect(() => parseArguments(["init", ...words])).toThrow(message);
});

test("both kinds of a project type-check, as they stand", async () => {
  const base = mkdtempSync(join(tmpdir(), "slipway-types-"));
  for (const host of ["local", "aws"]) {
    await init([join(base, host, "page"), "--host", host]);
    await init(["--from", join(composeProject(), "compose.yaml"), join(base, host, "shop"), "--host", host]);
  }
  const source = (path: string) => [join(ROOT, "src", path)];
  const paths = {
    slipway: source("index.ts"),
    "slipway/aws": source("aws/index.ts"),
    "slipway/testing": source("testing/index.ts"),
  };
  const own = JSON.parse(read(join(base, "local/page"), "tsconfig.json"));
  const modules = Object.fromEntries(["cdktf", "constructs"].map((name) => [name, [join(ROOT, "node_modules", name)]]));
  writeFileSync(
    join(base, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        ...own.compilerOptions,
        allowImportingTsExtensions: true,
        allowJs: true,
        paths: { ...paths, ...modules },
        typeRoots: [join(ROOT, "node_modules/@types")],
      },
      include: ["*/*/*.ts"],
    }),
  );
  const { stdout } = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", base], { encoding: "utf8" });
  expect(stdout).toBe("");
});

test("npm test of a written project passes", async () => {
  const path = folder();
  await init([path]);
  const modules = join(path, "node_modules");
  for (const name of ["slipway", "slipway/testing", "@cdktf"]) mkdirSync(join(modules, name), { recursive: true });
  for (const name of ["cdktf", "constructs", "tsx", "@cdktf/provider-docker"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  for (const [name, file] of [
    ["slipway", "index.ts"],
    ["slipway/testing", "testing/index.ts"],
  ] as const)
    writeFileSync(
      join(modules, name, "index.js"),
      `module.exports = require(${JSON.stringify(join(ROOT, "src", file))});\n`,
    );
  const { test: script } = JSON.parse(read(path, "package.json")).scripts;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { cwd: path, encoding: "utf8", env });
  expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
  expect(stdout).toMatch(/pass 2\b/);
});

test("a project asks for the very package that wrote it", () => {
  const base = mkdtempSync(join(tmpdir(), "slipway-npx-"));
  const own = join(base, "node_modules/slipway");
  mkdirSync(own, { recursive: true });
  const from = (resolved: string) => {
    const list = { packages: { "node_modules/slipway": { resolved } } };
    writeFileSync(join(base, "node_modules/.package-lock.json"), JSON.stringify(list));
    return packageSpec(own, { name: "slipway", version: "1.2.3", peerDependencies: {}, devDependencies: {} });
  };
  expect(from("file:../slipway-1.2.3.tgz")).toBe(`file:${resolve(base, "../slipway-1.2.3.tgz")}`);
  expect(from("https://registry.npmjs.org/slipway/-/slipway-1.2.3.tgz")).toBe("^1.2.3");
  expect(from("https://example.com/slipway.tgz")).toBe("https://example.com/slipway.tgz");
  expect(packageSpec(ROOT, { name: "slipway", version: "1.2.3", peerDependencies: {}, devDependencies: {} })).toBe(
    "^1.2.3",
  );
});

test("a project of the package for cdktn imports nothing of the one for cdktf", () => {
  const own = { name: "slipway-cdktn", version: "1.2.3", peerDependencies: { cdktn: "^0.24.0" }, devDependencies: {} };
  const names = ["cdktf", "slipway", "slipway/aws", "./slipway", "constructs", "node:test"];
  expect(names.map((name) => moduleName(name, own))).toEqual([
    "cdktn",
    "slipway-cdktn",
    "slipway-cdktn/aws",
    "./slipway",
    "constructs",
    "node:test",
  ]);
  expect(names.map((name) => moduleName(name))).toEqual(names);
});
