import { readSyntax } from "../../src/dockerfile/syntax/read-syntax.ts";
import { refusal } from "./refusal.ts";
import { dump } from "./syntax-dump.ts";

const tree = (text: string) => dump(readSyntax(text));

describe("lines", () => {
  it.each([
    ["a continued line", "RUN a \\\n b", '(run "a  b")'],
    ["blanks after the mark", "RUN a \\ \t\n b", '(run "a  b")'],
    ["an escaped mark continues nothing", "RUN a \\\\\nUSER b", '(run "a \\\\\\\\")\n(user "b")'],
    ["a comment inside", "RUN a \\\n# no\n  # nor this\n b", '(run "a  b")'],
    ["an empty line inside", "RUN a \\\n\n\n b", '(run "a  b")'],
    ["a mark at the end of the file", "RUN a \\", '(run "a")'],
    ["a mark alone", "\\\nRUN a", '(run "a")'],
    ["Windows line ends", "RUN a \\\r\n b\r\nUSER c\r\n", '(run "a  b")\n(user "c")'],
    ["indented instructions", "  \t RUN a", '(run "a")'],
    ["a byte order mark", "\ufeffRUN a", '(run "a")'],
    ["a mark of the byte order further on", "RUN a\n\ufeffUSER b", '(run "a")\n(\ufeffuser "")'],
    ["Go's white space around", "\u0085\u00a0USER b\u3000", '(user "b")'],
  ])("%s", (_, text, expected) => expect(tree(text)).toBe(expected));

  it("are limited to what the builder's buffer holds", () => {
    expect(tree(`RUN ${"a".repeat(65_531)}\nUSER b`)).toContain('(user "b")');
    expect(refusal(() => tree(`USER b\nRUN ${"a".repeat(65_532)}`))).toMatchObject({ line: 2 });
    expect(refusal(() => tree(`RUN ${"é".repeat(32_766)}`)).reason).toBe("a line holds at most 65535 bytes");
  });

  it("know where they stand", () => {
    const text = "# one\n\n# two\nFROM a\nRUN b \\\n\n c\nCOPY <<E /x\n1\nE\n";
    expect(readSyntax(text).statements).toMatchObject([
      {
        startLine: 4,
        endLine: 4,
        comments: [
          { line: 1, text: "one" },
          { line: 3, text: "two" },
        ],
      },
      { startLine: 5, endLine: 7, comments: [], emptyContinuations: [6] },
      { startLine: 8, endLine: 10, heredocs: [{ name: "E", content: "1\n" }] },
    ]);
  });

  it.each(["", "\n\n", "# only\n# comments", "  \n\t"])("without an instruction are refused: %j", (text) => {
    expect(refusal(() => tree(text)).reason).toBe("the file has no instructions");
  });
});

describe("directives", () => {
  const directives = (text: string) => readSyntax(`${text}\nUSER a`).directives;

  it.each([
    ["# syntax=docker/dockerfile:1", { syntax: "docker/dockerfile:1" }],
    ["#  SYNTAX \t=  a b  ", { syntax: "a b" }],
    ["# syntax=a\n# escape=`\n# check=skip=all", { syntax: "a", escape: "`", check: "skip=all" }],
    ["# a comment ends them\n# escape=`", {}],
    ["\n# escape=`", {}],
    ["# unknown=x\n# escape=`", {}],
    ["# syntax=", {}],
  ])("%j", (text, expected) => expect(directives(text)).toEqual(expected));

  it("change what escapes and continues", () => {
    expect(tree("# escape=`\nRUN a `\n b\\\nENV A=x` y")).toBe('(run "a  b\\\\")\n(env "A" "x` y" "=")');
  });

  it.each([
    ["# escape=`\n# escape=`\nUSER a", 2, "only one escape directive can be used"],
    ["# syntax=a\n# syntax=b\nUSER a", 2, "only one syntax directive can be used"],
    ["# escape=x\nUSER a", 1, "the escape directive takes a backslash or a backtick"],
    ["# escape= \nUSER a", 1, "the escape directive takes a backslash or a backtick"],
  ])("are refused: %j", (text, line, reason) => expect(refusal(() => tree(text))).toMatchObject({ line, reason }));
});

