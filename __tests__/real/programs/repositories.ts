/** A stack of the tests' own: repositories in ECR with the options that no example sets. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, EcrRepository, type EcrRepositoryOptions } from "../../../src/aws/index.ts";
import { useLocalBackend } from "../../../src/index.ts";

/** What a test decides; it comes as JSON in SLIPWAY_TEST_DECLARED. */
export interface DeclaredRepositories {
  readonly account: string;
  /** By their names. */
  readonly repositories: Readonly<Record<string, EcrRepositoryOptions>>;
}

const declared = JSON.parse(process.env.SLIPWAY_TEST_DECLARED ?? "") as DeclaredRepositories;
const app = new App();
const stack = new TerraformStack(app, "slipway-repositories");
useLocalBackend(stack);
const aws = new AwsAccount(stack, "aws", { account: declared.account, region: "eu-west-1" });
const registry = new EcrRegistry(stack, "registry");
for (const [name, options] of Object.entries(declared.repositories)) {
  new EcrRepository(stack, name.replace("/", "-"), { ...options, registry, name });
}
new TerraformOutput(stack, "deployer-policy", { value: aws.deployerPolicy });
app.synth();
