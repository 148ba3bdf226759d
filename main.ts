import { App } from "cdktf";
import { CatsStack } from "./stacks/cats.ts";
import { NetflixStack } from "./stacks/netflix.ts";

const app = new App();
new CatsStack(app, "cats");
new NetflixStack(app, "netflix");
app.synth();
