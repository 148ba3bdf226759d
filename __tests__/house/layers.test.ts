import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { circle, imports, ROOT, sources } from "./house.ts";

/** Who may import whom; a layer may always import itself. */
const LAYERS: Record<string, readonly string[]> = {
  values: [],
  dockerfile: ["values"],
  context: ["values"],
  release: ["values"],
  nginx: ["values", "release"],
  terraform: ["values"],
  compose: ["values", "dockerfile", "release"],
  docker: ["values", "dockerfile", "context", "terraform"],
  rollout: ["values", "release", "nginx"],
  "host-agent": ["values", "release", "nginx", "terraform", "docker", "rollout"],
  hosts: ["values", "dockerfile", "context", "release", "nginx", "terraform", "docker", "rollout", "host-agent"],
  aws: ["values", "dockerfile", "context", "release", "nginx", "terraform", "docker", "rollout", "host-agent", "hosts"],
  review: [
    "values",
    "dockerfile",
    "context",
    "release",
    "nginx",
    "terraform",
    "docker",
    "rollout",
    "host-agent",
    "hosts",
    "aws",
  ],
  testing: ["values", "release", "nginx", "terraform", "hosts", "review"],
  cli: [
    "values",
    "dockerfile",
    "context",
    "release",
    "nginx",
    "terraform",
    "docker",
    "rollout",
    "host-agent",
    "hosts",
    "aws",
    "review",
    "compose",
  ],
  rehearsal: ["values", "dockerfile", "review", "terraform", "cli"],
};
const ENTRY_POINTS = ["src/index.ts", "src/aws/index.ts", "src/testing/index.ts"];
const LONGEST_FILE = 250;
const VAGUE = /^(utils?|common|helpers?|types|manager|misc)$/;

const layerOf = (file: string) => file.split("/")[1] as string;
const house = sources("src").filter((file) => !ENTRY_POINTS.includes(file));
const everything = house.flatMap(imports);

test("the house has files in every layer that it names, and no other folder", () => {
  expect(house.length).toBeGreaterThan(40);
  expect([...new Set(house.map(layerOf))].filter((layer) => !(layer in LAYERS))).toEqual([]);
});

