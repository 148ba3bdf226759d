import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../house/house.ts";
import { blocksOf } from "../readme/blocks.ts";

const SPECIFIERS: Readonly<Record<string, string>> = {
  "../../../src/index.ts": "slipway",
  "../../../src/aws/index.ts": "slipway/aws",
  "../../../src/testing/index.ts": "slipway/testing",
  "../../../src/testing/jest.ts": "slipway/testing/jest",
  "./shop.ts": "./shop",
};

test.each(["shop.ts", "shop.test.ts"])("docs/testing.md has %s as it runs here", (name) => {
  const page = readFileSync(join(ROOT, "docs/testing.md"), "utf8");
  const [, shown = ""] = page.split(`\`${name}\`:\n\n\`\`\`ts\n`).map((part) => part.split("```\n")[0] ?? "");
  const runs = readFileSync(join(ROOT, "__tests__/testing/example", name), "utf8");
  expect(sortedImports(shown)).toBe(sortedImports(asUsersHaveIt(runs)));
});

test("the README has its test as it runs here", () => {
  const [{ text: shown = "" } = {}] = blocksOf("README.md").filter(
    ({ section, language }) => section === "Testing it" && language === "ts",
  );
  const runs = readFileSync(join(ROOT, "__tests__/testing/example/readme.test.ts"), "utf8");
  expect(sortedImports(shown)).toBe(sortedImports(asUsersHaveIt(runs)));
});

function asUsersHaveIt(text: string): string {
  return Object.entries(SPECIFIERS).reduce((all, [from, to]) => all.replaceAll(`"${from}"`, `"${to}"`), text);
}

/** Imports in one order, since that goes by their names, which differ. */
function sortedImports(text: string): string {
  const [imports = "", ...rest] = text.split("\n\n");
  return [imports.split("\n").sort().join("\n"), ...rest].join("\n\n");
}
