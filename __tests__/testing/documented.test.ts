import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../house/house.ts";

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
  const runs = Object.entries(SPECIFIERS).reduce(
    (text, [from, to]) => text.replaceAll(`"${from}"`, `"${to}"`),
    readFileSync(join(ROOT, "__tests__/testing/example", name), "utf8"),
  );
  expect(sortedImports(shown)).toBe(sortedImports(runs));
});

/** Imports in one order, since that goes by their names, which differ. */
function sortedImports(text: string): string {
  const [imports = "", ...rest] = text.split("\n\n");
  return [imports.split("\n").sort().join("\n"), ...rest].join("\n\n");
}
