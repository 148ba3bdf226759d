/** A stack of the rehearsal's own: one host with a data volume, a service that counts its visits there, and one that keeps nothing. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, EcrRepository, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage, HealthCheck, Mount, useLocalBackend } from "../../src/index.ts";

/** What the rehearsal decides; it comes as JSON in SLIPWAY_REHEARSAL_DECLARED. */
export interface DeclaredData {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly instanceType: string;
  /** The folder that the image of both services is built from. */
  readonly context: string;
  readonly sizeGiB: number;
  /** What the volume is made from. */
  readonly snapshotId?: string;
  /** Seconds that an apply waits for its release. */
  readonly deadlineSeconds: number;
}

const declared = JSON.parse(process.env.SLIPWAY_REHEARSAL_DECLARED ?? "") as DeclaredData;
const { sizeGiB, snapshotId } = declared;
const app = new App();
const stack = new TerraformStack(app, declared.stack);
useLocalBackend(stack);
const aws = new AwsAccount(stack, "aws", { account: declared.account, region: declared.region });
const host = new NanoHost(stack, "host", {
  instanceType: declared.instanceType,
  deadlineSeconds: declared.deadlineSeconds,
  drainSeconds: 2,
  dataVolume: { sizeGiB, snapshotId },
});
const registry = new EcrRegistry(stack, "registry");
const repository = new EcrRepository(stack, "repository", { registry, name: "visits", deleteWithImages: true });
const image = new BuiltImage(stack, "image", { context: declared.context, repository, platform: host.platform });
const health = HealthCheck.http("/", { interval: 1, retries: 2, startPeriod: 1 });
const service = { image, port: 8080, health, memoryMiB: 32 };
host.serve("visits.example.org", {
  "/": host.run("visits", { ...service, mounts: { "/data": Mount.volume("visits") } }),
});
host.serve("page.example.org", { "/": host.run("page", service) });
new TerraformOutput(stack, "address", { value: host.publicIp });
new TerraformOutput(stack, "data-volume", { value: host.dataVolumeId });
new TerraformOutput(stack, "deployer-policies", { value: aws.deployerPolicies });
app.synth();
