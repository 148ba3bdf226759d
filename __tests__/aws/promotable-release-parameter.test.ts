import { AwsAccount, EcrRegistry, MachineImage, NanoHost, PromotableReleaseParameter } from "../../src/aws/index.ts";
import { HealthCheck, Platform, PulledImage } from "../../src/index.ts";
import { only, synthesize } from "../synthesize.ts";

const PLACE = { account: "111122223333", region: "eu-west-1" };
const NAME = "/netflix/staging/release";
const REFERENCE = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:${"a".repeat(64)}`;
const IMAGE = MachineImage.fromId("ami-0123456789abcdef0", Platform.LINUX_ARM64);

const declared = (name = NAME) =>
  synthesize((stack) => {
    new AwsAccount(stack, "aws", PLACE);
    new PromotableReleaseParameter(stack, "release", { name });
    const host = new NanoHost(stack, "host", { instanceType: "t4g.nano", machineImage: IMAGE });
    const repository = new EcrRegistry(stack, "ecr").repository("web");
    const image = new PulledImage(stack, "web", { image: REFERENCE, repository, platform: host.platform });
    host.run("web", { image, port: 80, health: HealthCheck.http("/") });
  });

test("the parameter says what the hosts serve once they have said so, where a plan shows it", () => {
  const parameter = only(declared(), "aws_ssm_parameter", "release_");
  expect(parameter).toMatchObject({ name: NAME, type: "String" });
  expect(JSON.parse(parameter.insecure_value as string)).toEqual({
    schema: 1,
    stack: "stack",
    images: { web: { reference: REFERENCE, platforms: ["linux/arm64"], runs: ["host/web"] } },
  });
  expect(parameter.depends_on).toEqual([
    expect.stringMatching(/^terraform_data\.host_Release_Deploy_/),
    expect.stringMatching(/^terraform_data\.host_Release_Deploy_Verify_/),
  ]);
});

test("whoever deploys may write it", () => {
  expect(declared().asked.model.deployer).toContainEqual(
    expect.objectContaining({
      sid: "PromotableRelease",
      resources: ["arn:aws:ssm:eu-west-1:111122223333:parameter/netflix/staging/release"],
    }),
  );
});

test.each(["netflix", "/aws/release", "/a//b", ""])("the name %j is refused", (name) => {
  expect(() => declared(name)).toThrow(
    `stack/release: name: parameter name must be a path of Parameter Store, got ${JSON.stringify(name)}: write it like "/netflix/staging/release"`,
  );
});
