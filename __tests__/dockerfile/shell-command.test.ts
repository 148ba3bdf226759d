import { shellCommands, splitShell } from "../../src/dockerfile/lint/shell-command.ts";

const calls = (text: string) => splitShell(text).map(({ name, args }) => [name, ...args].join(" "));

it.each([
  ["a b && c || d; e & f\ng", ["a b", "c", "d", "e", "f", "g"]],
  ["a | b |& c", ["a", "b", "c"]],
  ["X=1 Y='2 3' /usr/bin/a b", ["a b"]],
  ["if a; then b; else c; fi", ["a", "b", "c", "fi"]],
  ["! a && { b; }", ["a", "b", "}"]],
  ["(a; b) && c", ["a", "b", "c"]],
  ['a \'b c\' "d e" f\\ g ""', ["a b c d e f g "]],
  ['a "$(b | c)" `d e` $(f)', ["b", "c", "d e", "f", "a $() $() $()"]],
  ["a $((1 + 2)) b", ["a $() b"]],
  ["a 2>&1 >&2 &>b | c", ["a 2>&1 >&2 &>b", "c"]],
  ["a \\\n b", ["a b"]],
  ["a # b; c\nd", ["a", "d"]],
  ["a b#c", ["a b#c"]],
  ["a 'open", ["a open"]],
  ["a $(open", ["open", "a $()"]],
  ["", []],
])("%j calls %j", (text, expected) => expect(calls(text)).toEqual(expected));

it("knows what is piped where", () => {
  const marks = splitShell("a | b | c; d").map(({ name, piped, readsPipe }) => [name, piped, readsPipe]);
  expect(marks).toEqual([
    ["a", true, false],
    ["b", true, true],
    ["c", false, true],
    ["d", false, false],
  ]);
});

it("looks into scripts and shells, and not into other programs' input", () => {
  const heredoc = (text: string, content: string) =>
    shellCommands({ form: "shell", text, heredocs: [{ name: "E", content, chomp: false }] }).map(({ name }) => name);
  expect(heredoc("<<E", "a\nb\n")).toEqual(["<<E", "a", "b"]);
  expect(heredoc("<<E", "#!/usr/bin/env bash\na\n")).toEqual(["<<E", "a"]);
  expect(heredoc("bash <<E", "a\n")).toEqual(["bash", "a"]);
  expect(heredoc("<<E", "#!/usr/bin/env python3\na\n")).toEqual(["<<E"]);
  expect(heredoc("python3 <<E", "a\n")).toEqual(["python3"]);
  expect(shellCommands({ form: "exec", argv: ["/bin/bash", "-ec", "a; b"] }).map(({ name }) => name)).toEqual([
    "a",
    "b",
  ]);
  expect(shellCommands({ form: "exec", argv: ["a", "b; c"] })).toMatchObject([{ name: "a", args: ["b; c"] }]);
  expect(shellCommands({ form: "exec", argv: [] })).toEqual([]);
});
