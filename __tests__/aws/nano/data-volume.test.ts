import { TerraformOutput } from "cdktf";
import type { NanoHostProps } from "../../../src/aws/index.ts";
import { only } from "../../synthesize.ts";
import { nano } from "./nano-host-stack.ts";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";
const SUBNET = { id: "subnet-0123456789abcdef0" };
const DATA = { dataVolume: { sizeGiB: 10 } };

const values = (of: object | undefined) => Object.values(of ?? {}) as Record<string, unknown>[];
const declared = (props: NanoHostProps) =>
  nano((host, stack) => new TerraformOutput(stack, "data", { value: host.dataVolumeId }), props);

/** What the deployer may do beside what a host without a data volume needs. */
function allowedBeside(props: NanoHostProps) {
  const policyOf = (of: NanoHostProps) => {
    const { json } = nano(
      (_, stack, account) => new TerraformOutput(stack, "policy", { value: account.deployerPolicy }),
      of,
    );
    return JSON.parse(JSON.parse(json).output.policy.value).Statement as { Sid: string }[];
  };
  const usual = policyOf({}).map(({ Sid }) => Sid);
  return policyOf(props).filter(({ Sid }) => !usual.includes(Sid));
}

test("is an encrypted volume that no plan takes away: what made it is ignored, its size is not", () => {
  const stack = declared({ dataVolume: { sizeGiB: 10, snapshotId: "snap-0123456789abcdef0", kmsKey: KEY } });
  expect(only(stack, "aws_ebs_volume")).toEqual({
    "//": expect.anything(),
    availability_zone: expect.stringMatching(/^\$\{data\.aws_subnet\..*\.availability_zone\}$/),
    type: "gp3",
    size: 10,
    encrypted: true,
    kms_key_id: KEY,
    snapshot_id: "snap-0123456789abcdef0",
    final_snapshot: true,
    tags: { Name: "stack/host" },
    lifecycle: {
      prevent_destroy: true,
      ignore_changes: ["availability_zone", "encrypted", "kms_key_id", "snapshot_id"],
    },
  });
  const [subnet] = values(stack.data.aws_subnet);
  expect(subnet).toMatchObject({ id: expect.stringMatching(/^\$\{aws_network_interface\..*\.subnet_id\}$/) });
});

test("is attached to the host, whose instance is stopped first, before the host is told its release", () => {
  const stack = declared(DATA);
  expect(only(stack, "aws_volume_attachment")).toEqual({
    "//": expect.anything(),
    device_name: "/dev/sdf",
    volume_id: expect.stringMatching(/^\$\{aws_ebs_volume\..*\.id\}$/),
    instance_id: expect.stringMatching(/^\$\{aws_instance\..*\.id\}$/),
    stop_instance_before_detaching: true,
    lifecycle: {
      precondition: [
        {
          condition: expect.stringMatching(/^\$\{aws_ebs_volume\.(\S+) == data\.aws_subnet\.(\S+)\}$/),
          error_message: expect.stringMatching(
            /^stack\/host: the data volume .* cannot leave it, but the host would stand in /,
          ),
        },
      ],
    },
  });
  const { resource } = JSON.parse(stack.json) as {
    resource: { terraform_data: Record<string, { depends_on?: string[] }> };
  };
  const deploy = Object.entries(resource.terraform_data).find(([name]) => /_Deploy_(?!.*Verify)/.test(name))?.[1];
  expect(deploy?.depends_on).toContainEqual(expect.stringMatching(/^aws_volume_attachment\./));
});

test("is declared in the user data, and named by each release; another one makes the host anew", () => {
  const stack = declared({ ...DATA, userDataReplaceOnChange: false });
  expect(stack.asked.userData().replace("    DATA_VOLUME=declared\n", "")).toBe(declared({}).asked.userData());
  expect(stack.manifest).toMatchObject({ dataVolume: expect.stringMatching(/^\$\{aws_ebs_volume\..*\.id\}$/) });
  expect(only(stack, "aws_instance").lifecycle).toEqual({
    ignore_changes: ["ami", "user_data_base64", "user_data"],
    replace_triggered_by: [
      expect.stringMatching(/^terraform_data\.host_DataVolume_Identity_\w+$/),
      expect.stringMatching(/^terraform_data\.host_Instance_Platform_\w+$/),
    ],
  });
  const { resource } = JSON.parse(stack.json) as { resource: { terraform_data: Record<string, object> } };
  const identity = Object.entries(resource.terraform_data).find(([name]) => name.includes("_Identity_"))?.[1];
  expect(identity).toMatchObject({ input: expect.stringMatching(/^\$\{aws_ebs_volume\..*\.id\}$/) });
  expect(identity).not.toHaveProperty("lifecycle");
});