describe("words", () => {
  it.each([
    ["flags end at the first other word", "COPY --a=1 --b x --c", '(copy ["--a=1" "--b"] "x" "--c")'],
    ["a lone -- ends flags", "RUN --a -- --b", '(run ["--a"] "--b")'],
    ["quotes go from flags", `COPY --a="x y" --b='"' z`, '(copy ["--a=x y" "--b=\\""] "z")'],
    ["escapes go from flags", "COPY --a=x\\ y z", '(copy ["--a=x y"] "z")'],
    ["flags are read by bytes", "COPY --chown=é z", '(copy ["--chown=Ã©"] "z")'],
    ["and some bytes are blanks", "COPY --chown=à z", '(copy ["--chown=Ã"] "z")'],
    ["name and value", "ENV A b  c", '(env "A" "b  c" "")'],
    ["names and values", `ENV A="x y" B='z' C=q\\ r`, `(env "A" "\\"x y\\"" "=" "B" "'z'" "=" "C" "q\\\\ r" "=")`],
    ["a value with the sign", "ENV A=b=c", '(env "A" "b=c" "=")'],
    ["arguments", `ARG a b="c d"`, '(arg "a" "b=\\"c d\\"")'],
    ["JSON", `CMD ["a", "b\\n\\u00e9"]`, '(cmd "a" "b\\né")'],
    ["what is nearly JSON", `CMD ["a", 'b']`, `(cmd "[\\"a\\", 'b']")`],
    ["JSON that Go cannot read", "CMD [1e999]", '(cmd "[1e999]")'],
    ["half a surrogate pair", 'CMD ["\\ud800"]', '(cmd "\ufffd")'],
    ["a health check", 'HEALTHCHECK --a=1 CMD ["x"]', '(healthcheck ["--a=1"] "CMD" "x")'],
    ["a trigger", "ONBUILD COPY --a x y", '(onbuild (copy ["--a"] "x" "y"))'],
    ["an unknown instruction", "NOPE a b", '(nope "")'],
    ["Go's lower case", "WOR\u212aDIR a", '(wor\u212adir "a")'.toLowerCase()],
  ])("%s", (_, text, expected) => expect(tree(text)).toBe(expected));

  it.each([
    ['RUN ["a", 1]', "JSON arrays hold strings only"],
    ["RUN [null]", "JSON arrays hold strings only"],
    ["ENV A", "ENV needs a name and a value"],
    ["ENV A=b C", "ENV takes name=value, and after this one comes something else"],
    ["LABEL a", "LABEL needs a name and a value"],
    ["ONBUILD ONBUILD RUN x", "ONBUILD takes no ONBUILD"],
    ["ONBUILD ENV a", "ENV needs a name and a value"],
  ])("are refused: %s", (text, reason) => expect(refusal(() => tree(text)).reason).toBe(reason));
});

describe("heredocs", () => {
  const heredocs = (text: string) => readSyntax(text).statements.flatMap((statement) => statement.heredocs);

  it.each([
    ["<<EOF", "a $b\nEOF\n", { name: "EOF", content: "a $b\n", expand: true, chomp: false }],
    ["<<'EOF'", "a\nEOF", { name: "EOF", content: "a\n", expand: false, chomp: false }],
    ['<<"E F"', "a\nE F\n", { name: "E F", content: "a\n", expand: false, chomp: false }],
    ["<<-EOF", "\ta\n\t\tEOF\n", { name: "EOF", content: "\ta\n", expand: true, chomp: true }],
    ["3<<EOF", "EOF\r\n", { name: "EOF", content: "", expand: true, chomp: false }],
    ["<< EOF", "# a\n\nEOF\n", { name: "EOF", content: "# a\n\n", expand: true, chomp: false }],
  ])("%s", (word, rest, expected) => expect(heredocs(`RUN cat ${word}\n${rest}`)).toEqual([expected]));

  it("come one after the other", () => {
    expect(heredocs("COPY <<a <<b /x/\n1\na\n2\nb\n").map(({ content }) => content)).toEqual(["1\n", "2\n"]);
    expect(heredocs("ONBUILD RUN <<a\n1\na\n")).toHaveLength(1);
  });

  it.each(["CMD <<a", 'RUN ["<<a"]', "RUN x '<<a", "RUN x<<a", "RUN '<<a'", "RUN \\<<a", "RUN <<<a", "RUN <<"])(
    "are none: %s",
    (line) => expect(heredocs(`${line}\nUSER b`)).toEqual([]),
  );

  it("must be ended", () => {
    expect(refusal(() => heredocs("FROM a\nRUN <<EOF\n EOF\n"))).toMatchObject({
      line: 2,
      reason: "a heredoc is not ended",
      got: "EOF",
    });
  });
});
