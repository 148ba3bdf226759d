/** A stack of the tests' own: a preview that has nothing but its end. */
import { App } from "cdktf";
import { Environment } from "../../../src/index.ts";

const app = new App();
const { SLIPWAY_TEST_LIFETIME: expiresAfter = "3d" } = process.env;
Environment.preview("pr-42", { expiresAfter }).stack(app, "shop");
app.synth();
