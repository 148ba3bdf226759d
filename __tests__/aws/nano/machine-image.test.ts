import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsAccount, MachineImage } from "../../../src/aws/index.ts";
import { Platform } from "../../../src/values/platform.ts";
import { synthesize } from "../../synthesize.ts";
import { NO_TEXTS, refusal } from "../../values/refusal.ts";

const lookedUp = (image: MachineImage, platform: Platform) => {
  let id = "";
  const { json } = synthesize((stack) => {
    new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
    id = image.idFor(stack, platform);
  });
  return {
    id,
    names: Object.values(JSON.parse(json).data?.aws_ssm_parameter ?? {}).map((each) => (each as { name: string }).name),
  };
};

test.each([
  ["20250610", Platform.LINUX_ARM64, "20250610/arm64"],
  ["20250610.1", Platform.LINUX_AMD64, "20250610.1/amd64"],
])("Ubuntu of %s is one parameter of Canonical's", (serial, platform, path) => {
  const { id, names } = lookedUp(MachineImage.ubuntu2404(serial), platform);
  expect(names).toEqual([`/aws/service/canonical/ubuntu/server/24.04/stable/${path}/hvm/ebs-gp3/ami-id`]);
  expect(id).toMatch(/^\$\{TfToken\[/);
});

test("Ubuntu fits every host; the usual one has a date too", () => {
  expect(MachineImage.ubuntu2404().platform).toBeUndefined();
  expect(lookedUp(MachineImage.ubuntu2404(), Platform.LINUX_ARM64).names[0]).toMatch(/\/stable\/\d{8}\/arm64\//);
});

describe("with a lockfile", () => {
  const parameter = "/aws/service/canonical/ubuntu/server/24.04/stable/20250610/arm64/hvm/ebs-gp3/ami-id";
  const before = process.env.SLIPWAY_LOCKFILE;
  const folder = mkdtempSync(join(tmpdir(), "slipway-machine-image-"));
  afterEach(() => {
    delete process.env.SLIPWAY_LOCKFILE;
    delete process.env.SLIPWAY_LOCK_COLLECT;
    if (before !== undefined) process.env.SLIPWAY_LOCKFILE = before;
  });
  const pin = (machineImages: unknown) => {
    process.env.SLIPWAY_LOCKFILE = join(folder, "lock.json");
    writeFileSync(process.env.SLIPWAY_LOCKFILE, JSON.stringify({ version: 1, images: {}, machineImages }));
  };
  const ubuntu = MachineImage.ubuntu2404("20250610");

  test("Ubuntu is the id that it has for the region, and nothing is looked up", () => {
    pin({ "eu-west-1": { [parameter]: "ami-0123456789abcdef0" } });
    expect(lookedUp(ubuntu, Platform.LINUX_ARM64)).toEqual({ id: "ami-0123456789abcdef0", names: [] });
    expect(lookedUp(ubuntu, Platform.LINUX_AMD64).names).toEqual([parameter.replace("arm64", "amd64")]);
    synthesize((stack) => {
      new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
      expect(ubuntu.describe(stack, Platform.LINUX_ARM64)).toBe("Ubuntu 24.04 of 20250610 (ami-0123456789abcdef0)");
      expect(ubuntu.describe(stack, Platform.LINUX_AMD64)).toBe("Ubuntu 24.04 of 20250610");
    });
  });

  test("Ubuntu is the dated parameter where the lockfile knows another region only", () => {
    pin({ "us-east-1": { [parameter]: "ami-0123456789abcdef0" } });
    expect(lookedUp(ubuntu, Platform.LINUX_ARM64).names).toEqual([parameter]);
  });

  test("a synth that collects says what it would like to have pinned", () => {
    pin({});
    process.env.SLIPWAY_LOCK_COLLECT = join(folder, "asked");
    lookedUp(ubuntu, Platform.LINUX_ARM64);
    expect(readFileSync(join(folder, "asked"), "utf8")).toBe(`machine-image eu-west-1 ${parameter}\n`);
  });

  test.each([
    [
      "no id",
      { "eu-west-1": { [parameter]: "ubuntu" } },
      /must be the id of an image, got "ubuntu": write it anew by npx slipway lock/,
    ],
    ["no map", ["ami-0123456789abcdef0"], /is not a lockfile of version 1/],
    ["no map of a region", { "eu-west-1": "ami-0123456789abcdef0" }, /is not a lockfile of version 1/],
  ])("refuses a lockfile with %s", (_, machineImages, message) => {
    pin(machineImages);
    expect(() => lookedUp(ubuntu, Platform.LINUX_ARM64)).toThrow(message);
  });
});

test("an image of one's own is its id, for one platform, and nothing is looked up", () => {
  const image = MachineImage.fromId("ami-0123456789abcdef0", Platform.LINUX_ARM64);
  expect(image.platform?.toString()).toBe("linux/arm64");
  expect(lookedUp(image, Platform.LINUX_ARM64)).toEqual({ id: "ami-0123456789abcdef0", names: [] });
});

test.each(["current", "latest", "2025-06-10", "202506", "20250610.", "20250610/x", ""])(
  "refuses the serial %p, which is not one image",
  (serial) => {
    const { rule, got, remedy } = refusal(() => MachineImage.ubuntu2404(serial));
    expect([rule, got]).toEqual(["must be the date of one image", serial]);
    expect(remedy).toMatch(/^write it like "\d{8}"; https:\/\/cloud-images\.ubuntu\.com\/locator\/ec2 lists them$/);
  },
);

test.each(["ami-", "ami-0123", "AMI-0123456789ABCDEF0", "ubuntu", "", ...NO_TEXTS])("refuses the image %p", (id) => {
  const { subject, rule } = refusal(() => MachineImage.fromId(id as string, Platform.LINUX_ARM64));
  expect([subject, rule]).toEqual(["machine image", "must be the id of an image"]);
});

test("refuses an image that is for nobody knows what", () => {
  const image = () => MachineImage.fromId("ami-0123456789abcdef0", undefined as unknown as Platform);
  expect(refusal(image).message).toBe(
    "platform of ami-0123456789abcdef0 must be a Platform, got undefined: write Platform.LINUX_ARM64 or Platform.LINUX_AMD64",
  );
});
