import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { imageReferences } from "../../src/cli/init/image-references.ts";
import { writtenFiles } from "../../src/cli/init/init.ts";
import { synthesize } from "../../src/testing/index.ts";
import { WrittenProject } from "../cli/init/written-project.ts";
import { expectGolden } from "../golden.ts";
import { composeFolder, serviceText, translated } from "./compose-folder.ts";
import { SNIPPETS, type Snippet } from "./snippets.ts";

const ROOT = resolve(__dirname, "../..");
const ALL = SNIPPETS.map((snippet) => ({ snippet, name: snippet.name }));

/** The whole file of a snippet. */
function composeOf({ service, more = "" }: Snippet): string {
  return `services:\n  web:\n${service.replace(/^/gm, "    ")}\n${more}\n`;
}

/** A lockfile for what a stack asks for; nobody fetches by it. */
function lockfile(references: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  const digest = (name: string) => `sha256:${createHash("sha256").update(name).digest("hex")}`;
  writeFileSync(
    path,
    JSON.stringify({ version: 1, images: Object.fromEntries(references.map((name) => [name, digest(name)])) }),
  );
  return path;
}

test("each key of a service is this text of a stack", () => {
  const texts = SNIPPETS.map((snippet) => {
    const text = serviceText(composeOf(snippet), snippet.files, snippet.host);
    return `--- ${snippet.name}\n${composeOf(snippet).trim()}\n>>>\n${text}\n\n`;
  });
  expectGolden(join(__dirname, "golden/snippets.txt"), texts.join(""));
});

test.each(ALL)("$name: the project synthesizes, and its own tests pass", ({ snippet }) => {
  const folder = composeFolder(composeOf(snippet), snippet.files);
  const host = snippet.host ?? "local";
  const translation = translated(folder, host);
  const project = new WrittenProject(writtenFiles(translation, host, "compose.yaml"), folder);
  const before = process.cwd();
  process.chdir(folder);
  try {
    const env = { SLIPWAY_LOCKFILE: lockfile(imageReferences(translation, host, folder)) };
    const stack = synthesize(project.stack("shop", "ShopStack"), { id: "shop", env });
    const served = translation.services.filter(({ before, profiles }) => before === undefined && profiles.length === 0);
    expect(stack.release().services.map(({ name }) => name)).toEqual(served.map(({ name }) => name).sort());
    Object.assign(process.env, env);
    project.load("shop.test");
    expect(project.tests.length).toBeGreaterThan(0);
    for (const { run } of project.tests) run();
  } finally {
    process.chdir(before);
    delete process.env.SLIPWAY_LOCKFILE;
  }
});

test("whatever is written is formatted as Biome formats it, and it has nothing to say", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-format-"));
  for (const [index, snippet] of SNIPPETS.entries()) {
    for (const host of ["local", "aws"] as const) {
      const compose = composeFolder(composeOf(snippet), snippet.files);
      const out = join(folder, `${index}-${host}`);
      mkdirSync(out);
      for (const { path, text } of writtenFiles(translated(compose, host), host, "compose.yaml"))
        if (!path.includes("/")) writeFileSync(join(out, path), text);
    }
  }
  const settings = { formatter: { indentStyle: "space", indentWidth: 2, lineWidth: 120 } };
  const config = mkdtempSync(join(tmpdir(), "slipway-biome-"));
  writeFileSync(join(config, "biome.json"), JSON.stringify({ root: true, ...settings }));
  const biome = spawnSync(
    join(ROOT, "node_modules/.bin/biome"),
    ["check", `--config-path=${config}`, "--error-on-warnings", "--max-diagnostics=3", "."],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  expect(`${biome.stdout}${biome.stderr}`).toMatch(/Checked \d+ files/);
  expect({ status: biome.status, said: biome.status === 0 ? "" : `${biome.stdout}${biome.stderr}` }).toEqual({
    status: 0,
    said: "",
  });
});

test.each(["local", "aws"] as const)(
  "what a comment says of a neighbour's address is what the %s host says",
  (host) => {
    const compose = `services:
  web:
    image: a
    ports: ["80:80"]
    environment:
      PLAIN: db:5432
      API: http://api:3000
      DATABASE_URL: postgres://shop:pw1234@db:5432/shop
      API_TOKEN_URL: http://me:pw1234@api:3000/
  api: {image: b}
  db: {image: "postgres:16"}
`;
    const folder = composeFolder(compose);
    const translation = translated(folder, host);
    const project = new WrittenProject(writtenFiles(translation, host, "compose.yaml"), folder);
    const env = { SLIPWAY_LOCKFILE: lockfile(imageReferences(translation, host, folder)) };
    const stack = synthesize(project.stack("shop", "ShopStack"), { id: "shop", env });
    const web = stack.release().services.find(({ name }) => name === "web");
    const { PLAIN, API } = (web?.env ?? {}) as Record<string, string>;
    expect(PLAIN).toMatch(/^[\w.-]+:\d+$/);
    const hints = Object.fromEntries(
      Object.entries(translation.services.find(({ name }) => name === "web")?.secrets ?? {}).map(([key, { hint }]) => [
        key,
        hint,
      ]),
    );
    expect(hints).toEqual({
      DATABASE_URL: `postgres://shop:PASSWORD@${PLAIN}/shop`,
      API_TOKEN_URL: `http://me:PASSWORD@${API?.slice("http://".length)}/`,
    });
    expect(project.text("shop.ts")).not.toContain("pw1234");
  },
);