test("chooses the subnet by its zone, and is held against the zone of a subnet that is given", () => {
  const zoned = declared({ dataVolume: { sizeGiB: 1, zone: "eu-west-1c" } });
  expect(values(zoned.data.aws_ec2_instance_type_offerings)).toMatchObject([
    { filter: [{}, { name: "location", values: ["eu-west-1c"] }] },
  ]);
  expect(values(zoned.data.aws_subnet)[0]).not.toHaveProperty("lifecycle");
  const given = declared({ subnet: SUBNET, dataVolume: { sizeGiB: 1, zone: "eu-west-1c" } });
  expect(given.data.aws_ec2_instance_type_offerings).toBeUndefined();
  expect(values(given.data.aws_subnet)).toContainEqual(
    expect.objectContaining({
      lifecycle: {
        postcondition: [
          {
            condition: '${self.availability_zone == "eu-west-1c"}',
            error_message:
              "stack/host: dataVolume.zone is eu-west-1c, but subnet ${self.id} is in ${self.availability_zone}: leave zone out, or name a subnet in eu-west-1c",
          },
        ],
      },
    }),
  );
});

test("lets whoever deploys make and attach it, never delete it", () => {
  const stack = { StringEquals: { "aws:ResourceTag/dev.slipway.stack": "stack" } };
  const volumes = "arn:aws:ec2:eu-west-1:111122223333:volume/*";
  expect(allowedBeside(DATA)).toEqual([
    {
      Sid: "Ec2AttachDataVolume",
      Effect: "Allow",
      Action: ["ec2:AttachVolume", "ec2:DetachVolume"],
      Resource: ["arn:aws:ec2:eu-west-1:111122223333:instance/*", volumes],
      Condition: stack,
    },
    {
      Sid: "Ec2CreateDataVolume",
      Effect: "Allow",
      Action: ["ec2:CreateVolume"],
      Resource: [volumes],
      Condition: { StringEquals: { "aws:RequestTag/dev.slipway.stack": "stack" } },
    },
  ]);
  const [snapshot, key] = allowedBeside({
    dataVolume: { sizeGiB: 10, snapshotId: "snap-0123456789abcdef0", kmsKey: KEY },
  }).slice(2) as object[];
  expect(snapshot).toMatchObject({
    Sid: "Ec2RestoreDataVolume",
    Resource: ["arn:aws:ec2:eu-west-1::snapshot/snap-0123456789abcdef0"],
  });
  expect(key).toMatchObject({
    Sid: "KmsDataVolume",
    Resource: [KEY],
    Condition: { StringEquals: { "kms:ViaService": "ec2.eu-west-1.amazonaws.com" } },
  });
});

test("is part of the price", () => {
  let description = "";
  nano((host) => {
    description = host.description;
  }, DATA);
  expect(description).toContain(
    "about 8.59 USD a month (instance 3.36, disk 0.70, data volume 0.88, public IPv4 3.65;",
  );
});

test("is nothing where it is not declared", () => {
  const stack = declared({});
  expect(stack.json).not.toContain("aws_ebs_volume");
  expect(stack.manifest).not.toHaveProperty("dataVolume");
  expect(stack.data.aws_subnet).toBeUndefined();
});

test.each<[string, unknown, string]>([
  [
    "without its size",
    {},
    "dataVolume.sizeGiB: data volume must be a whole number of GiB from 1 to 16384, got undefined",
  ],
  ["that is a size alone", 10, "dataVolume: data volume must say its size, got 10: write { sizeGiB: 10 }"],
  ["of half a GiB", { sizeGiB: 0.5 }, "dataVolume.sizeGiB: data volume must be a whole number of GiB"],
  [
    "with a word that none knows",
    { sizeGiB: 1, size: 2 },
    'dataVolume: NanoHost option must be known, got "size": did you mean sizeGiB?',
  ],
  [
    "from a snapshot's name",
    { sizeGiB: 1, snapshotId: "backup" },
    'dataVolume.snapshotId: snapshot must be given by its id, got "backup": write "snap-0123456789abcdef0"',
  ],
  ["with a key's alias", { sizeGiB: 1, kmsKey: "alias/data" }, "dataVolume.kmsKey: KMS key must be given by its id"],
  [
    "in a zone of another region",
    { sizeGiB: 1, zone: "us-east-1a" },
    'dataVolume.zone: availability zone must be one of eu-west-1, got "us-east-1a": write e.g. "eu-west-1b"',
  ],
  [
    "in another zone than its host",
    { sizeGiB: 1, zone: "eu-west-1a" },
    "dataVolume.zone: is eu-west-1a, but availabilityZone is eu-west-1b: a host stands where its data volume is, leave one of the two out",
  ],
])("is refused %s", (_, dataVolume, message) => {
  expect(() => declared({ availabilityZone: "eu-west-1b", dataVolume: dataVolume as never })).toThrow(message);
});
