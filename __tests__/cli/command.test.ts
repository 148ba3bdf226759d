import { firstWords, outputTail, run, which } from "../../src/cli/command.mjs";

const node = (script: string, options = {}) => run(process.execPath, ["-e", script], options);

it("answers exit status and both outputs", async () => {
  const result = await node("console.log('out'); console.error('err'); process.exit(3)");
  expect(result).toEqual({ code: 3, stdout: "out\n", stderr: "err\n", timedOut: false });
});

it("answers 127 for a program that is not there", async () => {
  expect(await run("no-such-program-anywhere")).toMatchObject({ code: 127, timedOut: false });
});

it("stops what takes too long", async () => {
  expect(await node("setInterval(() => {}, 1000)", { timeout: 300 })).toMatchObject({ code: 124, timedOut: true });
});

it("closes the standard input, so that nothing waits for an answer", async () => {
  const script = "process.stdin.on('data', () => {}).on('end', () => console.log('ended'))";
  expect(await node(script, { timeout: 10_000 })).toMatchObject({ code: 0, stdout: "ended\n" });
});

it("hands on each line as it comes", async () => {
  const lines: string[] = [];
  await node("console.log('one\\ntwo'); console.error('three')", { onLine: (line: string) => lines.push(line) });
  expect(lines.sort()).toEqual(["one", "three", "two"]);
});

it("finds programs of PATH", () => {
  expect(which("sh")).toMatch(/\/sh$/);
  expect(which("sh", { PATH: "" })).toBeUndefined();
});

it("cuts long output at the end that says the reason", () => {
  const result = { code: 1, stdout: "", stderr: "npm warn x\na\nb\nc\n", timedOut: false };
  expect(outputTail(result, 2)).toBe("b\nc");
  expect(firstWords(result, 2)).toBe("a\nb");
  expect(outputTail({ ...result, stderr: "", stdout: "only this\n" })).toBe("only this");
});
