import type { DeclaredHosts } from "./programs/nano-host.ts";
import type { TestAccount } from "./rehearsal-account.ts";

/** What somebody has made before a stack is deployed, and gives to its hosts. */
export type AwsFixtures = Pick<DeclaredHosts, "subnet" | "elasticIp" | "zone" | "topic" | "key"> & {
  readonly publicIp: string;
};

/** Makes a network, an address, a zone, a topic, a key and the repository `repository` by the AWS CLI. */
export async function makeAwsFixtures(aws: TestAccount, zone: string, repository: string): Promise<AwsFixtures> {
  const vpc = await aws.query("Vpc.VpcId", "ec2", "create-vpc", "--cidr-block", "10.1.0.0/16");
  const subnet = ["ec2", "create-subnet", "--vpc-id", vpc, "--cidr-block", "10.1.1.0/24"];
  const address = await aws.ask<{ AllocationId: string; PublicIp: string }>("ec2", "allocate-address");
  const hostedZone = ["route53", "create-hosted-zone", "--name", zone, "--caller-reference", "1"];
  await aws.ask("ecr", "create-repository", "--repository-name", repository);
  return {
    subnet: await aws.query("Subnet.SubnetId", ...subnet),
    elasticIp: address.AllocationId,
    publicIp: address.PublicIp,
    zone: (await aws.query("HostedZone.Id", ...hostedZone)).replace("/hostedzone/", ""),
    topic: await aws.query("TopicArn", "sns", "create-topic", "--name", "alarms"),
    key: await aws.query("KeyMetadata.Arn", "kms", "create-key"),
  };
}
