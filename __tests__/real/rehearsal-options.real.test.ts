import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { actionsOf, refusedBy } from "../../src/rehearsal/deployer-policy.ts";
import { ApiRefusal } from "../../src/rehearsal/doubles/api-call.ts";
import { AccountHost } from "./account-host.ts";
import type { DeclaredHosts } from "./programs/nano-host.ts";
import { Project } from "./project.ts";
import { ACCOUNT, REGION, SERIAL, TestAccount } from "./rehearsal-account.ts";
import { type AwsFixtures, makeAwsFixtures } from "./rehearsal-fixtures.ts";
import { plannedLines, unbroken } from "./terraform-output.ts";

const STACK = "slipway-options";
const NAME = `slipway.${STACK}.host`;
const PARAMETER = `/slipway/${STACK}/host/release`;
/** What hosts boot from that are not told another. */
const USUAL = "20250610";

const aws = new TestAccount(["20250115", SERIAL, USUAL]);
let project: Project;
let other: Project;
let declared: DeclaredHosts & AwsFixtures;
let host: AccountHost;
const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`;
let policies: string[] = [];
/** Data volumes that Terraform forgot. */
const kept: string[] = [];

type Volume = Record<string, unknown> & { Tags: object[]; Attachments: [{ InstanceId: string; Device: string }] };

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const query: TestAccount["query"] = (path, ...words) => aws.query(path, ...words);
const synth = (to: Project, change: Partial<DeclaredHosts> = {}) =>
  to.synth({ SLIPWAY_TEST_DECLARED: JSON.stringify({ ...declared, ...change }) });

/** What the deployer did in `work` that the stack's policy for deployers does not allow. */
async function beyondPolicy(work: () => Promise<void>): Promise<string[]> {
  const { front } = aws.account;
  const before = front.calls.length;
  await work();
  const asks = aws.account.asksOf("deployer", front.calls.slice(before));
  expect(actionsOf(asks)).toContain("ec2:DescribeInstances");
  return refusedBy(policies, asks);
}

beforeAll(async () => {
  await aws.start();
  const surroundings = await makeAwsFixtures(aws, "example.org", "team/kept");
  declared = { ...surroundings, stack: STACK, account: ACCOUNT, serial: SERIAL, keptFile: "kept\n", file: "first\n" };
  const environment = aws.deployerEnvironment;
  project = new Project("nano-host.ts", STACK, {}, environment);
  other = new Project("nano-host.ts", "slipway-other", {}, environment);
  await synth(project);
  await project.init();
}, 300_000);

afterAll(async () => {
  project?.remove();
  other?.remove();
  await aws.stop();
}, 60_000);

jest.setTimeout(300_000);

test("what AWS refuses for a moment is asked again; what it refuses for now fails the apply soon, in AWS's words", async () => {
  const { front } = aws.account;
  const before = front.calls.length;
  const profile = `Value (${NAME}.${REGION}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`;
  const capacity = "We currently do not have sufficient t3.nano capacity in the Availability Zone you requested.";
  const role = `The role with name ${NAME}.${REGION} cannot be found.`;
  front.refuseNext("iam", "AddRoleToInstanceProfile", new ApiRefusal("NoSuchEntity", role, 404));
  front.refuseNext("ssm", "PutParameter", new ApiRefusal("ThrottlingException", "Rate exceeded"), 2);
  front.refuseNext("ec2", "RunInstances", new ApiRefusal("InvalidParameterValue", profile), 2);
  front.refuseNext("ec2", "RunInstances", new ApiRefusal("InsufficientInstanceCapacity", capacity, 500));
  const addresses = "The maximum number of addresses has been reached.";
  front.refuseNext("ec2", "AllocateAddress", new ApiRefusal("AddressLimitExceeded", addresses));
  const apply = await project.apply();
  expect(apply.status).toBe(1);
  expect(unbroken(apply)).toContain(`AddressLimitExceeded: ${addresses}`);
  expect(apply.output.match(/\bError: /g)).toHaveLength(1);
  const asked = (action: string) => front.calls.slice(before).filter((call) => call.action === action).length;
  expect([asked("AddRoleToInstanceProfile"), asked("RunInstances"), asked("AllocateAddress")]).toEqual([3, 4, 1]);
});

test("everything is made as it is declared, and a second plan finds nothing to do", async () => {
  const beyond = await beyondPolicy(async () => {
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect(await project.plan()).toMatchObject({ status: 0 });
    policies = JSON.parse((await project.terraform("output", "-json", "deployer-policies")).output);
  });
  expect(beyond).toEqual([]);
  host = new AccountHost(aws, NAME, await project.output("instance"));
});

test("the instance has the image, the disk, the role and the user data that were declared", async () => {
  const image = `/aws/service/canonical/ubuntu/server/24.04/stable/${SERIAL}/amd64/hvm/ebs-gp3/ami-id`;
  const [instance, disks, credits, userData, imageId] = await Promise.all([
    host.instance(),
    host.disks(),
    host.cpuCredits(),
    host.userData(),
    query("Parameter.Value", "ssm", "get-parameter", "--name", image),
  ]);
  expect(instance).toMatchObject({
    ImageId: imageId,
    InstanceType: "t3.nano",
    EbsOptimized: true,
    Monitoring: { State: "disabled" }, // moto cannot switch it on
    IamInstanceProfile: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/${NAME}.${REGION}` },
    MetadataOptions: { HttpEndpoint: "enabled", HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    SubnetId: declared.subnet,
    Tags: expect.arrayContaining([
      { Key: "Name", Value: `${STACK}/host` },
      { Key: "Owner", Value: "${shop} %{x}" },
      { Key: "team", Value: "shop" },
    ]),
  });
  expect(instance).not.toHaveProperty("KeyName");
  expect(disks).toMatchObject([{ Size: 12, VolumeType: "gp3", Encrypted: true }]);
  expect(credits).toBe("standard");
  for (const own of [`HOST=${STACK}/host\n`, "512M", "htop", "/etc/motd", "kept\n"]) expect(userData).toContain(own);
});

