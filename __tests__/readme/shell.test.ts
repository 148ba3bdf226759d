import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "../../src/cli/arguments.mjs";
import { LocalHost, PulledImage } from "../../src/index.ts";
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

/** Every command of a kind that the page names, in blocks and in sentences. */
const named = (pattern: RegExp) =>
  [...new Set([...README.matchAll(pattern)].map(([, words]) => words as string))].sort();

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
  expect(parseArguments(argv)).toMatchObject({ verb: expect.stringContaining(argv[0] as string) });
});

test.each(named(/node (?:--import tsx )?((?:scripts|bench)\/[a-z./-]+)/g))("the program %s is there", (file) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
});

test.each(named(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))("the page %s is there", (file) => {
  expect(existsSync(join(ROOT, file))).toBe(true);
});

test("synth says what the README says that it says of a mistake", () => {
  const [line] = (said[0]?.text ?? "").split("\n");
  const declare = () =>
    synthesize(
      (stack) => {
        const image = new PulledImage(stack, "image", { image: `registry@sha256:${"0".repeat(64)}` });
        new LocalHost(stack, "host").run("web", { image, port: 0 });
      },
      { id: "cats" },
    );
  expect(declare).toThrow(line);
});
