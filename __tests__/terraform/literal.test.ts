import { App, TerraformStack } from "cdktf";
import { constructId } from "../../src/terraform/literal.ts";

const stack = () =>
  new TerraformStack(new App({ outdir: "/nonexistent-never-synthesized", skipValidation: true }), "stack");

describe("constructId", () => {
  test.each(["a", "catalog", "catalog-image", "Site_1", "A9", "x".repeat(64)])("keeps %s", (id) => {
    expect(constructId(stack(), id)).toBe(id);
  });

  test.each([
    ["a.b", 'use "a-b"'],
    ["1abc", 'use "abc"'],
    ["a b", 'use "a-b"'],
    ["a/b", 'use "a-b"'],
    ["", "use a word"],
    ["ä", "use a word"],
    ["x".repeat(65), `use "${"x".repeat(64)}"`],
  ])("refuses %j and says what to write", (id, remedy) => {
    expect(() => constructId(stack(), id)).toThrow(/stack: id: construct id must begin with a letter/);
    expect(() => constructId(stack(), id)).toThrow(remedy);
  });
});