test("imports run downward only", () => {
  const upward = everything.filter(
    ({ from, to }) =>
      to?.startsWith("src/") && layerOf(to) !== layerOf(from) && !LAYERS[layerOf(from)]?.includes(layerOf(to)),
  );
  expect(upward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("nothing in the house imports from outside it, or from an entry point", () => {
  const outward = everything.filter(
    ({ to }) => to !== undefined && (!to.startsWith("src/") || ENTRY_POINTS.includes(to)),
  );
  expect(outward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("no file imports itself by a detour", () => {
  const edges = new Map(house.map((file) => [file, imports(file).flatMap(({ to }) => (to ? [to] : []))]));
  expect(circle(edges)).toBeUndefined();
});

test("a circle would be found", () => {
  expect(
    circle(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ]),
    ),
  ).toEqual(["b", "c", "b"]);
});

test("what is below the constructs knows nothing of Terraform; values touch no disk", () => {
  const pure = everything.filter(({ from }) =>
    ["values", "dockerfile", "context", "release", "nginx", "rollout", "compose"].includes(layerOf(from)),
  );
  expect(pure.filter(({ specifier }) => /^(cdktf|constructs|@cdktf\/)/.test(specifier))).toEqual([]);
  expect(
    everything.filter(
      ({ from, specifier }) => layerOf(from) === "values" && /^(node:)?(fs|child_process|http)/.test(specifier),
    ),
  ).toEqual([]);
});

test("providers are imported one resource at a time, and Amazon's only in its layer", () => {
  const providers = [
    ...everything,
    ...ENTRY_POINTS.filter((file) => sources("src").includes(file)).flatMap(imports),
    ...sources("stacks").flatMap(imports),
  ].filter(({ specifier }) => specifier.startsWith("@cdktf/"));
  expect(
    providers.filter(({ specifier }) => !/^@cdktf\/provider-(docker|aws)\/lib\/[a-z0-9-]+$/.test(specifier)),
  ).toEqual([]);
  expect(
    providers
      .filter(({ from, specifier }) => specifier.includes("provider-aws") && !from.startsWith("src/aws/"))
      .map(({ from }) => from),
  ).toEqual([]);
});

// What these take of it is Terraform's own functions and locals, and a look behind a token; nothing of it is re-exported.
const CORE_OUTSIDE_THE_DOOR = [
  "src/aws/nano/elastic-ip.ts",
  "src/aws/nano/nano-release.ts",
  "src/aws/nano/vpc-subnet.ts",
  "src/aws/s3-state.ts",
  "src/docker/registry-secrets.ts",
  "src/host-agent/manifest-locals.ts",
  "src/hosts/local/local-release.ts",
  "src/hosts/swarm/swarm-service.ts",
];

test("CDKTF's core is met at the door, and in the files that are named here", () => {
  const users = everything.filter(({ specifier }) => /^(cdktf|cdktn)(\/|$)/.test(specifier)).map(({ from }) => from);
  expect([...new Set(users)].filter((file) => layerOf(file) !== "terraform").sort()).toEqual(CORE_OUTSIDE_THE_DOOR);
});

/** Looked up in `cdktf` 0.21 and `cdktn` 0.24; whoever needs another name looks it up in both. */
const IN_BOTH_CORES = new Set(
  "Annotations App Aspects DefaultTokenResolver Fn Lazy LocalBackend S3Backend StringConcat TerraformLocal TerraformOutput TerraformProvider TerraformResource TerraformStack TerraformVariable Token Tokenization dependable".split(
    " ",
  ),
);

test("of the core only what CDK Terrain has as well, and no question by class, for the two have different ones", () => {
  const named = house.flatMap((file) =>
    [
      ...readFileSync(join(ROOT, file), "utf8").matchAll(
        /^import (?:type )?\{([^}]*)\} from "(?:cdktf|@cdktf\/[^"]*)";/gm,
      ),
    ].map(([text, names = ""]) => ({
      file,
      isCore: text.endsWith('"cdktf";'),
      names: names.split(",").map(
        (name) =>
          name
            .trim()
            .replace(/^type /, "")
            .split(" as ")
            .at(-1) as string,
      ),
    })),
  );
  const core = named.filter(({ isCore }) => isCore);
  expect(core.length).toBeGreaterThan(5);
  expect(core.flatMap(({ names }) => names).filter((name) => !IN_BOTH_CORES.has(name))).toEqual([]);
  const asked = named.flatMap(({ file, names }) =>
    names.filter((name) => new RegExp(`instanceof ${name}\\b`).test(readFileSync(join(ROOT, file), "utf8"))),
  );
  expect(asked).toEqual([]);
});

test("a file is one noun of a comfortable length, and no drawer for the rest", () => {
  const long = house.filter((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > LONGEST_FILE + 1);
  expect(long).toEqual([]);
  expect(house.filter((file) => VAGUE.test(basename(file, ".ts")))).toEqual([]);
  expect(house.filter((file) => basename(file) === "index.ts")).toEqual([]);
});

test("files are named in kebab-case", () => {
  expect(house.map((file) => basename(file, ".ts")).filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual(
    [],
  );
});

test("stacks stand on the entry points alone", () => {
  const deep = sources("stacks")
    .flatMap(imports)
    .filter(({ to }) => to?.startsWith("src/") && !ENTRY_POINTS.includes(to));
  expect(deep.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("no TypeScript requires an ES module, which a Node before 20.19 or 22.12 cannot", () => {
  const required = sources("src")
    .flatMap(imports)
    .filter(({ specifier, typeOnly, isDynamic }) => specifier.endsWith(".mjs") && !typeOnly && !isDynamic);
  expect(required.map(({ from, specifier }) => `${from} ${specifier}`)).toEqual([]);
});