test("port 80 alone lets visitors in, and every rule says what for", async () => {
  expect(await host.firewallRules()).toEqual([
    "in,icmp,3,4,0.0.0.0/0,path MTU",
    "in,tcp,80,80,0.0.0.0/0,visitors",
    "out,tcp,443,443,0.0.0.0/0,AWS, registries, packages",
    "out,tcp,53,53,0.0.0.0/0,long answers about names",
    "out,tcp,5432,5432,10.1.0.0/16,the database",
    "out,tcp,80,80,0.0.0.0/0,packages",
    "out,udp,123,123,0.0.0.0/0,time",
    "out,udp,53,53,0.0.0.0/0,names",
  ]);
});

test("the given Elastic IP leads to the host, by its name too", async () => {
  expect(await host.interfacesOf(declared.elasticIp)).toMatchObject([
    {
      Description: `The host ${STACK}/host`,
      SubnetId: declared.subnet,
      Attachment: { InstanceId: host.id, DeleteOnTermination: false },
    },
  ]);
  const records = ["route53", "list-resource-record-sets", "--hosted-zone-id", declared.zone];
  expect(await query("ResourceRecordSets[?Type=='A']", ...records)).toEqual([
    { Name: "shop.example.org.", Type: "A", TTL: 300, ResourceRecords: [{ Value: declared.publicIp }] },
  ]);
});

