import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { AwsAccount } from "../../src/aws/aws-account.ts";
import { DockerEngine } from "../../src/docker/docker-engine.ts";
import { Volume } from "../../src/docker/volume.ts";
import { synthesize } from "../synthesize.ts";

const REFUSED =
  /stack\/mine: provider: is a second docker provider beside stack\/docker-engine\/Provider: configure that one by new DockerEngine, declared before its first use, or give this one an alias/;

test.each([
  ["before", (stack: TerraformStack) => [new DockerProvider(stack, "mine"), new Volume(stack, "volume")]],
  ["after", (stack: TerraformStack) => [new Volume(stack, "volume"), new DockerProvider(stack, "mine")]],
])("a person's own provider %s the engine is refused, for Terraform takes no two", (_, declare) => {
  expect(() => synthesize(declare)).toThrow(REFUSED);
});

test("it is found wherever it stands in the stack", () => {
  const declare = (stack: TerraformStack) => {
    new DockerEngine(stack, "engine");
    new DockerProvider(new Construct(stack, "deep"), "mine");
  };
  expect(() => synthesize(declare)).toThrow(/stack\/deep\/mine: provider: .* beside stack\/engine\/Provider/);
});

test("one with an alias stands beside the engine's", () => {
  const { provider } = synthesize((stack) => {
    new DockerProvider(stack, "mine", { alias: "other", host: "tcp://10.0.0.5:2375" });
    new Volume(stack, "volume");
  });
  expect(provider.docker).toHaveLength(2);
});

test("one of another stack is none of its business", () => {
  const other = (stack: TerraformStack) => {
    new Volume(stack, "volume");
    new DockerProvider(new TerraformStack(App.of(stack), "other"), "mine");
  };
  expect(() => synthesize(other)).not.toThrow();
});

test("it is the same with Amazon's", () => {
  const declare = (stack: TerraformStack) => {
    new AwsProvider(stack, "mine", { region: "eu-west-1" });
    new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
  };
  expect(() => synthesize(declare)).toThrow(/stack\/mine: provider: is a second aws provider .* new AwsAccount/);
});
