import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./house.ts";

const TEXT = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
const MOST_FILES = 4;

/** What docs/architecture.md says that each addition touches. */
const additions = (TEXT.split("\n## What an addition touches\n")[1] ?? "")
  .split("\n### ")
  .slice(1)
  .map((section) => ({
    name: section.split("\n")[0] as string,
    files: [...section.matchAll(/^- `([^`]+)`/gm)].map((match) => match[1] as string),
  }));

test("the architecture says what each kind of addition touches", () => {
  expect(additions.map(({ name }) => name)).toEqual([
    "A probe kind",
    "A site option",
    "A run option",
    "An option of every host",
    "A mount",
    "A source of certificates",
    "A task's option",
    "A log driver",
    "A verb",
    "A Dockerfile flag",
    "A price",
    "A build option",
    "A registry",
    "A host kind",
  ]);
});

test.each(additions)("$name touches a few files, and they are there", ({ files }) => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.length).toBeLessThanOrEqual(MOST_FILES);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

const GUIDE = readFileSync(join(ROOT, "docs/a-host-of-your-own.md"), "utf8");

test.each([
  ["the architecture", TEXT],
  ["the page about hosts of one's own", GUIDE],
])("every path that %s names is in the tree", (_, text) => {
  const named = [...text.matchAll(/`((?:src|__tests__|scripts|stacks|docs)\/[^`]*)`/g)].map(
    (match) => match[1] as string,
  );
  expect(named.length).toBeGreaterThan(8);
  // a name in capitals stands for the reader's own
  expect(named.filter((path) => !/NAME/.test(path) && !existsSync(join(ROOT, path)))).toEqual([]);
});
