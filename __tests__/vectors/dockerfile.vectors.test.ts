import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/dockerfile/dockerfile-error.ts";
import { readSyntax } from "../../src/dockerfile/syntax/read-syntax.ts";
import { dump } from "../dockerfile/syntax-dump.ts";

interface Case {
  readonly dockerfile: string;
  readonly valid: boolean;
  readonly stages?: number;
  readonly parseError?: string;
  readonly instructionError?: string;
}

function read(file: string): string {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerfile/mutations.json");
  return readFileSync(join(folder, "dockerfile", file), "utf8");
}

function report(compared: number, what: string): void {
  process.stdout.write(`dockerfile: ${compared} ${what} compared\n`);
}

function answer(text: string): Dockerfile | DockerfileError {
  try {
    return Dockerfile.parse(text);
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
}

it.each(["edges.json", "buildkit-strings.json", "mutations.json"])("%s: the builder's answer, on its line", (file) => {
  const { cases } = JSON.parse(read(file)) as { cases: Case[] };
  const wrong: unknown[] = [];
  let valid = 0;
  let lines = 0;
  for (const it of cases) {
    const ours = answer(it.dockerfile);
    const refused = ours instanceof DockerfileError;
    if (it.valid === refused) wrong.push([it, refused ? ours.message : "accepted"]);
    if (it.valid) valid++;
    if (!refused && it.stages !== ours.stages.length) wrong.push([it, ours.stages.length]);
    const line = /^dockerfile parse error on line (\d+):/.exec(it.instructionError ?? "")?.[1];
    if (line === undefined || !refused) continue;
    lines++;
    if (ours.line !== Number(line)) wrong.push([it, ours.message]);
  }
  report(cases.length, `files of ${file} (${valid} valid, ${cases.length - valid} refused, ${lines} with the line)`);
  expect(cases.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

interface TestFile {
  readonly file: string;
  readonly parser: string;
  readonly instructions: string | null;
}

function testFiles(): TestFile[] {
  return (JSON.parse(read("index.json")) as { files: TestFile[] }).files;
}

it("the parser's test files: what the parser says, and what the instruction layer says", () => {
  const files = testFiles();
  const wrong: unknown[] = [];
  for (const { file, parser, instructions } of files) {
    const text = read(file);
    const ours = answer(text);
    const valid = parser === "ok" && instructions === "ok";
    if (valid === ours instanceof DockerfileError) wrong.push([file, ours]);
    if (parser === "ok") expect(() => readSyntax(text)).not.toThrow();
    else expect(() => readSyntax(text)).toThrow(DockerfileError);
  }
  report(files.length, "test files");
  expect(files.length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});

it("the parser's test files: the same tree", () => {
  const trees = testFiles().filter(({ file, parser }) => parser === "ok" && file !== "ok/testfile-line.Dockerfile");
  for (const { file } of trees) {
    const expected = read(file.replace(/\.Dockerfile$/, ".ast.txt")).trimEnd();
    expect([file, dump(readSyntax(read(file)))]).toEqual([file, expected]);
  }
  report(trees.length, "trees");
  expect(trees.length).toBeGreaterThan(30);
});
