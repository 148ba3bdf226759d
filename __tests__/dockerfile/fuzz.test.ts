import fc from "fast-check";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/dockerfile/dockerfile-error.ts";
import { fuzzRuns } from "../values/fuzz-runs.ts";

const KEYWORDS =
  "FROM ARG ENV LABEL RUN COPY ADD WORKDIR USER EXPOSE VOLUME CMD ENTRYPOINT HEALTHCHECK SHELL STOPSIGNAL ONBUILD MAINTAINER".split(
    " ",
  );
const FRAGMENTS = [
  ...KEYWORDS.map((keyword) => `\n${keyword} `),
  ..."a $A ${A} ${A:- ${A#*} ${A/b/c} ' \" \\ ` { } [ ] < << <<EOF <<-'EOF' EOF = A=b -- --from=a --link --mount=type=cache,target=/x".split(
    " ",
  ),
  ...'["a"] ["a",1] [] /x 80/tcp 1-65535 && | ; $( $(( `a` ( ) > # apt-get install curl | sh https://a/b.git'.split(
    " ",
  ),
  ...[
    " ",
    "\t",
    "\n",
    "\\\n",
    "\\\n\n",
    "\r\n",
    "\nEOF\n",
    "\0",
    "\ufeff",
    "\u0085",
    "é",
    "😀",
    "\ud800",
    "\n# escape=`\n",
  ],
  ...["\n# hadolint ignore=DL3006\n", "\n# slipway global ignore=DL3006,SW1040\n"],
];

const texts = fc
  .tuple(
    fc.constantFrom("FROM a", "FROM a AS b\nFROM b", "", "# escape=`\nFROM a"),
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 30 }),
  )
  .map(([head, rest]) => head + rest.join(""));

/** Looks at `text` from every side. Anything but our own refusal fails the test. */
function look(text: string): void {
  let file: Dockerfile;
  try {
    file = Dockerfile.parse(text, { buildArgs: { A: "a*b" } });
  } catch (error) {
    expect(error).toBeInstanceOf(DockerfileError);
    expect((error as DockerfileError).line).toBeGreaterThan(0);
    return;
  }
  void [file.images, file.exposedPorts, file.user, file.stage().startArguments, file.secrets, file.buildArgs];
  const starts = new Set(file.instructions.map(({ range }) => range.start));
  const astray = file.lint({ hasIgnoreFile: false }).filter(({ line, why, fix }) => !starts.has(line) || !why || !fix);
  expect(astray).toEqual([]);
}

test("no text does anything but be read or refused", () => {
  fc.assert(fc.property(texts, look), { numRuns: fuzzRuns.numRuns * 3 });
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), look), { numRuns: fuzzRuns.numRuns });
});

const SIZE = 100_000;
/** Less than a tenth of a second each on a laptop; what is not linear takes minutes. */
const LIMIT = 20_000;

/** `piece` again and again, on lines short enough for the builder. */
function long(piece: string, mark = "\\"): string {
  const line = piece.repeat(Math.ceil(50_000 / piece.length)).slice(0, 50_000);
  return Array.from({ length: SIZE / 50_000 }, () => line).join(`a${mark}\n`);
}

const PIECES = [
  ...'$ \' " \\ ` ${ ${A ${A:- ${A#* ${A/ ${A// $( $(( ( ) { } [ ["a", < << <<E <<-E a=b a= = -- --a --mount=type=a, , \\a \\\\ $$ #'.split(
    " ",
  ),
  ...[
    " ",
    "a ",
    "\t",
    "\u00a0",
    "\ufeff",
    "é",
    "😀",
    "a\\ ",
    '"a" ',
    "a && ",
    "| sh ",
    "ONBUILD ",
    "<< ",
    "<<'a b' ",
    "1.5h",
    '\\"',
    "a,",
  ],
];

const HEADS = ["a=", "--a=", '["', "<<E ", "${A:-", "CMD ", "--interval="];

test.each(KEYWORDS)(
  "%s: 100 kB of anything are read in linear time",
  (keyword) => {
    for (const [index, piece] of PIECES.entries()) {
      for (const head of ["", HEADS[index % HEADS.length]]) {
        const text = `FROM a\n${keyword} ${head}${long(piece)}\nE\n`;
        const start = performance.now();
        look(text);
        const took = performance.now() - start;
        if (took > LIMIT) throw new Error(`${keyword} ${head}${piece}… took ${Math.round(took)} ms`);
      }
    }
  },
  120_000,
);

test.each([
  ["comments", "# a\n".repeat(SIZE / 4)],
  ["directive-like comments", `# escape=${" ".repeat(60_000)}x\n`],
  ["empty lines in a continuation", `RUN a \\\n${"\n".repeat(SIZE)}`],
  ["continuations", `RUN ${"a\\\n".repeat(SIZE / 3)}`],
  ["instructions", "RUN apt-get install a | sh\n".repeat(SIZE / 25)],
  ["variables", `ENV A=a\n${"ENV A=$A$A\n".repeat(8_000)}`],
  ["stages", Array.from({ length: 4_000 }, (_, i) => `FROM s${i} AS s${i + 1}\n`).join("")],
  [
    "copies between stages",
    Array.from({ length: 2_000 }, (_, i) => `FROM a AS s${i}\nCOPY --from=s${i - 1} a b\n`).join(""),
  ],
  ["heredocs", "RUN <<E\nE\n".repeat(SIZE / 10)],
  ["heredocs on a line", `RUN ${"<<E ".repeat(10_000)}\n${"E\n".repeat(10_000)}`],
  ["a heredoc's tabs", `COPY <<-E a\n${`${"\t".repeat(1_000)}\n`.repeat(100)}E\n`],
  ["nested JSON", `RUN ${"[".repeat(30_000)}${"]".repeat(30_000)}`],
])("%s: 100 kB are read in linear time", (_, text) => {
  const start = performance.now();
  look(`FROM s0\n${text}`);
  look(text);
  expect(performance.now() - start).toBeLessThan(LIMIT);
});
