import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./house.ts";

const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const manifest = read("package.json");

test("each entry point has its types by typesVersions too, for compilers that read no exports", () => {
  const types = Object.entries<{ types?: string }>(manifest.exports)
    .filter(([entry, { types }]) => entry !== "." && types !== undefined)
    .map(([entry, { types }]) => [entry.slice(2), [types]]);
  expect(manifest.typesVersions).toEqual({ "*": Object.fromEntries(types) });
});

test("every module that is imported for what it does is among the side effects, and no other", () => {
  const found = new Set<string>();
  for (const file of readdirSync(join(ROOT, "src"), { encoding: "utf8", recursive: true })) {
    if (!file.endsWith(".ts")) continue;
    for (const [, module] of readFileSync(join(ROOT, "src", file), "utf8").matchAll(/^import "([^"]+)";$/gm))
      found.add(`./lib/${join(file, "..", module as string).replace(/\.ts$/, ".js")}`);
  }
  // what a user imports so, and the program
  for (const file of ["./lib/testing/jest.js", "./src/cli/slipway.mjs"]) found.add(file);
  expect([...(manifest.sideEffects as string[])].sort()).toEqual([...found].sort());
});

const packages = readdirSync(join(ROOT, "scripts/consumer/packages"));

test.each(packages)("the packages %s of the consumer matrix are those that the package asks for", (name) => {
  const { dependencies } = read(`scripts/consumer/packages/${name}/package.json`);
  const asked = { ...manifest.devDependencies, ...manifest.dependencies };
  // the matrix has a TypeScript of its own, and cdktn a core of its own
  const other = ["typescript", ...(name === "cdktn" ? ["cdktf", "constructs"] : [])];
  const shared = Object.keys(dependencies).filter((each) => each in asked && !other.includes(each));
  expect(shared).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), "@cdktf/provider-docker"]));
  for (const each of shared) expect([each, dependencies[each]]).toEqual([each, asked[each]]);
});

test("whoever finds the package finds its repository, and a publication says what it was built from", () => {
  expect(manifest.repository.url).toContain(new URL(manifest.bugs.url).pathname.replace("/issues", ".git"));
  expect(manifest.homepage).toMatch(/#readme$/);
  expect(manifest.publishConfig).toEqual({ access: "public", provenance: true });
  expect(existsSync(join(ROOT, "LICENSE"))).toBe(true);
});
