import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ICruiseResult } from "dependency-cruiser";
import { ROOT, sources } from "./house.ts";
import { importDeclarations } from "./import-declarations.ts";
import { CORE_OUTSIDE_THE_DOOR, LAYERS } from "./layers.cjs";

const ENTRY_POINTS = ["src/index.ts", "src/aws/index.ts", "src/testing/index.ts"];
const LONGEST_FILE = 250;
const VAGUE = /^(utils?|common|helpers?|types|manager|misc)$/;
const RULES = join(__dirname, "dependencies.cjs");

const layerOf = (file: string) => file.split("/")[1] as string;
const house = sources("src").filter((file) => !ENTRY_POINTS.includes(file));

/** What dependency-cruiser finds in the folders of `root`, by our rules. Why as a program: it is an ES module, Jest's are not. */
function cruise(root: string, ...folders: string[]): ICruiseResult {
  const program = join(ROOT, "node_modules/.bin/depcruise");
  const text = execFileSync(program, ["--config", RULES, "--output-type", "json", ...folders], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return JSON.parse(text);
}

describe("dependencies", () => {
  const found = cruise(ROOT, "src", "stacks");

  test("are as the rules say", () => {
    expect(found.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    expect(found.modules.filter(({ source }) => source.startsWith("src/")).length).toBeGreaterThan(500);
  });

  test("have every layer that the rules name, and every file that they except", () => {
    expect([...new Set(house.map(layerOf))].filter((layer) => !(layer in LAYERS))).toEqual([]);
    const layers = new Set(found.modules.map(({ source }) => source.split("/")[1]));
    expect(Object.keys(LAYERS).filter((layer) => !layers.has(layer))).toEqual([]);
    const users = found.modules.filter(({ dependencies }) =>
      dependencies.some(({ resolved }) => resolved.startsWith("node_modules/cdktf/")),
    );
    const excepted = users.map(({ source }) => source).filter((file) => /^src\/(?!terraform\/)/.test(file));
    expect(excepted.sort()).toEqual([...CORE_OUTSIDE_THE_DOOR].sort());
  });
});

/** A tree that breaks each rule once: a file and what it imports, and which rule that breaks. */
const BROKEN: readonly [file: string, imported: string, rule: string][] = [
  ...Object.keys(LAYERS)
    .filter((layer) => layer !== "rehearsal")
    .map((layer): [string, string, string] => [`src/${layer}/upward.ts`, "../rehearsal/empty.ts", `downward-${layer}`]),
  ["src/rehearsal/upward.ts", "../testing/empty.ts", "downward-rehearsal"],
  ["src/utils/any.ts", "node:fs", "known-layer"],
  ["src/values/circle.ts", "./circle.ts", "no-circle"],
  ["src/values/entry.ts", "../index.ts", "no-entry-point"],
  ["src/values/outside.ts", "../../bench/empty.ts", "nothing-outside"],
  ["src/values/missing.ts", "./missing-too.ts", "there"],
  ["src/nginx/core.ts", "constructs", "pure"],
  ["src/values/disk.ts", "node:fs/promises", "values-do-no-io"],
  ["stacks/whole.ts", "@cdktf/provider-docker", "one-resource"],
  ["src/docker/aws.ts", "@cdktf/provider-aws/lib/instance", "aws-in-its-layer"],
  ["src/docker/core.ts", "cdktf", "core-at-the-door"],
  ["stacks/deep.ts", "../src/values/empty.ts", "stacks-by-entry-point"],
];

test("each rule fails where it is broken, and says where", () => {
  const root = mkdtempSync(join(tmpdir(), "slipway-dependencies-"));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  try {
    write("package.json", "{}");
    for (const file of ["src/rehearsal", "src/testing", "src/values", "bench"]) write(`${file}/empty.ts`, "export {};");
    write("src/index.ts", "export {};");
    for (const name of ["cdktf", "constructs", "@cdktf/provider-docker", "@cdktf/provider-aws/lib/instance"])
      write(`node_modules/${name}/index.js`, "");
    // `import type`, since what is imported for its type alone counts, too
    for (const [file, imported] of BROKEN)
      write(file, `import type * as it from "${imported}";\nexport type { it };\n`);
    const { violations } = cruise(root, "src", "stacks").summary;
    const said = new Set(violations.map(({ from, rule }) => `${rule.name} ${from}`));
    expect(BROKEN.map(([file, , rule]) => `${rule} ${file}`).filter((each) => !said.has(each))).toEqual([]);
    const { forbidden } = require(RULES) as { forbidden: { name: string }[] };
    expect(new Set(BROKEN.map(([, , rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
  } finally {
    rmSync(root, { recursive: true });
  }
});

/** Looked up in `cdktf` 0.21 and `cdktn` 0.24; another name has to be looked up in both. */
const IN_BOTH_CORES = new Set(
  "Annotations App Aspects DefaultTokenResolver Fn Lazy LocalBackend S3Backend StringConcat TerraformLocal TerraformOutput TerraformProvider TerraformResource TerraformStack TerraformVariable Token Tokenization dependable".split(
    " ",
  ),
);

test("of the core only what CDK Terrain has as well, and no question by class, for the two have different ones", () => {
  const declared = house.flatMap(importDeclarations).filter(({ specifier }) => /^(cdktf$|@cdktf\/)/.test(specifier));
  const core = declared.filter(({ specifier }) => specifier === "cdktf");
  expect(core.length).toBeGreaterThan(5);
  expect(core.flatMap(({ imported }) => imported).filter((name) => !IN_BOTH_CORES.has(name))).toEqual([]);
  const asked = declared.flatMap(({ from, local }) =>
    local.filter((name) => new RegExp(`instanceof ${name}\\b`).test(readFileSync(join(ROOT, from), "utf8"))),
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

test("no TypeScript requires an ES module, which a Node before 20.19 or 22.12 cannot", () => {
  const required = sources("src")
    .flatMap(importDeclarations)
    .filter(({ specifier, typeOnly }) => specifier.endsWith(".mjs") && !typeOnly);
  expect(required.map(({ from, specifier }) => `${from} ${specifier}`)).toEqual([]);
});
