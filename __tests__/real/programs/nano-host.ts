/** A stack of the tests' own: hosts with the options that no example sets, in what somebody has made before. */
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import {
  AwsAccount,
  type DataVolumeOptions,
  EcrRegistry,
  EcrRepository,
  MachineImage,
  NanoHost,
  Secret,
} from "../../../src/aws/index.ts";
import { HealthCheck, PulledImage, useLocalBackend } from "../../../src/index.ts";

/** What a test decides; it comes as JSON in SLIPWAY_TEST_DECLARED. */
export interface DeclaredHosts {
  readonly stack: string;
  readonly account: string;
  readonly subnet: string;
  /** Leaves the subnet out of the host that has most of what can be declared. */
  readonly inDefaultVpc?: boolean;
  readonly elasticIp: string;
  readonly zone: string;
  readonly topic: string;
  readonly key: string;
  readonly serial: string;
  /** A file of the host that keeps what it was made with. */
  readonly keptFile: string;
  /** A file of the host that is replaced. */
  readonly file: string;
  /** What differs of its data volume. */
  readonly data?: Partial<DataVolumeOptions>;
  /** The type of that host. */
  readonly type?: string;
}

const declared = JSON.parse(process.env.SLIPWAY_TEST_DECLARED ?? "") as DeclaredHosts;
const app = new App();
const stack = new TerraformStack(app, declared.stack);
useLocalBackend(stack);
const aws = new AwsAccount(stack, "aws", { account: declared.account, region: "eu-west-1", tags: { team: "shop" } });

const host = new NanoHost(stack, "host", {
  instanceType: "t3.nano",
  machineImage: MachineImage.ubuntu2404(declared.serial),
  subnet: declared.inDefaultVpc ? undefined : { id: declared.subnet },
  elasticIp: declared.elasticIp,
  zone: { id: declared.zone },
  volumeGiB: 12,
  swapMiB: 512,
  packages: ["htop"],
  files: [{ path: "/etc/motd", content: declared.keptFile, permissions: "0600" }],
  userDataReplaceOnChange: false,
  cpuCredits: "standard",
  outbound: [{ port: 5432, description: "the database", network: "10.1.0.0/16" }],
  statusAlarm: { topics: [declared.topic] },
  logs: { retentionDays: 7 },
  tags: { Owner: "${shop} %{x}" },
  waitForRelease: false,
  drainSeconds: 3,
  keepReleases: 2,
});
const page = host.run("page", {
  image: new PulledImage(stack, "page-image", {
    image: `ghcr.io/shop/page@sha256:${"a".repeat(64)}`,
    platform: host.platform,
  }),
  port: 8080,
});
const registry = new EcrRegistry(stack, "registry");
const repository = EcrRepository.fromName(stack, "kept", registry, "team/kept");
host.run("orders", {
  image: new PulledImage(stack, "orders-image", {
    image: `${repository.uri}@sha256:${"b".repeat(64)}`,
    repository,
    platform: host.platform,
  }),
  port: 3000,
  health: HealthCheck.http("/status"),
  env: { PAGE: page.url, TEXT: '${HOME} %{x} "quoted"' },
  secrets: {
    TOKEN: Secret.fromParameter("/shop/token"),
    PASSWORD: Secret.fromSecretsManager("shop/orders", { key: "password", as: "file", kmsKeyArn: declared.key }),
  },
});
host.serve("shop.example.org", { "/": page });

const plain = new NanoHost(stack, "plain", {
  instanceType: declared.type ?? "t4g.nano",
  dataVolume: { sizeGiB: 10, kmsKey: declared.key, ...declared.data },
  subnet: { id: declared.subnet },
  elasticIp: new Eip(stack, "address", { domain: "vpc" }).allocationId,
  files: [{ path: "/etc/motd", content: declared.file }],
  waitForRelease: false,
});

new TerraformOutput(stack, "instance", { value: host.instanceId });
new TerraformOutput(stack, "data-volume", { value: plain.dataVolumeId });
new TerraformOutput(stack, "deployer-policies", { value: aws.deployerPolicies });
app.synth();
