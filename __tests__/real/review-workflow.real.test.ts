import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildActionlint } from "../../scripts/engines/actionlint.mjs";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { run } from "../../src/cli/command.mjs";
import { documentedWorkflow } from "../review/documented-workflow.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-workflow-"));
let actionlint: string;

// It is built from source the first time.
beforeAll(async () => {
  actionlint = await buildActionlint({ cacheDir: cacheFolder(), run, log: () => {}, install: async () => {} });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What actionlint says of a workflow, its shell by shellcheck included. */
async function lint(text: string): Promise<string> {
  const file = join(folder, "workflow.yml");
  writeFileSync(file, text);
  const { stdout, stderr } = await run(actionlint, ["-no-color", "-oneline", "-shellcheck", "shellcheck", file]);
  return `${stdout}${stderr}`;
}

test.each(["review", "review-comment"] as const)(
  "the documented workflow %s is one, and its shell is sound",
  async (name) => {
    expect(await lint(documentedWorkflow(name))).toBe("");
  },
);

test("the repository's own workflow is one, and its shell is sound", async () => {
  expect(await lint(readFileSync(".github/workflows/ci.yml", "utf8"))).toBe("");
});

test("what is wrong with one would be said", async () => {
  const text = documentedWorkflow("review-comment");
  expect(await lint(text.replace("permissions:", "permission:"))).toContain('unexpected key "permission"');
  expect(await lint(text.replace('"$number" ]', "$number ]"))).toContain("SC2086");
});
