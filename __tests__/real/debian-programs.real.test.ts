import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DebianPrograms } from "../../src/cli/debian-programs.mjs";

jest.setTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), "slipway-debian-programs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = () => execFileSync("dpkg-query", ["--show"], { encoding: "utf8" });
const say = (program: string, words: readonly string[], input = "") =>
  execFileSync(program, words, { encoding: "utf8", input });

test("programs out of packages run and are not installed: one that stands alone, one with a library, one of Python's", async () => {
  const before = installed();
  const packages = { hello: "hello", recode: "recode", markdown_py: "python3-markdown" };
  const bin = await new DebianPrograms(packages, { folder }).unpack();
  expect(readdirSync(bin).sort()).toEqual(Object.keys(packages).sort());
  expect(lstatSync(join(bin, "hello")).isSymbolicLink()).toBe(true);
  expect(say(join(bin, "hello"), [])).toBe("Hello, world!\n");
  expect(say(join(bin, "recode"), ["utf8..latin1"], "plain")).toBe("plain");
  expect(say(join(bin, "markdown_py"), [], "*it*")).toBe("<p><em>it</em></p>");
  expect(installed()).toBe(before);
});
