/** A pipeline of the same kind in AWS CDK: a repository, an image built from the cats directory, a host that runs it. */
const { join } = require("node:path");
const { App, Stack } = require("aws-cdk-lib");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecr = require("aws-cdk-lib/aws-ecr");
const { DockerImageAsset } = require("aws-cdk-lib/aws-ecr-assets");

const app = new App({ outdir: process.env.SLIPWAY_BENCH_OUT });
const stack = new Stack(app, "cats", { env: { account: "111122223333", region: "eu-west-1" } });
new ecr.Repository(stack, "repository");
const image = new DockerImageAsset(stack, "image", {
  directory: join(process.env.SLIPWAY_BENCH_ROOT ?? ".", "stacks/apps/cats"),
});
const host = new ec2.Instance(stack, "host", {
  vpc: new ec2.Vpc(stack, "vpc", { maxAzs: 1 }),
  instanceType: new ec2.InstanceType("t4g.nano"),
  machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
});
host.userData.addCommands(`docker run -d -p 80:5000 ${image.imageUri}`);
image.repository.grantPull(host);
app.synth();
