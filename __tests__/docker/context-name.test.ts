import { join } from "node:path";
import { contextName } from "../../src/docker/image-context.ts";
import { RemoteContext } from "../../src/index.ts";

test.each([
  ["app", "app"],
  ["./app/", "app"],
  [".", "."],
  ["..", ".."],
  ["../web", "../web"],
  [join(process.cwd(), "stacks/apps/cats"), "stacks/apps/cats"],
  [process.cwd(), "."],
  ["/somewhere/of/this/machine/web", "web"],
])("the context %s is called %s for people", (context, name) => {
  expect(contextName(context)).toBe(name);
});

test("a context that is kept elsewhere is called by where that is", () => {
  const url = "https://github.com/octo-org/catalog.git";
  expect(contextName(RemoteContext.git(url, { commit: "a".repeat(40) }))).toBe(url);
});
