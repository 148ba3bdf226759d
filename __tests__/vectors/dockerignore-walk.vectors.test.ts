import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { walkContext } from "../../src/context/context-walk.ts";
import { DockerIgnore } from "../../src/context/docker-ignore.ts";
import { DockerIgnoreError } from "../../src/context/ignore-line.ts";

interface Case {
  content: string;
  compileError?: string;
  ignored?: string[];
  kept?: string[];
  error?: string[];
  walkDiffers?: Record<string, boolean>;
}

function cases(): Case[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerignore/oracle.json");
  return (JSON.parse(readFileSync(join(folder, "dockerignore/oracle.json"), "utf8")) as { cases: Case[] }).cases;
}

describe("the walk of a real directory", () => {
  let directory = "";
  const all = cases().filter(({ compileError }) => !compileError);
  const paths = new Set(all.flatMap(({ ignored = [], kept = [], error = [] }) => [...ignored, ...kept, ...error]));
  const isFolder = (path: string) => [...paths].some((other) => other.startsWith(`${path}/`));
  const files = new Set([...paths].filter((path) => !isFolder(path)));

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-walk-"));
    for (const file of files) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), "");
    }
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("keeps and leaves out what BuildKit's walk does", () => {
    const wrong: unknown[] = [];
    let compared = 0;
    let failed = 0;
    for (const { content, ignored = [], kept = [], walkDiffers = {} } of all) {
      let walked: Set<string>;
      try {
        walked = new Set(walkContext(directory, DockerIgnore.parse(content)).paths.map(({ path }) => path));
      } catch (thrown) {
        if (!(thrown instanceof DockerIgnoreError)) throw thrown;
        failed += 1;
        // The directory holds the paths of all cases: the pattern may fail on one that this case was not asked about.
        if ([...ignored, ...kept].includes(thrown.path ?? "")) wrong.push({ content, thrown });
        continue;
      }
      for (const path of [...ignored, ...kept].filter((name) => files.has(name))) {
        compared += 1;
        const left = walkDiffers[path] ?? ignored.includes(path);
        if (walked.has(path) === left) wrong.push({ content, path, left });
      }
    }
    process.stdout.write(
      `dockerignore: ${all.length} walks over ${files.size} files (${failed} fail on a path), ${compared} paths compared\n`,
    );
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });
});
