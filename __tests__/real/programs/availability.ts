/** The stack of the availability agent as it is, with names of the tests' own. */
import { App } from "cdktf";
import { AvailabilityStack } from "../../../stacks/availability.ts";

const app = new App();
new AvailabilityStack(app, "slipway-availability");
app.synth();
