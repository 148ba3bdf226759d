import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JEST } from "../../scripts/consumer/cells.mjs";
import { parseArguments } from "../../src/cli/arguments.mjs";
import { BuiltImage, DockerHub, LocalHost, PulledImage } from "../../src/index.ts";
import { synthesize } from "../../src/testing/index.ts";
import { ROOT } from "../house/house.ts";
import { blocksOf } from "./blocks.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const all = blocksOf("README.md");
/** What is neither TypeScript nor a file of a project: commands, and one block of what synth says. */
const said = all.filter(({ text }) => text.startsWith("cats/host/web: "));
const shell = all.filter(
  (block) => (block.language === "sh" || (block.language === "" && block.file === undefined)) && !said.includes(block),
);

/** Every command of a kind that the page names, in blocks and in sentences; what is quoted in one is a word. */
const named = (pattern: RegExp) => {
  const page = README.replaceAll(/(npx slipway [^`\n"]*)"[^"\n]*"/g, "$1quoted");
  return [...new Set([...page.matchAll(pattern)].map(([, words]) => words as string))].sort();
};

test("every block of the README is looked at by a test", () => {
  const kinds = ["", "sh", "ts", "json", "dockerfile", "html"];
  expect(all.filter(({ language }) => !kinds.includes(language))).toEqual([]);
  expect(said).toHaveLength(1);
  expect(shell.length).toBeGreaterThanOrEqual(7);
});

test.each(shell.map(({ section, text }) => [section, text] as const))("a shell reads the commands of %s", (_, text) => {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test.each(named(/npm run ([a-z:]+)/g))("npm run %s is a script of the repository", (name) => {
  expect(Object.keys(scripts)).toContain(name);
});

const VERBS = named(/npx slipway ([^`\n"),]+?)(?=`|\n| {2}|"|\)|,)/g).filter((words) => !words.startsWith("VERB"));

test.each(VERBS)("npx slipway %s is something that the program takes", (words) => {
  const argv = words.replaceAll(/[[\]]/g, "").split(" ");
  const verb = argv.includes("--help") ? "help" : (argv[0] as string);
  expect(parseArguments(argv)).toMatchObject({ verb: expect.stringContaining(verb) });
});

test.each(named(/node (?:--import tsx )?((?:scripts|bench)\/[a-z./-]+)/g))("the program %s is there", (file) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
});

test.each(named(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))("the page %s is there", (file) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
});

test("the README says to Jest what the matrix has, and writes JSON", () => {
  const json = all.filter(({ language }) => language === "json").map(({ text }) => JSON.parse(text));
  expect(json).toContainEqual({ modulePathIgnorePatterns: JEST.modulePathIgnorePatterns });
});

const [service, context] = (said[0]?.text ?? "").split("\n");

test("synth says of a context without a Dockerfile what the README says", () => {
  const bare = mkdtempSync(join(tmpdir(), "slipway-readme-"));
  writeFileSync(join(bare, "app.py"), "");
  const declare = () =>
    synthesize(
      (stack) => {
        const repository = new DockerHub(stack, "hub", { namespace: "octo-org" }).repository("cats");
        new BuiltImage(stack, "image", { context: bare, repository });
      },
      { id: "cats" },
    );
  expect(context).toMatch(/…$/);
  expect(declare).toThrow((context as string).slice(0, -1).replace("apps/catalog", bare).trim());
});

test("synth says of a port what the README says", () => {
  const declare = () =>
    synthesize(
      (stack) => {
        const image = new PulledImage(stack, "image", { image: `registry@sha256:${"0".repeat(64)}` });
        new LocalHost(stack, "host").run("web", { image, port: 0 });
      },
      { id: "cats" },
    );
  expect(declare).toThrow(service);
});
