import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { ArgumentsError, parseArguments } from "../../src/cli/arguments.mjs";
import { overallUsage, verbUsage } from "../../src/cli/usage.mjs";
import { OPTIONS, VERBS } from "../../src/cli/verb-table.mjs";

const NAMES = VERBS.map(({ name }) => name).join(", ");

it.each([
  [[], { verb: "help" }],
  [["help"], { verb: "help" }],
  [["--help"], { verb: "help" }],
  [["help", "up"], { verb: "help", operand: "up" }],
  [["help", "volumes", "rm"], { verb: "help", operand: "volumes rm" }],
  [["up", "--help"], { verb: "help", operand: "up" }],
  [["volumes", "-h"], { verb: "help", operand: "volumes" }],
  [["--version"], { verb: "version" }],
  [["up"], { verb: "up" }],
  [["up", "netflix"], { verb: "up", operand: "netflix" }],
  [["up", "netflix", "--install"], { verb: "up", install: true, operand: "netflix" }],
  [["-y", "up"], { verb: "up", install: true, formerYes: true }],
  [["up", "--yes"], { verb: "up", install: true, formerYes: true }],
  [["up", "--auto-approve"], { verb: "up", autoApprove: true }],
  [["-C", "shop", "up", "--verbose"], { verb: "up", directory: "shop", verbose: true }],
  [["--directory=shop", "up"], { verb: "up", directory: "shop" }],
  [["up", "--", "netflix"], { verb: "up", operand: "netflix" }],
  [["context", "--", "-odd"], { verb: "context", operand: "-odd" }],
  [["down", "--auto-approve"], { verb: "down", autoApprove: true }],
  [["list", "--json"], { verb: "list", json: true }],
  [["outputs", "shop"], { verb: "outputs", operand: "shop" }],
  [["doctor"], { verb: "doctor" }],
  [["volumes", "shop", "--json"], { verb: "volumes", operand: "shop", json: true }],
  [["volumes", "rm", "a-b", "--confirm", "a-b"], { verb: "volumes", volume: "a-b", confirm: "a-b" }],
  [["volumes", "rm", "a", "--confirm=b"], { verb: "volumes", volume: "a", confirm: "b" }],
  [["review", "shop", "--base=main"], { verb: "review", operand: "shop", base: "main" }],
  [
    ["review", "shop", "--plan", "plan.json", "--fail-on", "iam,cost:10", "--json"],
    { verb: "review", operand: "shop", plan: "plan.json", failOn: "iam,cost:10", json: true },
  ],
  [
    ["rehearse", "shop", "--machine", "debian-13", "--machine=debian-12", "--memory", "512", "--prepared"],
    { verb: "rehearse", operand: "shop", machine: ["debian-13", "debian-12"], memory: "512", prepared: true },
  ],
  [
    ["rehearse", "--next", "VERSION=2", "--next=URL=http://a/?b=c"],
    { verb: "rehearse", next: ["VERSION=2", "URL=http://a/?b=c"] },
  ],
  [["lock"], { verb: "lock" }],
  [["env"], { verb: "env" }],
  [["setup"], { verb: "setup" }],
  [["context", "app", "--dockerfile", "d/File"], { verb: "context", operand: "app", dockerfile: "d/File" }],
  [["context", "app", "--dockerfile=File"], { verb: "context", operand: "app", dockerfile: "File" }],
])("%j is understood", (argv, expected) => {
  expect(parseArguments(argv)).toEqual(expected);
});

it.each([
  [["deploy"], `verb must be one of ${NAMES}, got deploy`],
  [["constructor"], `verb must be one of ${NAMES}, got constructor`],
  [["statsu"], `verb must be one of ${NAMES}, got statsu: did you mean status?`],
  [["up", "cats", "netflix"], "up takes [stack], got netflix too"],
  [["lock", "cats"], "lock takes no operand, got cats too"],
  [
    ["up", "--force"],
    "option must be one of --retry, --auto-approve, --install, --directory, --verbose, --help, got --force",
  ],
  [
    ["lock", "--instal"],
    "option must be one of --verify, --install, --directory, --verbose, --help, got --instal: did you mean --install?",
  ],
  [["up", "../cats"], 'stack must be a name as the app gives it, got "../cats"'],
  [["up", "--", "--install"], 'stack must be a name as the app gives it, got "--install"'],
  [["up", "--retry=yes"], '--retry takes no value, got "yes"'],
  [["context"], "context needs <dir>: slipway context <dir>"],
  [["context", ".", "--dockerfile"], "--dockerfile must be followed by its value"],
  [["context", ".", "--dockerfile", "--json"], "--dockerfile must be followed by its value"],
  [["volumes", "rm"], "volumes rm needs <volume>: slipway volumes rm <volume>"],
  [["volumes", "rm", "a", "b"], "volumes rm takes <volume>, got b too"],
  [["volumes", "--confirm", "a"], "--confirm belongs to volumes rm, got volumes"],
  [["up", "--base", "main"], "--base belongs to review, got up"],
  [["review", "--plan"], "--plan must be followed by its value"],
  [["rehearse", "--memory", "much"], "--memory must be a number of MiB, e.g. 250, got much"],
  [["rehearse", "--next", "2"], "--next must be a variable, e.g. --next VERSION=2, got 2"],
  [["up", "--dockerfile=x"], "--dockerfile belongs to context, got up"],
])("%j is refused", (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(new ArgumentsError(message));
});

it.each([
  [["exec", "web", "sh"], "exec"],
  [["logs", "web", "-f"], "-f"],
  [["logs", "--follow", "web"], "--follow"],
])("%j says that it takes a session, and how to open one", (argv, word) => {
  expect(() => parseArguments(argv)).toThrow(`${word} takes a session on the host: aws ssm start-session --target `);
});

describe.each(VERBS)("the help of $name", (verb) => {
  it("fits 80 columns and names its options", () => {
    const text = verbUsage(verb);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const option of verb.options ?? []) expect(text).toContain(`--${option}`);
    expect(overallUsage()).toContain(verb.summary.split(" ")[0]);
  });

  it("has examples that are understood", () => {
    for (const example of verb.examples) {
      const [, words] = /slipway ([^)"]+)/.exec(example) ?? [];
      expect(parseArguments((words ?? "").split(" ")).verb).toBe(verb.name.split(" ")[0]);
    }
  });

  it("takes every option that it names", () => {
    const operands = (verb.positionals ?? []).map((each) => (each === "<on|off>" ? "on" : "a"));
    const expired: Readonly<Record<string, readonly string[]>> = { "down expired": [], "down json": ["--expired"] };
    for (const name of verb.options ?? []) {
      const [, first = "3"] = /^<(\w+(?==)|\w+(?=\|))/.exec(OPTIONS[name]?.value ?? "") ?? [];
      const given = OPTIONS[name]?.value?.includes("=") ? `${first}=3` : first;
      const value = OPTIONS[name]?.type === "string" ? [given] : [];
      const more = expired[`${verb.name} ${name}`] ?? operands;
      expect(() => parseArguments([...verb.name.split(" "), ...more, `--${name}`, ...value])).not.toThrow();
    }
  });
});

it("fits 80 columns as a whole", () => {
  expect(
    overallUsage()
      .split("\n")
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

it("needs nothing that is installed", () => {
  const script = `import(${JSON.stringify(resolve(__dirname, "../../src/cli/arguments.mjs"))}).then(({ parseArguments }) => console.log(parseArguments(["up"]).verb))`;
  expect(execFileSync(process.execPath, ["-e", script], { cwd: "/", encoding: "utf8" })).toBe("up\n");
});
