import { PassThrough } from "node:stream";
import { duration } from "../../src/cli/duration.mjs";
import { InterruptionError } from "../../src/cli/interruption.cjs";
import { Terminal } from "../../src/cli/terminal.mjs";
import { wrapped } from "../../src/cli/wrapped.cjs";

function open({ tty = false, columns = undefined as number | undefined, env = {} as NodeJS.ProcessEnv } = {}) {
  const out = Object.assign(new PassThrough(), { isTTY: tty, columns });
  const input = Object.assign(new PassThrough(), { isTTY: tty });
  const terminal = new Terminal({ out: out as never, input: input as never, env });
  return { terminal, input, said: () => (out.read() ?? "").toString() as string };
}

it.each([
  [0, "0.0 s"],
  [1234, "1.2 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min 00 s"],
  [95_400, "1 min 35 s"],
])("%d ms are %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

it("says what a step does before it runs, and how long it took", async () => {
  const { terminal, said } = open();
  let shown = "";
  const result = await terminal.step("boil water", () => {
    shown = said();
    return 42;
  });
  expect(result).toBe(42);
  expect(shown).toBe("> boil water\n");
  expect(said()).toMatch(/^ {2}done, 0\.\d s\n$/);
});

it("says that a step failed, lets the reason through and counts its time", async () => {
  const { terminal, said } = open();
  await expect(terminal.step("boil water", () => Promise.reject(new Error("no fire")))).rejects.toThrow("no fire");
  expect(said()).toMatch(/ {2}failed, 0\.\d s\n$/);
  terminal.summary();
  expect(said()).toMatch(/^ {2}boil water\s+0\.\d s\n {2}total\s+0\.\d s\n$/);
});

it.each([
  [true, "\r\u001b[2K  interrupted, "],
  [false, "  interrupted, "],
])("says that a step was interrupted, on a terminal (%s) over its ^C", async (tty, end) => {
  const { terminal, said } = open({ tty, env: { NO_COLOR: "1" } });
  const work = () => Promise.reject(new InterruptionError());
  await expect(terminal.step("boil water", work)).rejects.toThrow("interrupted: nothing was changed");
  expect(said().startsWith(`> boil water\n${end}`)).toBe(true);
});

it("knows an interruption by the copy of its class that the published package has, too", async () => {
  let copy: typeof import("../../src/cli/interruption.cjs") | undefined;
  jest.isolateModules(() => {
    copy = require("../../src/cli/interruption.cjs");
  });
  const interruption = new (copy as NonNullable<typeof copy>).InterruptionError();
  expect(interruption).not.toBeInstanceOf(InterruptionError);
  const { terminal, said } = open();
  await expect(terminal.step("boil water", () => Promise.reject(interruption))).rejects.toBe(interruption);
  expect(said()).toContain("  interrupted, ");
});

describe("what goes on now", () => {
  it("is a line that the next one takes the place of, with room for the ^C that a terminal echoes", () => {
    const { terminal, said } = open({ tty: true, columns: 20 });
    terminal.status("cats/image 1 s");
    terminal.status("cats/image 12 s | #7 RUN pip install");
    terminal.line("created cats/image");
    terminal.status("");
    expect(said()).toBe("\r\u001b[2K  cats/image 1 s\r\u001b[2K  cats/image 12 s\r\u001b[2Kcreated cats/image\n");
  });

  it("is gone when nothing goes on", () => {
    const { terminal, said } = open({ tty: true });
    terminal.status("cats/image 1 s");
    terminal.status("");
    expect(said()).toBe("\r\u001b[2K  cats/image 1 s\r\u001b[2K");
  });

  it.each([
    ["in a pipe", {}],
    ["on a dumb terminal", { tty: true, env: { TERM: "dumb" } }],
  ])("is not shown %s", (_, situation) => {
    const { terminal, said } = open(situation);
    terminal.status("cats/image 1 s");
    expect(said()).toBe("");
  });
});

describe("colour", () => {
  it.each([
    ["on a terminal", { tty: true }, true],
    ["off with NO_COLOR", { tty: true, env: { NO_COLOR: "1" } }, false],
    ["off on a dumb terminal", { tty: true, env: { TERM: "dumb" } }, false],
    ["off in a pipe", { tty: false }, false],
    ["on in a pipe with FORCE_COLOR", { env: { FORCE_COLOR: "1" } }, true],
    ["on with FORCE_COLOR, which stands above NO_COLOR", { env: { FORCE_COLOR: "", NO_COLOR: "1" } }, true],
    ["off on a terminal with FORCE_COLOR=0", { tty: true, env: { FORCE_COLOR: "0" } }, false],
  ])("%s", (_, situation, expected) => {
    const { terminal, said } = open(situation);
    terminal.fail("x");
    expect(said().includes("\u001b[")).toBe(expected);
  });
});

test("a remark among commands is a comment in each of its lines", () => {
  const { terminal, said } = open({ tty: true, columns: 22 });
  terminal.remark("nothing is pinned: the registry is away");
  expect(said()).toBe("  # nothing is pinned:\n  # the registry is\n  # away\n");
});

test("a row that is too long goes on below its last column", () => {
  const { terminal, said } = open({ tty: true, columns: 24 });
  terminal.row("shop  here  shop/a (nano), shop/b (nano)", 12);
  expect(said()).toBe("shop  here  shop/a\n            (nano),\n            shop/b\n            (nano)\n");
});

describe("a question", () => {
  it.each([
    ["y\n", true],
    ["YES\n", true],
    ["n\n", false],
    ["\n", false],
    ["yesterday\n", false],
  ])("answered %j", async (answer, expected) => {
    const { terminal, input } = open({ tty: true });
    const asked = terminal.confirm("Go ahead?");
    input.write(answer);
    await expect(asked).resolves.toBe(expected);
  });

  it("breaks at spaces, like a headline, and leaves room for the answer", async () => {
    const { terminal, input, said } = open({ tty: true, columns: 30, env: { NO_COLOR: "1" } });
    terminal.headline("cats: 2 services roll in place, nobody notices");
    expect(said()).toBe("cats: 2 services roll in\n  place, nobody notices\n");
    const asked = terminal.confirm("deploy cats (AWS, region eu-west-1)?");
    input.write("y\n");
    await expect(asked).resolves.toBe(true);
    expect(said().split("\n")[0]).toBe("deploy cats (AWS,");
  });

  it("is a no when the input ends", async () => {
    const { terminal, input } = open({ tty: true });
    const asked = terminal.confirm("Go ahead?");
    input.end();
    await expect(asked).resolves.toBe(false);
  });

  it("is not asked where nobody can answer", async () => {
    const { terminal, said } = open();
    await expect(terminal.confirm("Go ahead?")).resolves.toBe(false);
    expect(said()).toBe("");
  });
});

describe("a step that lasts", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A step, what is said of it after so many more seconds, and its end. */
  function last(situation: Parameters<typeof open>[0] = {}, now?: () => string) {
    const { terminal, said } = open(situation);
    let end = () => {};
    const work = () => new Promise<void>((resolve) => (end = resolve));
    const done = terminal.step("boil water", () => (now ? terminal.watching(now, work) : work()));
    said();
    const passed = (seconds: number) => {
      jest.advanceTimersByTime(seconds * 1000);
      return said();
    };
    const ended = () => {
      end();
      return done.then(said);
    };
    return { terminal, passed, end: ended };
  }

  it("says so in a log at growing intervals, and never again once it has ended", async () => {
    const { passed, end } = last();
    expect(passed(14)).toBe("");
    expect(passed(1)).toBe("  still at it: boil water, 15 s\n");
    expect(passed(14)).toBe("");
    expect(passed(1)).toBe("  still at it: boil water, 30 s\n");
    expect(passed(90)).toBe("  still at it: boil water, 1 min 00 s\n  still at it: boil water, 2 min 00 s\n");
    expect(passed(600).match(/still/g)).toHaveLength(3);
    await end();
    expect(passed(600)).toBe("");
  });

  it("begins anew with its intervals after a line", () => {
    const { terminal, passed } = last();
    passed(30);
    terminal.note("the water is warm");
    expect(passed(14)).toBe("  the water is warm\n");
    expect(passed(1)).toBe("  still at it: boil water, 45 s\n");
  });

  it("says at what it is where it knows", () => {
    let now = "";
    const { passed } = last({}, () => now);
    expect(passed(15)).toBe("  still at it: boil water, 15 s\n");
    now = "cats/image, 30 s: [2/5] RUN make";
    expect(passed(15)).toBe("  still at cats/image, 30 s: [2/5] RUN make\n");
  });

  it("has one line on a terminal, with its seconds or with what it is at", async () => {
    let now = "";
    const { passed, end } = last({ tty: true }, () => now);
    expect(passed(2)).toBe("\r\u001b[2K  1 s\r\u001b[2K  2 s");
    now = "cats/image, 3 s";
    expect(passed(1)).toBe("\r\u001b[2K  cats/image, 3 s");
    expect(await end()).toMatch(/^\r\u001b\[2K {2}\S*done/);
  });

  it("leaves the terminal to a program that asks for a password there", async () => {
    const { terminal, passed } = last({ tty: true });
    passed(1);
    let end = () => {};
    const lent = terminal.lend(() => new Promise<void>((resolve) => (end = resolve)));
    expect(passed(30)).toBe("\r\u001b[2K");
    end();
    await lent;
    expect(passed(1)).toContain("  32 s");
  });

  it("within another one is the one that is told", async () => {
    const { terminal, passed } = last();
    let end = () => {};
    const inner = terminal.step("light a fire", () => new Promise<void>((resolve) => (end = resolve)));
    expect(passed(15)).toBe("> light a fire\n  still at it: light a fire, 15 s\n");
    end();
    await inner;
    expect(passed(20)).toMatch(/ {2}still at it: boil water, 30 s\n$/);
  });
});

it.each([
  ["short", 10, ["short"]],
  ["a word and more words", 10, ["a word and", "  more", "  words"]],
  ["  an indented line", 12, ["  an", "    indented", "    line"]],
  ["https://example.com/very/long/path", 10, ["https://example.com/very/long/path"]],
  ["one\ntwo three", 6, ["one", "two", "  three"]],
])("%j at %d columns breaks at spaces alone", (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});
