import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
const PROGRAM = `import { ImageReference } from "${ROOT}/src/index.ts";

interface Nothing {}
const ours = (() => { try { ImageReference.parse("A"); return ""; } catch (error) { return (error as Error).stack; } })();
console.log(JSON.stringify({ enabled: process.sourceMapsEnabled, own: new Error("here").stack, ours }));
`;

/** What a person's own program sees, run as the README says. */
function run(...options: string[]): { enabled: boolean; own: string; ours: string } {
  const file = join(mkdtempSync(join(tmpdir(), "slipway-maps-")), "program.ts");
  writeFileSync(file, PROGRAM);
  const { stdout, stderr } = spawnSync(process.execPath, [...options, "--import", require.resolve("tsx"), file], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

it("keeps the source maps of a person's own code, and reads none of the library's", () => {
  const { enabled, own, ours } = run();
  expect(enabled).toBe(true);
  expect(own).toContain("program.ts:5:");
  expect(ours).toMatch(/image-reference\.ts:2:\d+/);
});

it("reads all of them when asked to", () => {
  expect(run("--enable-source-maps").ours).toMatch(/image-reference\.ts:\d\d+:\d+/);
});
