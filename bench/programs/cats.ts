import { App } from "cdktf";
import { CatsStack } from "../../stacks/cats.ts";

const app = new App();
new CatsStack(app, "cats");
app.synth();
