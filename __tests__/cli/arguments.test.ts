import { ArgumentsError, parseArguments } from "../../src/cli/arguments.mjs";

const plain = { yes: false, operand: undefined };

it.each([
  [[], { verb: "help", yes: false }],
  [["help"], { verb: "help", yes: false }],
  [["up"], { verb: "up", yes: false, operand: "cats" }],
  [["up", "netflix"], { verb: "up", yes: false, operand: "netflix" }],
  [["up", "netflix", "--yes"], { verb: "up", yes: true, operand: "netflix" }],
  [["-y", "up"], { verb: "up", yes: true, operand: "cats" }],
  [["down"], { verb: "down", yes: false, operand: "cats" }],
  [["volumes"], { verb: "volumes", ...plain }],
  [["volumes", "shop", "--json"], { verb: "volumes", yes: false, operand: "shop", json: true }],
  [["volumes", "rm", "a-b", "--confirm", "a-b"], { verb: "volumes", ...plain, volume: "a-b", confirm: "a-b" }],
  [["volumes", "rm", "a", "--confirm=b"], { verb: "volumes", ...plain, volume: "a", confirm: "b" }],
  [["lock"], { verb: "lock", ...plain }],
  [["env"], { verb: "env", ...plain }],
  [["setup"], { verb: "setup", ...plain }],
  [["context", "."], { verb: "context", yes: false, operand: "." }],
  [["context", "app", "--dockerfile", "d/File"], { verb: "context", yes: false, operand: "app", dockerfile: "d/File" }],
  [["context", "app", "--dockerfile=File"], { verb: "context", yes: false, operand: "app", dockerfile: "File" }],
  [["up", "--help"], { verb: "help", yes: false }],
  [["--version"], { verb: "version", yes: false }],
])("%j is understood", (argv, expected) => {
  expect(parseArguments(argv)).toEqual(expected);
});

it.each([
  [
    ["deploy"],
    "verb must be one of up, down, volumes, env, lock, context, setup, status, logs, releases, rollback, maintenance, got deploy",
  ],
  [
    ["constructor"],
    "verb must be one of up, down, volumes, env, lock, context, setup, status, logs, releases, rollback, maintenance, got constructor",
  ],
  [["up", "cats", "netflix"], "up takes one stack, got netflix too"],
  [["lock", "cats"], "lock takes no operand, got cats too"],
  [
    ["up", "--force"],
    "option must be one of --yes, --json, --confirm, --lines, --retry, --dockerfile, --help, --version, got --force",
  ],
  [["up", "../cats"], 'stack must be a name as main.ts gives it, got "../cats"'],
  [["context"], "context must be told a directory: slipway context <dir>"],
  [["context", ".", "--dockerfile"], "--dockerfile must be followed by its value"],
  [["volumes", "rm"], "volumes rm must be told a volume: slipway volumes lists them"],
  [["volumes", "rm", "a", "b"], "volumes rm takes one volume, got b too"],
  [["volumes", "rm", "a", "--json"], "--json belongs to volumes, got volumes rm"],
  [["up", "--json"], "--json belongs to volumes, got up"],
  [["volumes", "--confirm", "a"], "--confirm belongs to volumes rm, got volumes"],
  [["up", "--dockerfile=x"], "--dockerfile belongs to context, got up"],
])("%j is refused", (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(new ArgumentsError(message));
});
