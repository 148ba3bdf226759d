import { providerProblem } from "../../src/aws/provider-installed.ts";

test("a missing provider is one line that says how to get it", () => {
  const missing = () => {
    throw new Error("Cannot find module");
  };
  expect(providerProblem(missing)).toBe(
    "slipway/aws needs the package @cdktf/provider-aws: npm install @cdktf/provider-aws",
  );
});

test("one that is there is no problem", () => {
  expect(providerProblem((id) => id)).toBeUndefined();
});
