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
