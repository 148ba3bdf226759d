import * as fc from "fast-check";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { RULES } from "../../src/dockerfile/lint/lint.ts";
import { LINT_CASES } from "./lint-cases.ts";

const whole = (text: string) => (/^FROM |\nFROM /.test(text) ? text : `FROM a:1\n${text}`);

function finds(rule: string, text: string): boolean {
  const options = { severity: { [rule]: "warning" as const }, hasIgnoreFile: false };
  return Dockerfile.parse(whole(text))
    .lint(options)
    .some((finding) => finding.rule === rule);
}

describe.each(LINT_CASES)("$rule", ({ rule, bad, good }) => {
  it.each(bad)("finds %j", (text) => expect(finds(rule, text)).toBe(true));
  it.each(good)("leaves %j alone", (text) => expect(finds(rule, text)).toBe(false));
});

it("has a bad and a good case for every rule, and every rule once", () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(LINT_CASES.map(({ rule }) => rule).sort()).toEqual([...ids].sort());
  for (const { bad, good } of LINT_CASES) expect(Math.min(bad.length, good.length)).toBeGreaterThan(0);
  for (const { why, fix } of RULES) expect([why, fix].filter((text) => /^[A-Z][a-z]|\.$/.test(text))).toEqual([]);
});

const BAD = "FROM a\nWORKDIR b\nRUN sudo \\\n  c\nCMD d e\n";

it("tells rule, line, severity, why and what to do, in the order of the file", () => {
  const findings = Dockerfile.parse(BAD).lint();
  expect(findings.map(({ rule, line, severity }) => [rule, line, severity])).toEqual([
    ["DL3006", 1, "warning"],
    ["SW1040", 1, "info"],
    ["DL3000", 2, "warning"],
    ["DL3004", 3, "warning"],
    ["DL3025", 5, "warning"],
  ]);
  expect(findings.at(-1)).toMatchObject({
    why: "a shell stands between the engine and the program: it passes on no signal, so a stop waits and then kills",
    fix: 'write CMD ["d", "e"]',
  });
});

it("knows rules by BuildKit's names too", () => {
  const file = Dockerfile.parse("FROM a:1\nWORKDIR b\n");
  const severity = { WorkdirRelativePath: "info" } as const;
  expect(file.lint({ severity })).toMatchObject([
    { rule: "DL3000", buildCheck: "WorkdirRelativePath", severity: "info", line: 2 },
  ]);
  expect(() => file.lint({ severity: { WorkdirRelativePaths: "info" } })).toThrow("did you mean WorkdirRelativePath?");
});

it("takes severities, and silences by them", () => {
  const severity = { DL3006: "error", DL3000: "ignore", DL3004: "info", DL3057: "info", SW1040: "ignore" } as const;
  expect(
    Dockerfile.parse(BAD)
      .lint({ severity })
      .map(({ rule, severity: given }) => [rule, given]),
  ).toEqual([
    ["DL3006", "error"],
    ["DL3057", "info"],
    ["DL3004", "info"],
    ["DL3025", "warning"],
  ]);
});

