/** The same resources as the cats stack, by hand, with the providers imported the way most examples do. */
import * as aws from "@cdktf/provider-aws";
import * as docker from "@cdktf/provider-docker";
import { App, TerraformStack } from "cdktf";

const app = new App();
const stack = new TerraformStack(app, "root");
new docker.provider.DockerProvider(stack, "docker");
new aws.provider.AwsProvider(stack, "aws", { region: "eu-west-1" });
const network = new docker.network.Network(stack, "network", { name: "cats" });
const image = new docker.image.Image(stack, "image", { name: "cats", buildAttribute: { context: "." } });
for (const name of ["registry", "nginx", "cats"]) {
  new docker.volume.Volume(stack, `${name}-volume`, { name });
  new docker.container.Container(stack, name, {
    name,
    image: image.imageId,
    networksAdvanced: [{ name: network.name }],
  });
}
app.synth();