test("the role allows what the host needs and nothing else", async () => {
  const actions = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);
  const agent = [
    ...actions("ec2messages", "AcknowledgeMessage", "DeleteMessage", "FailMessage", "GetEndpoint"),
    "ssm:ListAssociations",
    ...actions("ssmmessages", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"),
  ];
  expect(await host.allowed()).toEqual({
    SsmManagedInstance: [["ssm:UpdateInstanceInformation"], [arn("ec2", "instance/*")]],
    SsmInstanceAssociations: [["ssm:ListInstanceAssociations"], [arn("ec2", "instance/*")]],
    SsmInstanceMessages: [
      [...actions("ec2messages", "GetMessages", "SendReply"), "ssmmessages:CreateControlChannel"],
      ["*"],
    ],
    RunCommandDocument: [
      ["ssm:DescribeDocument", "ssm:GetDocument"],
      [arn("ssm", `document/${NAME}-????????????-????????`)],
    ],
    ReleaseParameter: [
      ["ssm:GetParameter", "ssm:LabelParameterVersion", "ssm:UnlabelParameterVersion"],
      [arn("ssm", `parameter${PARAMETER}`), arn("ssm", `parameter${PARAMETER}:*`)],
    ],
    HoldParameter: [["ssm:PutParameter"], [arn("ssm", `parameter/slipway/${STACK}/host/hold`)]],
    WriteLogs: [["logs:CreateLogStream", "logs:PutLogEvents"], [arn("logs", `log-group:/slipway/${STACK}/host:*`)]],
    KmsDecrypt: [["kms:Decrypt"], [declared.key]],
    SsmMessages: [agent, ["*"]],
    EcrLogin: [["ecr:GetAuthorizationToken"], ["*"]],
    EcrPull: [
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      [arn("ecr", "repository/team/kept")],
    ],
    SsmGetParameter: [["ssm:GetParameter"], [arn("ssm", "parameter/shop/token")]],
    SecretsManagerGetSecretValue: [
      ["secretsmanager:GetSecretValue"],
      [arn("secretsmanager", "secret:shop/orders-??????")],
    ],
  });
});

test("the release is in its parameter; the document that has its agent and the alarm are there", async () => {
  const [{ parameter, manifest }, alarms] = await Promise.all([host.release(PARAMETER), host.alarms()]);
  const agent = manifest.agent as { document: string; sha256: string };
  expect(agent).toEqual({
    document: expect.stringMatching(new RegExp(`^${NAME}-[0-9a-f]{12}-[0-9a-f]{8}$`)),
    sha256: agentArtifact().sha256,
  });
  const document = await host.document(agent.document);
  expect(parameter).toMatchObject({ Type: "String", Version: 1 });
  const digest = (letter: string) => `@sha256:${letter.repeat(64)}`;
  const registry = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
  expect(manifest).toMatchObject({
    host: `${STACK}/host`,
    ecr: [registry],
    drainSeconds: 3,
    keepReleases: 2,
    sites: expect.stringContaining("server_name shop.example.org;"),
    services: [
      {
        name: "orders",
        image: `${registry}/team/kept${digest("b")}`,
        env: { PAGE: expect.stringMatching(/^http:\/\/172\.17\.0\.1:/), TEXT: '${HOME} %{x} "quoted"' },
        secrets: {
          PASSWORD: { from: "secrets-manager", id: "shop/orders", key: "password", as: "file" },
          TOKEN: { from: "parameter", id: "/shop/token" },
        },
      },
      { name: "page", image: `ghcr.io/shop/page${digest("a")}`, port: 8080, secrets: {} },
    ],
  });
  expect(document).toMatchObject({ DocumentType: "Command", TargetType: "/AWS::EC2::Instance", Status: "Active" });
  const dimension = { Name: "InstanceId", Value: host.id };
  const told = { AlarmActions: [declared.topic], OKActions: [declared.topic] };
  expect(alarms).toMatchObject([{ MetricName: "StatusCheckFailed", Dimensions: [dimension], ...told }]);
});

test("a host of another stack that wants the same Elastic IP fails the plan, which names both", async () => {
  await synth(other, { stack: "slipway-other" });
  await other.init();
  const plan = await other.plan();
  expect(plan.status).toBe(1);
  const [holder] = await host.interfacesOf(declared.elasticIp);
  expect(unbroken(plan)).toContain(
    `slipway-other/host: the Elastic IP ${declared.publicIp} belongs to ${holder?.NetworkInterfaceId} (The host ${STACK}/host) already`,
  );
});

