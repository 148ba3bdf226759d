/** A stack of the tests' own: an image that staging serves, in the registry of production. */
import { App } from "cdktf";
import { Environment, PromotedImage, SelfHostedRegistry } from "../../../src/index.ts";

const app = new App();
const stack = new Environment({ name: "production" }).stack(app, "shop");
const { SLIPWAY_TEST_REGISTRY: address = "" } = process.env;
const registry = SelfHostedRegistry.fromAddress(stack, "registry", { address, private: true });
PromotedImage.from(stack, "web", { release: "release.shop-staging.json", repository: registry.repository("live/web") });
app.synth();
