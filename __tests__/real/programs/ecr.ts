/** A stack of the tests' own: an image kept in ECR, granted to a role that exists. */
import { App, TerraformStack } from "cdktf";
import { EcrRegistry } from "../../../src/aws/index.ts";
import { BuiltImage, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-test");
useLocalBackend(stack);
const registry = new EcrRegistry(stack, "registry", { account: "111122223333", region: "eu-west-1" });
const repository = registry.repository("team/cats");
repository.grantPull({ roleName: "host" });
repository.grantPush({ roleName: "builder" });
new BuiltImage(stack, "image", { context: "app", repository, version: "1.0.0" });
app.synth();