test("a VPC with the addresses of the host's containers fails the plan, and so does a region without a default VPC", async () => {
  const vpc = await query("Vpc.VpcId", "ec2", "create-vpc", "--cidr-block", "172.17.0.0/16");
  const within = ["ec2", "create-subnet", "--vpc-id", vpc, "--cidr-block", "172.17.1.0/24"];
  await synth(other, { stack: "slipway-other", subnet: await query("Subnet.SubnetId", ...within) });
  const overlapping = await other.plan();
  expect(overlapping.status).toBe(1);
  expect(unbroken(overlapping)).toContain(`slipway-other/host: the VPC ${vpc} has addresses in 172.17.0.0/16`);

  await synth(other, { stack: "slipway-other", inDefaultVpc: true });
  const usual = ["ec2", "describe-subnets", "--filters", "Name=default-for-az,Values=true"];
  const { moto } = aws.account;
  for (const SubnetId of await query<string[]>("Subnets[].SubnetId", ...usual)) {
    await moto.query("ec2", "DeleteSubnet", { SubnetId });
  }
  const VpcId = await query("Vpcs[?IsDefault].VpcId | [0]", "ec2", "describe-vpcs");
  await moto.query("ec2", "DeleteVpc", { VpcId });
  const homeless = await other.plan();
  expect(homeless.status).toBe(1);
  expect(unbroken(homeless)).toContain(
    "slipway-other/host: this region has no default VPC: make one (aws ec2 create-default-vpc), or give the host a subnet",
  );
});

test("credentials of another account fail the plan with both numbers", async () => {
  await synth(project, { account: "210987654321" });
  const plan = await project.plan();
  expect(plan.status).toBe(1);
  expect(unbroken(plan)).toContain(
    `is declared for account 210987654321, but the credentials belong to account ${ACCOUNT}`,
  );
});

