import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { DockerHub, LocalHost, useLocalBackend } from "../../src/index.ts";

const RUNTIME_TYPE = Symbol.for("jsii.rtti");

/** A stack as the other core makes it: the same in all that is asked of it, but for the name that jsii gives its class. */
class OtherStack extends TerraformStack {
  static [RUNTIME_TYPE] = { fqn: "cdktn.TerraformStack", version: "0.24.0" };
}

class PageStack extends OtherStack {}

const REFUSAL =
  'page: core: is made by cdktn, and the package slipway is for cdktf: import App and TerraformStack from "cdktf", or use the package slipway-cdktn';

test.each([
  ["a host", (stack: TerraformStack) => new LocalHost(stack, "host")],
  ["a registry", (stack: TerraformStack) => new DockerHub(stack, "registry", { namespace: "page" })],
  ["the backend", (stack: TerraformStack) => useLocalBackend(stack)],
  ["what stands deeper", (stack: TerraformStack) => new LocalHost(new Construct(stack, "part"), "host")],
])("a stack of the other core is refused in one line by %s", (_, declare) => {
  const stack = new PageStack(new App(), "page");
  expect(() => declare(stack)).toThrow(new Error(REFUSAL));
});

test("a class of one's own that extends our core's is none of another", () => {
  class OwnStack extends TerraformStack {}
  expect(() => new LocalHost(new OwnStack(new App(), "page"), "host")).not.toThrow();
});
