import fc from "fast-check";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import type { Instruction } from "../../src/dockerfile/instructions/instruction.ts";
import type { Statement } from "../../src/dockerfile/statement.ts";
import { lexWord } from "../../src/dockerfile/syntax/word-lexer.ts";
import { writeInstruction } from "../../src/dockerfile/writer/write-instruction.ts";
import { fuzzRuns } from "../values/fuzz-runs.ts";
import { steps } from "./instruction-arbitrary.ts";

const escapes = fc.constantFrom("\\" as const, "`" as const);

function withoutPlace({
  range,
  comments,
  source,
  pieces,
  heredocs,
  emptyContinuations,
  ...instruction
}: Statement): Instruction {
  return instruction as Instruction;
}

/** The words of `instruction` in which quotes and variables mean something. */
function words(instruction: Instruction): readonly string[] {
  switch (instruction.keyword) {
    case "ARG":
      return instruction.args.flatMap(({ name, value = "" }) => [name, value]);
    case "ENV":
      return instruction.variables.flatMap(({ name, value }) => [name, value]);
    case "LABEL":
      return instruction.labels.flatMap(({ name, value }) => [name, value]);
    case "COPY":
    case "ADD":
      return [...instruction.sources, instruction.destination];
    case "WORKDIR":
      return [instruction.path];
    case "VOLUME":
      return instruction.paths;
    case "ONBUILD":
      return instruction.trigger ? words(instruction.trigger) : [];
    default:
      return [];
  }
}

test("what is written is what is read, every instruction, in order", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 6 }), escapes, (list, mark) => {
      const file = list
        .reduce((writer, { write }) => write(writer), Dockerfile.preamble({ escape: mark }).from("a"))
        .toDockerfile();
      const read = file.instructions.slice(1);
      expect(read.map(({ keyword }) => keyword)).toEqual(list.map(({ keyword }) => keyword));
      for (const { keyword } of list) seen.add(keyword);
      const again = read.map((statement) => writeInstruction(withoutPlace(statement), mark));
      const second = Dockerfile.parse(`# escape=${mark}\nFROM a\n${again.join("\n")}\n`);
      expect(second.instructions.slice(1).map(withoutPlace)).toEqual(read.map(withoutPlace));
    }),
    { numRuns: Math.max(fuzzRuns.numRuns, 200) },
  );
  expect([...seen].sort()).toEqual(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
      " ",
    ),
  );
});

test("a literal text comes out as it went in, whatever it holds", () => {
  fc.assert(
    fc.property(
      steps.filter(({ means = [] }) => means.length > 0),
      escapes,
      ({ write, means }, mark) => {
        const file = write(Dockerfile.preamble({ escape: mark }).from("a")).toDockerfile();
        const [, statement] = file.instructions;
        const texts = statement ? words(withoutPlace(statement)) : [];
        expect(texts.map((word) => lexWord(word, new Map(), { escape: mark }).text)).toEqual(means);
      },
    ),
    { numRuns: fuzzRuns.numRuns * 2 },
  );
});