test("neither other files of a host that keeps them nor another usual image plan anything", async () => {
  const text = await synth(project, { keptFile: "other\n" });
  const moved = text.replaceAll(`/${USUAL}/`, `/${SERIAL}/`);
  expect(moved).not.toBe(text);
  writeFileSync(join(project.directory, "cdktf.out/stacks", STACK, "cdk.tf.json"), moved);
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("other files of any other host replace it, as another image does that is named", async () => {
  await synth(project, { file: "second\n", serial: "20250115" });
  expect(plannedLines(await project.plan())).toEqual([
    expect.stringMatching(/^aws_cloudwatch_metric_alarm\.host_\w+ will be updated in-place$/),
    expect.stringMatching(/^aws_instance\.host_\w+ must be replaced$/),
    expect.stringMatching(/^aws_instance\.plain_\w+ must be replaced$/),
    expect.stringMatching(/^aws_volume_attachment\.plain_\w+ must be replaced$/),
  ]);
});

test("another type stops and starts the same machine; one of another platform is another machine", async () => {
  await synth(project, { type: "t4g.micro" });
  expect(plannedLines(await project.plan())).toEqual([
    expect.stringMatching(/^aws_instance\.plain_\w+ will be updated in-place$/),
  ]);
  await synth(project, { type: "t3.nano" });
  expect(plannedLines(await project.plan())).toEqual([
    expect.stringMatching(/^aws_instance\.plain_\w+ will be replaced due to changes in replace_triggered_by$/),
    expect.stringMatching(/^aws_volume_attachment\.plain_\w+ must be replaced$/),
    expect.stringMatching(/^terraform_data\.plain_\w+ will be updated in-place$/),
  ]);
});

test("a data volume is encrypted by its key, attached to its host, and named by its release", async () => {
  const id = await project.output("data-volume");
  const [volume] = await query<[Volume]>("Volumes", "ec2", "describe-volumes", "--volume-ids", id);
  expect(volume).toMatchObject({ Size: 10, VolumeType: "gp3", Encrypted: true, KmsKeyId: declared.key });
  expect(volume.Tags).toContainEqual({ Key: "dev.slipway.stack", Value: STACK });
  const [{ InstanceId, Device }] = volume.Attachments;
  expect(Device).toBe("/dev/sdf");
  const plain = new AccountHost(aws, NAME, InstanceId);
  expect(await plain.userData()).toContain("\n    DATA_VOLUME=declared\n");
  expect((await plain.release(`/slipway/${STACK}/plain/release`)).manifest).toMatchObject({ dataVolume: id });
});

test("no plan replaces a data volume by another; it grows where it stands, and its zone is the host's", async () => {
  await synth(project, { data: { sizeGiB: 11, snapshotId: "snap-0123456789abcdef0", kmsKey: OTHER_KEY } });
  expect(plannedLines(await project.plan())).toEqual([
    expect.stringMatching(/^aws_ebs_volume\.plain_\w+ will be updated in-place$/),
  ]);
  await synth(project, { data: { zone: "eu-west-1z" } });
  const elsewhere = await project.plan();
  expect(elsewhere.status).toBe(1);
  expect(unbroken(elsewhere)).toMatch(
    /slipway-options\/plain: dataVolume\.zone is eu-west-1z, but subnet subnet-\w+ is in eu-west-1[a-c]: leave zone out/,
  );
});

test("nothing is destroyed while the data volume is Terraform's; nothing of the data once it is no longer", async () => {
  await synth(project);
  const id = await project.output("data-volume");
  const refused = await project.terraform("destroy", "-auto-approve");
  expect([refused.status, unbroken(refused)]).toEqual([1, expect.stringContaining("Instance cannot be destroyed")]);
  const [address] = (await project.terraform("state", "list")).output.match(/^aws_ebs_volume\..*$/m) ?? [""];
  expect(await project.terraform("state", "rm", address)).toMatchObject({ status: 0 });
  kept.push(id);
  // as where one is restored
  expect(plannedLines(await project.plan())).toEqual([
    expect.stringMatching(/^aws_ebs_volume\.plain_\w+ will be created$/),
    expect.stringMatching(/^aws_instance\.plain_\w+ will be replaced due to changes in replace_triggered_by$/),
    expect.stringMatching(/^aws_ssm_parameter\.plain_\w+ will be updated in-place$/),
    expect.stringMatching(/^aws_volume_attachment\.plain_\w+ must be replaced$/),
    expect.stringMatching(/^terraform_data\.plain_DataVolume_Identity_\w+ will be updated in-place$/),
  ]);
});

test("destroy leaves what was there before, the Elastic IP free", async () => {
  await synth(project);
  const beyond = await beyondPolicy(async () => {
    expect(await project.terraform("destroy", "-auto-approve")).toMatchObject({ status: 0 });
  });
  expect(beyond).toEqual([]);
  const volumes = await query<Volume[]>(
    "Volumes[?Attachments==`[]`]",
    "ec2",
    "describe-volumes",
    "--volume-ids",
    ...kept,
  );
  expect(volumes).toMatchObject([{ State: "available" }]);
  expect(await query("Reservations[].Instances[].State.Name", "ec2", "describe-instances")).toEqual([
    ...["terminated", "terminated"],
  ]);
  const addresses = await query<object[]>("Addresses", "ec2", "describe-addresses");
  expect(addresses).toMatchObject([{ AllocationId: declared.elasticIp }]);
  expect(addresses[0]).not.toHaveProperty("AssociationId");
  expect(await query("repositories[].repositoryName", "ecr", "describe-repositories")).toEqual(["team/kept"]);
  const left = await Promise.all([
    query("SecurityGroups[?starts_with(GroupName, 'slipway')]", "ec2", "describe-security-groups"),
    query("NetworkInterfaces", "ec2", "describe-network-interfaces"),
    query("Roles[?starts_with(RoleName, 'slipway')]", "iam", "list-roles"),
    query("InstanceProfiles", "iam", "list-instance-profiles"),
    query("Parameters", "ssm", "describe-parameters"),
    query("DocumentIdentifiers", "ssm", "list-documents", "--filters", "Key=Owner,Values=Self"),
    host.alarms(),
  ]);
  expect(left.flat()).toEqual([]);
  expect(aws.account.instances.failures).toEqual([]);
  expect(aws.machines.size).toBe(0);
});
