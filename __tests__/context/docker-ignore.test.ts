import fc from "fast-check";
import { DockerIgnore } from "../../src/context/docker-ignore.ts";
import { DockerIgnoreError } from "../../src/context/ignore-line.ts";

const PEM = Buffer.from("**.pem\n");

describe("DockerIgnore.ignores", () => {
  it.each<[text: string, ignored: string[], kept: string[]]>([
    ["", [], ["a", "a/b"]],
    ["node_modules", ["node_modules", "node_modules/x/index.js"], ["a/node_modules", "node_modules2"]],
    ["/build/", ["build", "build/out"], ["a/build", "builds"]],
    ["*.log", ["a.log", ".log", "a.log/inside"], ["a/b.log", "a.log2"]],
    ["**/*.log", ["a.log", "x/y/a.log"], ["a.log2"]],
    ["**.pem", ["key.pem", "deep/deep/key.pem"], ["key.pem2"]],
    ["docs/**", ["docs/a", "docs/a/b"], ["docs"]],
    ["docs**", ["docs", "docs2", "docs/a"], ["adocs"]],
    ["a?c", ["abc", "aéc"], ["a/c", "ac"]],
    ["[a-c]x", ["ax", "cx/y"], ["dx"]],
    ["[^a]x", ["bx", "éx"], ["ax"]],
    ["*\n!keep\n!dir/inner", ["a", "dir"], ["keep", "dir/inner", "keep/below"]],
    ["!keep\n*", ["keep"], []],
    ["dir\n!dir/sub\ndir/sub/x", ["dir/a", "dir/sub/x"], ["dir/sub", "dir/sub/y"]],
    ["a.b", ["a.b"], ["axb"]],
    ["a+b(c)$", ["a+b(c)$"], ["aab(c)"]],
    ["\\#a", ["#a"], ["\\#a"]],
    ["a\\*b", ["a*b"], ["axb"]],
    ["é*", ["éa"], ["e"]],
    ["**/a/**/b", ["a/b", "x/a/y/b"], ["b", "ab"]],
  ])("by %j ignores %j and keeps %j", (text, ignored, kept) => {
    const ignore = DockerIgnore.parse(text);
    expect(ignored.filter((path) => !ignore.ignores(path))).toEqual([]);
    expect(kept.filter((path) => ignore.ignores(path))).toEqual([]);
  });

  it.each<[why: string, text: string, ignored: string[], kept: string[]]>([
    ["`^` is a name without metacharacters and an anchor with them", "^x*", ["x", "xy"], ["^xy"]],
    ["`^` alone stays a name", "^x", ["^x"], ["x"]],
    ["a backslash makes classes", "v\\d", ["v1"], ["vd", "v\\d"]],
    ["unescaped bars separate alternatives that begin anywhere", "a|b?", ["ab", "xxbc"], ["c"]],
    ["braces count", "x{2}*", ["xx", "xxy"], ["x", "x{2}y"]],
    ["named classes work", "[[:digit:]]", ["4"], ["a"]],
    ["scripts work", "\\p{Greek}?", ["αx"], ["ax"]],
    ["text between \\Q and \\E is literal, the escapes that Docker adds too", "\\Qa.b\\E*", ["a\\.bc"], ["a.bc"]],
    ["`.` of `**` does not cross a line break", "**/x?", ["a/xy"], ["a\nb/xy"]],
  ])("has the engine's quirk: %s", (_, text, ignored, kept) => {
    const ignore = DockerIgnore.parse(text);
    expect(ignored.filter((path) => !ignore.ignores(path))).toEqual([]);
    expect(kept.filter((path) => ignore.ignores(path))).toEqual([]);
  });

  it("reads bytes as it reads text, and keeps apart bytes that are no text", () => {
    expect(DockerIgnore.parse(PEM).ignores("a/b.pem")).toBe(true);
    const broken = DockerIgnore.parse(Buffer.from([0x61, 0xff, 0x0a]));
    expect(broken.ignores("a\ufffd")).toBe(false);
  });

  it("answers for any text and path or throws a DockerIgnoreError, and agrees with explain", () => {
    const part = fc.constantFrom(
      "a",
      "b",
      "*",
      "**",
      "?",
      "/",
      "[",
      "]",
      "^",
      "\\",
      "{2}",
      "|",
      "!",
      "#",
      ".",
      "..",
      "\n",
      "é",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.array(part, { minLength: 1, maxLength: 8 }), (text, path) => {
        try {
          const ignore = DockerIgnore.parse(text.join(""));
          const answer = ignore.explain(path.join(""));
          expect(ignore.ignores(path.join(""))).toBe(answer.ignored);
          if (answer.ignored) expect(answer.line).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof DockerIgnoreError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["many stars", `${"*a".repeat(2000)}b`],
    ["many double stars", `${"**/".repeat(3000)}b?`],
    ["many alternatives", `${"a*|".repeat(3000)}b`],
    ["many counts", `${"a{0,900}".repeat(20)}?`],
    ["many braces", `${"{".repeat(60000)}?`],
    ["many unfinished classes", `[${"[:".repeat(20000)}]?`],
    ["many unnamed classes", `[${"[:a".repeat(20000)}]?`],
    ["a long name", `${"x".repeat(60000)}?`],
  ])("never hangs: %s", (_, pattern) => {
    const began = process.cpuUsage();
    const ignore = DockerIgnore.parse(pattern);
    try {
      ignore.ignores(`${"a".repeat(200)}/${"a".repeat(200)}`);
    } catch (error) {
      if (!(error instanceof DockerIgnoreError)) throw error;
    }
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(10_000);
  });
});

describe("DockerIgnore.parse", () => {
  it.each<[text: string, line: number, pattern: string, reason: string]>([
    ["ok\n[a", 2, "[a", "syntax error in pattern"],
    ["# only\n\n  !  \n", 3, "!", 'illegal exclusion pattern: "!"'],
    ["!/", 1, "!/", 'illegal exclusion pattern: "!"'],
    ["a\\", 1, "a\\", "syntax error in pattern"],
    ["[]a]", 1, "[]a]", "syntax error in pattern"],
    ["[-a]", 1, "[-a]", "syntax error in pattern"],
  ])("refuses %j at line %d", (text, line, pattern, reason) => {
    expect(() => DockerIgnore.parse(text, "x.dockerignore")).toThrow(
      expect.objectContaining({ name: "DockerIgnoreError", file: "x.dockerignore", line, pattern, reason }),
    );
  });

  it("refuses a line of 64 KiB and takes one of a byte less", () => {
    expect(() => DockerIgnore.parse(`a\n${"b".repeat(65536)}`)).toThrow(
      expect.objectContaining({ line: 2, reason: "line is longer than 65535 bytes" }),
    );
    expect(DockerIgnore.parse("b".repeat(65535)).patterns).toHaveLength(1);
  });

  it("says in one line which file, line and pattern, and what to do", () => {
    expect(() => DockerIgnore.parse("a\n[b")).toThrow(
      '.dockerignore line 2 is refused by Docker (syntax error in pattern), got "[b": ' +
        'correct the pattern, or write "\\\\" before a character that stands for itself',
    );
  });

  it.each<[text: string, patterns: string[]]>([
    ["\ufeff#comment\na", ["a"]],
    ["a\n\ufeffb", ["a", "\ufeffb"]],
    [" #not a comment", ["#not a comment"]],
    ["a\r\n!b\r\n", ["a", "!b"]],
    ["\u0085a\u00a0\n", ["a"]],
    ["a/./b/../c//\n/d\n//\n", ["a/c", "d", "/"]],
    ["/!a", ["!a"]],
    ["../a", ["../a"]],
  ])("reads %j as %j", (text, patterns) => {
    expect(DockerIgnore.parse(text).patterns).toEqual(patterns);
  });
});

describe("a pattern that only fails when it is tried", () => {
  const ignore = DockerIgnore.parse("a\n[z-b]\n!keep");

  it("throws with line, pattern, reason and path", () => {
    expect(() => ignore.ignores("other")).toThrow(
      expect.objectContaining({
        line: 2,
        pattern: "[z-b]",
        path: "other",
        reason: "syntax error in pattern: invalid character class range",
      }),
    );
  });

  it("is not tried on what is ignored already", () => {
    expect(ignore.ignores("a")).toBe(true);
  });
});

describe("DockerIgnore.explain", () => {
  const ignore = DockerIgnore.parse("# first\n/docs/\n!docs/README.md\n*.md\n");

  it.each([
    ["docs/a.txt", { ignored: true, line: 2, pattern: "/docs/" }],
    ["docs/README.md", { ignored: false, line: 3, pattern: "!docs/README.md" }],
    ["a.md", { ignored: true, line: 4, pattern: "*.md" }],
    ["src/a", { ignored: false }],
  ])("names the deciding line for %s", (path, answer) => {
    expect(ignore.explain(path)).toEqual(answer);
  });
});

describe("DockerIgnore.decide", () => {
  it.each<[text: string, path: string, ignored: boolean]>([
    ["*\n!a/b/c", "a/b/c", false],
    ["*\n!**/c", "a/b/c", false],
    ["a\n!a/*/c", "a/b/c", false],
    ["a\n!b", "a/b", true],
    ["a/b", "a/b/c", true],
  ])("walks down by %j to %s", (text, path, ignored) => {
    expect(DockerIgnore.parse(text).decide(path).ignored).toBe(ignored);
  });

  it("differs from ignores where BuildKit's walk forgets a pattern that it had no reason to try", () => {
    const ignore = DockerIgnore.parse("!x/file\n[a-z]\n!*/*/****\n[a-c]");
    expect(ignore.ignores("a/.b/c")).toBe(true);
    expect(ignore.decide("a/.b/c").ignored).toBe(false);
  });
});
