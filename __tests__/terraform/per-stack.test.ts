import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { perApp, perStack } from "../../src/terraform/per-stack.ts";

const app = () => new App({ outdir: "/nonexistent-never-synthesized", skipValidation: true });

test("everything of a stack shares one value, and another stack has its own", () => {
  const root = app();
  const [a, b] = [new TerraformStack(root, "a"), new TerraformStack(root, "b")];
  const names = perStack((): string[] => []);
  names(new Construct(a, "deep")).push("a");
  names(b).push("b");
  expect([names(a), names(new Construct(b, "deep"))]).toEqual([["a"], ["b"]]);
});

test("a value is made once, also where it is undefined", () => {
  const make = jest.fn(() => undefined);
  const value = perStack(make);
  const stack = new TerraformStack(app(), "stack");
  value(stack);
  value(stack);
  expect(make).toHaveBeenCalledTimes(1);
});

test("the stacks of an app share one value, two apps do not", () => {
  const [one, other] = [app(), app()];
  const names = perApp((): string[] => []);
  names(new TerraformStack(one, "a")).push("a");
  names(new TerraformStack(one, "b")).push("b");
  expect([names(one), names(other)]).toEqual([["a", "b"], []]);
});
