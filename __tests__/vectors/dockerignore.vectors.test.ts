import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DockerIgnore } from "../../src/context/docker-ignore.ts";
import { DockerIgnoreError, readIgnoreLines } from "../../src/context/ignore-line.ts";
import { translate } from "../../src/context/ignore-pattern.ts";

function cases<T>(file: string): T[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerignore/oracle.json");
  return (JSON.parse(readFileSync(join(folder, "dockerignore", file), "utf8")) as { cases: T[] }).cases;
}

function report(what: string, compared: number): void {
  process.stdout.write(`dockerignore: ${compared} ${what} compared\n`);
}

/** The answer of a walk from the root down to the path. */
function walked(ignore: DockerIgnore, path: string): boolean {
  const parts = path.split("/");
  let matches: readonly boolean[] = [];
  let ignored = false;
  for (let i = 1; i <= parts.length; i += 1) {
    ({ ignored, matches } = ignore.walk(parts.slice(0, i).join("/"), matches));
  }
  return ignored;
}

function outcome(ask: () => boolean): boolean | "error" {
  try {
    return ask();
  } catch (error) {
    if (error instanceof DockerIgnoreError) return "error";
    throw error;
  }
}

describe("whole files", () => {
  interface Case {
    content: string;
    patterns: string[];
    compileError?: string;
    ignored?: string[];
    kept?: string[];
    error?: string[];
    walkDiffers?: Record<string, boolean>;
  }

  it("are refused, read and matched as upstream does", () => {
    const wrong: unknown[] = [];
    let checks = 0;
    let files = 0;
    let refused = 0;
    for (const { content, patterns, compileError, walkDiffers = {}, ...paths } of cases<Case>("oracle.json")) {
      files += 1;
      let ignore: DockerIgnore;
      try {
        ignore = DockerIgnore.parse(content);
      } catch (error) {
        refused += 1;
        if (!(error instanceof DockerIgnoreError)) throw error;
        if (!compileError || error.line < 1 || !error.pattern || !error.reason) wrong.push({ content, error });
        continue;
      }
      if (compileError) wrong.push({ content, compileError });
      const read = readIgnoreLines(Buffer.from(content), "f").map((line) => line.pattern);
      if (JSON.stringify(read) !== JSON.stringify(patterns)) wrong.push({ content, patterns, read });
      const expected = new Map<string, boolean | "error">([
        ...(paths.ignored ?? []).map((path) => [path, true] as const),
        ...(paths.kept ?? []).map((path) => [path, false] as const),
        ...(paths.error ?? []).map((path) => [path, "error"] as const),
      ]);
      for (const [path, answer] of expected) {
        checks += 1;
        const got = outcome(() => ignore.ignores(path));
        if (got !== answer) wrong.push({ content, path, answer, got });
        const walk = outcome(() => walked(ignore, path));
        const walkAnswer = walkDiffers[path] ?? answer;
        if (walk !== walkAnswer && answer !== "error") wrong.push({ content, path, walkAnswer, walk });
      }
    }
    report(`whole files (${refused} refused) with ${checks} paths`, files);
    expect(wrong).toEqual([]);
    expect(checks).toBeGreaterThan(0);
  });
});

describe("the reader", () => {
  interface Case {
    content: string | { prefix: string; repeat: string; times: number; suffix: string };
    patterns?: string[] | number;
    compileError?: string;
    readError?: string;
  }

  it("reads and refuses each file as upstream does", () => {
    const all = cases<Case>("reader.json");
    for (const { content, patterns, compileError, readError } of all) {
      const text =
        typeof content === "string" ? content : content.prefix + content.repeat.repeat(content.times) + content.suffix;
      if (readError) {
        expect(() => readIgnoreLines(Buffer.from(text), "f")).toThrow(DockerIgnoreError);
        continue;
      }
      const read = readIgnoreLines(Buffer.from(text), "f").map((line) => line.pattern);
      expect(typeof patterns === "number" ? read.length : read).toEqual(patterns);
      if (compileError) expect(() => DockerIgnore.parse(text)).toThrow(DockerIgnoreError);
      else expect(() => DockerIgnore.parse(text)).not.toThrow();
    }
    report("files through the reader", all.length);
  });
});

describe("patterns", () => {
  it("compile to upstream's forms and expressions", () => {
    const all = cases<{ pattern: string; matchType: string; regexp: string }>("compile.json");
    for (const { pattern, matchType, regexp } of all) {
      const { form, expression } = translate(pattern);
      const name = form === "expression" ? "regexpMatch" : `${form}Match`;
      expect({ pattern, name, expression }).toEqual({ pattern, name: matchType, expression: regexp });
    }
    report("compiled patterns", all.length);
  });

  it.each(["filepath-match.json", "matches.json", "misc.json"])("of %s match as upstream does", (file) => {
    const all = cases<{ patterns: string[]; path: string; ignored?: boolean; error?: string }>(file);
    const wrong: unknown[] = [];
    for (const { patterns, path, ignored, error } of all) {
      const got = outcome(() => DockerIgnore.parse(patterns.join("\n")).ignores(path));
      if (got !== (error ? "error" : ignored)) wrong.push({ patterns, path, ignored, error, got });
    }
    report(`checks of ${file}`, all.length);
    expect(wrong).toEqual([]);
  });
});

describe("BuildKit's integration cases", () => {
  it("keep and leave out what BuildKit did", () => {
    const all = cases<{
      content?: string;
      error?: string;
      dockerfile?: string;
      ignoreFiles?: Record<string, string>;
      files?: Record<string, boolean>;
    }>("buildkit.json");
    for (const { content, error, dockerfile, ignoreFiles, files } of all) {
      const text = content ?? ignoreFiles?.[`${dockerfile}.dockerignore`] ?? "";
      if (error) {
        expect(() => DockerIgnore.parse(text)).toThrow(DockerIgnoreError);
        continue;
      }
      const ignore = DockerIgnore.parse(text);
      for (const [path, present] of Object.entries(files ?? {}))
        expect([path, !ignore.ignores(path)]).toEqual([path, present]);
    }
    report("BuildKit integration cases", all.length);
  });
});
