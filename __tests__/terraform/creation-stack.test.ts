import { App, Lazy, TerraformStack, Token, Tokenization } from "cdktf";
import { sparesCreationStacks, withoutCreationStacks } from "../../src/terraform/creation-stack.ts";
import { Step } from "../../src/terraform/step.ts";

// A core that captures elsewhere works as before and costs time: then these fail, and the place must be found anew.
describe("the core's traces of tokens", () => {
  test("are captured where they are replaced", () => expect(sparesCreationStacks).toBe(true));

  test.each([
    ["a lazy value", () => Lazy.anyValue({ produce: () => 1 })],
    ["a value as a token", () => Token.asAny({ a: 1 })],
    ["an attribute's reference", () => Tokenization.reverseString(attribute()).firstToken],
  ])("are not taken of %s", (_, make) => {
    expect((make() as { creationStack?: unknown }).creationStack).toEqual([]);
  });

  test("an error keeps its own, in a token's function too", () => {
    const stack = new TerraformStack(new App(), "stack");
    stack.addOverride("locals.late", Lazy.stringValue({ produce: failingOnPurpose }));
    expect(() => stack.toTerraform()).toThrow(/on purpose/);
    expect(new Error("here").stack).toContain("creation-stack.test.ts");
  });
});

describe("a core that captures elsewhere", () => {
  test.each([
    [
      "has no such module",
      () => {
        throw new Error("Cannot find module");
      },
    ],
    ["has no such function", () => ({})],
    ["keeps its exports fixed", () => Object.freeze({ captureStackTrace: () => ["at here"] })],
  ])("%s: goes on as it is", (_, load) => expect(withoutCreationStacks(load)).toBe(false));

  test("under the other name too", () => {
    const module = { captureStackTrace: () => ["at here"], captureCreationStack: () => ["at here"] };
    expect(withoutCreationStacks(() => module)).toBe(true);
    expect([module.captureStackTrace(), module.captureCreationStack()]).toEqual([[], []]);
  });
});

function attribute(): string {
  return new Step(new TerraformStack(new App(), "stack"), "step", { command: "true" }).getStringAttribute("id");
}

function failingOnPurpose(): string {
  throw new Error("on purpose");
}
