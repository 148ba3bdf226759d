import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "../../src/aws/index.ts";
import { run } from "../../src/cli/command.mjs";
import * as slipway from "../../src/index.ts";
import { ROOT } from "../house/house.ts";
import { blocksOf } from "./blocks.ts";
import { CASES } from "./typescript-cases.ts";

/** The compiler, and a process for the synth. */
jest.setTimeout(120_000);

const blocks = [
  "README.md",
  "docs/data-volume.md",
  "docs/images.md",
  "docs/nano-fleet.md",
  "docs/secrets.md",
  "docs/signing.md",
]
  .flatMap(blocksOf)
  .filter(
    ({ language, section }) => language === "ts" && section !== "Testing it", // which is a test, see documented.test.ts
  );
const firstLine = (text: string) => text.slice(0, text.indexOf("\n"));

const folder = mkdtempSync(join(tmpdir(), "slipway-readme-"));
const IMPORT = /^import .*\n/gm;

/** Runs all of them in one process, and prints what each had to say. */
const ALL = `
const problems = [];
for (let at = 0; at < ${blocks.length}; at += 1) {
  process.env.CDKTF_OUTDIR = \`out-\${at}\`;
  problems.push(await import(\`./block-\${at}.ts\`).then(() => "", ({ message }) => message));
}
console.log(JSON.stringify(problems));
`;

/** A block as a program: what it leaves out that the page has said before is added, and it synthesizes one stack. */
function programOf(text: string): string {
  const { before = "", around: [open, close] = ["", ""], imports: more = "", whole } = CASES[firstLine(text)] ?? {};
  if (whole) return text;
  const imports = `${more}${[...text.matchAll(IMPORT)].join("")}`;
  const body = `${before}\n${open}${text.replaceAll(IMPORT, "")}${close}`;
  const names = (module: object, specifier: string) => {
    const used = Object.keys(module).filter(
      (name) => new RegExp(`\\b${name}\\b`).test(body) && !new RegExp(`\\b${name}\\b`).test(imports),
    );
    return used.length === 0 ? "" : `import { ${used.join(", ")} } from "${specifier}";\n`;
  };
  const { Secret: _ofAws, ...ofAws } = aws;
  return `${imports}${names(slipway, "slipway")}${names(ofAws, "slipway/aws")}import { App, TerraformStack } from "cdktf";
class ReadmeStack extends TerraformStack {
  constructor(scope: App, id: string) {
    super(scope, id);
    ${body}
  }
}
const app = new App();
new ReadmeStack(app, "readme");
app.synth();
`;
}

beforeAll(() => {
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const app of ["app", "apps/catalog"]) {
    mkdirSync(join(folder, app), { recursive: true });
    writeFileSync(join(folder, app, "Dockerfile"), "FROM scratch\nCOPY . /\nEXPOSE 8000\n");
  }
  const source = (file: string) => [join(ROOT, "src", file)];
  const paths = { slipway: source("index.ts"), "slipway/aws": source("aws/index.ts") };
  const options = {
    paths,
    allowJs: true,
    esModuleInterop: true,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
  };
  const base = { extends: join(ROOT, "tsconfig.json"), compilerOptions: options, include: ["block-*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(base));
  const { version, images } = JSON.parse(readFileSync(join(ROOT, "slipway.lock.json"), "utf8"));
  images["docker.io/library/redis:7"] = `sha256:${"0".repeat(64)}`;
  writeFileSync(join(folder, "slipway.lock.json"), JSON.stringify({ version, images }));
  writeFileSync(join(folder, "all.mts"), ALL);
  for (const [at, { text }] of blocks.entries()) writeFileSync(join(folder, `block-${at}.ts`), programOf(text));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every block of TypeScript is known here", () => {
  expect(blocks.map(({ text }) => firstLine(text)).sort()).toEqual(Object.keys(CASES).sort());
});

test("every block of TypeScript has the types that it says", async () => {
  const tsc = [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit"];
  const { code, stdout } = await run(process.execPath, tsc, { cwd: folder });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
});

test("every block of TypeScript synthesizes", async () => {
  const env = {
    ...process.env,
    TSX_TSCONFIG_PATH: join(folder, "tsconfig.json"),
    SLIPWAY_LOCKFILE: join(folder, "slipway.lock.json"),
  };
  const { stdout, stderr } = await run(process.execPath, ["--import", "tsx", "all.mts"], { cwd: folder, env });
  const problems = JSON.parse(stdout.slice(stdout.indexOf("[")) || JSON.stringify(stderr));
  expect(blocks.map(({ text }, at) => [firstLine(text), problems[at]])).toEqual(
    blocks.map(({ text }) => [firstLine(text), ""]),
  );
});