describe("comments that silence", () => {
  const rules = (text: string) =>
    Dockerfile.parse(text)
      .lint()
      .map(({ rule, line }) => `${rule}:${line}`);

  it.each([
    ["the instruction below", "# hadolint ignore=DL3006\nFROM a\nWORKDIR b", ["DL3000:3"]],
    ["several rules", "# slipway ignore=DL3006, DL3007\nFROM a", []],
    ["through other comments", "FROM a:1\n# slipway ignore=DL3000 it is on purpose\n# really\nWORKDIR b", []],
    ["not over an empty line", "FROM a:1\n# hadolint ignore=DL3000\n\nWORKDIR b", ["DL3000:4"]],
    ["not the one after", "FROM a:1\n# hadolint ignore=DL3004\nRUN sudo b\nRUN sudo c", ["DL3004:4"]],
    ["not another rule", "FROM a:1\n# hadolint ignore=DL3001\nWORKDIR b", ["DL3000:3"]],
    ["everywhere", "FROM a:1\n# hadolint global ignore=DL3000,DL3004\n\nWORKDIR b\nRUN sudo c\nWORKDIR d", []],
    [
      "by BuildKit's name",
      "# hadolint ignore=WorkdirRelativePath\nFROM a:1\n# slipway ignore=WorkdirRelativePath\nWORKDIR b",
      [],
    ],
    ["as BuildKit does", "FROM a:1\n# check=skip=WorkdirRelativePath\n\nWORKDIR b", []],
    ["as BuildKit does, by hadolint's name", "FROM a:1\n# check=skip=DL3000\nWORKDIR b", []],
    ["as BuildKit does, until a bare #", "FROM a:1\n# check=skip=DL3000\n#\nWORKDIR b", ["DL3000:4"]],
    [
      "as BuildKit does, at the head",
      '# check=skip=JSONArgsRecommended\nFROM a:1\nRUN a\nSHELL ["b"]\nHEALTHCHECK CMD c',
      [],
    ],
    ["what only BuildKit knows", "# check=skip=all\nFROM a:1\nWORKDIR b\nRUN sudo c", ["DL3004:4"]],
    ["not by any other comment", "FROM a:1\n# a comment\nWORKDIR b\n# one more\nRUN sudo c", ["DL3000:3", "DL3004:5"]],
    ["not in prose", "FROM a:1\n# to hadolint ignore=DL3000 means nothing\nWORKDIR b", ["DL3000:3"]],
  ])("%s", (_, text, expected) => expect(rules(text)).toEqual(expected));
});

it("says nothing about an ignore file unless it is told", () => {
  const file = Dockerfile.parse("FROM a:1\nWORKDIR /b\nCOPY . .\n");
  expect(file.lint()).toEqual([]);
  expect(file.lint({ hasIgnoreFile: true })).toEqual([]);
  expect(file.lint({ hasIgnoreFile: false }).map(({ rule }) => rule)).toEqual(["SW1012"]);
});

it("finds nothing in a file that is well written", () => {
  const file = Dockerfile.from("python:3.12.8-slim", { as: "build" })
    .workdir("/app")
    .copy("requirements.txt", "./")
    .run(["pip", "install", "--no-cache-dir", "-r", "requirements.txt"])
    .copy(".", "./")
    .user(1000)
    .expose(8080)
    .cmd(["python", "-m", "app"])
    .toDockerfile();
  expect(file.lint({ hasIgnoreFile: true })).toEqual([]);
});

test("each finding can be silenced where it is found, by either name, and nothing else is", () => {
  const lines = fc.constantFrom(
    "WORKDIR b",
    "RUN sudo a | b",
    "RUN apt-get install c",
    "RUN cd d && pip install e",
    "ENV TOKEN f",
    "EXPOSE 1:2",
    "CMD g",
    "MAINTAINER h",
    "ADD i j",
    "ONBUILD RUN npm i k",
    "USER l",
  );
  const marks = fc.constantFrom("hadolint ignore", "slipway ignore", "check=skip");
  fc.assert(
    fc.property(
      fc.array(lines, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      marks,
      fc.boolean(),
      (text, pick, mark, alias) => {
        const all = Dockerfile.parse(["FROM a:1", ...text].join("\n")).lint();
        const chosen = all.filter(({ line }) => line > 1)[pick % Math.max(1, all.length - 1)];
        if (!chosen) return;
        const name = alias ? (chosen.buildCheck ?? chosen.rule) : chosen.rule;
        const commented = text.map((it, at) => (at + 2 === chosen.line ? `# ${mark}=${name}\n${it}` : it));
        const moved = ({ line }: { readonly line: number }) => (line >= chosen.line ? line + 1 : line);
        const same = ({ rule, buildCheck }: (typeof all)[number]) =>
          rule === chosen.rule || (alias && buildCheck === name);
        const left = all.filter((it) => !(it.line === chosen.line && same(it)));
        expect(
          Dockerfile.parse(["FROM a:1", ...commented].join("\n"))
            .lint()
            .map(({ rule, line }) => [rule, line]),
        ).toEqual(left.map((it) => [it.rule, moved(it)]));
      },
    ),
  );
});
