import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, MachineImage, NanoHost } from "../../src/aws/index.ts";
import { DockerHub, HealthCheck, LocalHost, Platform, PromotedImage, SelfHostedRegistry } from "../../src/index.ts";
import { only, synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"d".repeat(64)}`;
const CONTENT = "c".repeat(64);
const STAGING = `registry.example.com/team/web@${DIGEST}`;
const WEB = {
  reference: STAGING,
  version: "1.4.2",
  contentId: CONTENT,
  platforms: ["linux/arm64"],
  exposedPorts: [8080],
  declaredVolumes: [],
  runs: ["host/web"],
};
const IMAGE = MachineImage.fromId("ami-0123456789abcdef0", Platform.LINUX_ARM64);
const PLACE = { account: "111122223333", region: "eu-west-1" };

function releaseFile(images: Record<string, unknown>, more: object = {}): string {
  const file = join(mkdtempSync(join(tmpdir(), "slipway-release-")), "release.json");
  writeFileSync(file, JSON.stringify({ schema: 1, stack: "shop-staging", environment: "staging", images, ...more }));
  return file;
}

const hub = (stack: TerraformStack) => new DockerHub(stack, "hub", { namespace: "shop" }).repository("web");
const promoted =
  (release = releaseFile({ web: WEB })) =>
  (stack: TerraformStack) =>
    PromotedImage.from(stack, "web", { release, repository: hub(stack) });
const copy = (stack: ReturnType<typeof synthesize>) =>
  only(stack, "terraform_data", "web_Copy_") as Record<string, never> & {
    provisioner: { "local-exec": { command: string; environment: Record<string, string> } }[];
  };

afterEach(() => {
  delete process.env.SLIPWAY_STACK;
});

test("it is what the other environment serves, by the same digest, which synth knows", () => {
  synthesize((stack) => {
    const image = promoted()(stack);
    expect(image.reference).toBe(`docker.io/shop/web@${DIGEST}`);
    expect(image.promotedFrom).toBe(STAGING);
    expect([image.contentId, image.version, `${image.platform}`, image.exposedPorts]).toEqual([
      CONTENT,
      "1.4.2",
      "linux/arm64",
      [8080],
    ]);
  });
});

test("a step copies it by that digest, under the tags of the digest and the version", () => {
  const { resource } = synthesize((stack) => void promoted()(stack));
  const [run, verify] = Object.values(resource.terraform_data ?? {}) as unknown as {
    provisioner: Record<string, { command: string; environment: Record<string, string> }>[];
    triggers_replace: unknown;
    depends_on?: string[];
  }[];
  const { command, environment } = run?.provisioner[0]?.["local-exec"] ?? {};
  expect(command).toMatch(/^sh files\/[0-9a-f]{16}\/image-copy\.sh$/);
  expect(environment).toEqual({
    SLIPWAY_FROM: STAGING,
    SLIPWAY_TO: "registry-1.docker.io/shop/web",
    SLIPWAY_TAGS: `sha-${"d".repeat(64)} 1.4.2`,
  });
  expect(run?.triggers_replace).toMatchObject({ digest: DIGEST });
  expect(verify?.depends_on).toHaveLength(1);
});

test("a review shows the digest that it had in the other environment", () => {
  const { asked } = synthesize((stack) => void promoted()(stack));
  expect(asked.model.images).toMatchObject([{ reference: `docker.io/shop/web@${DIGEST}`, promotedFrom: STAGING }]);
});

test("nothing is copied to where it is, and no engine is asked for", () => {
  const stack = synthesize((stack) => {
    const registry = SelfHostedRegistry.fromAddress(stack, "registry", { address: "registry.example.com" });
    const release = releaseFile({ web: WEB });
    const image = PromotedImage.from(stack, "web", { release, repository: registry.repository("team/web") });
    expect([image.reference, image.ready]).toEqual([STAGING, []]);
  });
  expect([stack.resource, stack.provider]).toEqual([{}, {}]);
});

test("a local engine pulls it after the copy", () => {
  const stack = synthesize((stack) => {
    const image = promoted()(stack);
    new LocalHost(stack, "host").run("web", { image, health: HealthCheck.http("/") });
  });
  const { name, depends_on } = only(stack, "docker_image", "host_web_");
  expect(name).toBe(`docker.io/shop/web@${DIGEST}`);
  expect(depends_on).toEqual([
    expect.stringMatching(/^terraform_data\.web_Copy_Resource_|^terraform_data\.web_Copy_[0-9A-F]+$/),
    expect.stringMatching(/^terraform_data\.web_Copy_Verify_/),
  ]);
});

test("a nano host hears of it after the copy, and its deployer may read where it comes from", () => {
  const from = `999900001111.dkr.ecr.us-east-1.amazonaws.com/team/web@${DIGEST}`;
  const release = releaseFile({ web: { ...WEB, reference: from } });
  const stack = synthesize((stack) => {
    new AwsAccount(stack, "aws", PLACE);
    const repository = new EcrRegistry(stack, "ecr").repository("team/web");
    const host = new NanoHost(stack, "host", { instanceType: "t4g.nano", machineImage: IMAGE });
    host.run("web", {
      image: PromotedImage.from(stack, "web", { release, repository }),
      health: HealthCheck.http("/"),
    });
  });
  const parameter = only(stack, "aws_ssm_parameter", /^host_Release_Parameter_/);
  expect(parameter.depends_on).toHaveLength(2);
  expect(JSON.stringify(parameter.depends_on)).toContain("terraform_data.web_Copy_");
  expect(stack.asked.model.deployer).toContainEqual({
    sid: "EcrPromote",
    actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    resources: ["arn:aws:ecr:us-east-1:999900001111:repository/team/web"],
  });
});

describe("what is not released yet", () => {
  const missing = "elsewhere/release.json";
  const none = `there is no ${missing}: deploy the environment that writes it, or take the file over from where that was deployed`;

  test("fails the plan of its stack, and no synth: the environment that writes the file must be deployable", () => {
    const stack = synthesize((stack) => {
      const image = promoted(missing)(stack);
      new LocalHost(stack, "host").run("web", { image, health: HealthCheck.http("/") });
    });
    expect((copy(stack) as unknown as { lifecycle: unknown }).lifecycle).toMatchObject({
      precondition: [{ condition: '${path.module == ""}', error_message: `stack/web: release: ${none}` }],
    });
    expect(stack.asked.problems).toContainEqual(expect.objectContaining({ message: `release: ${none}` }));
  });

  test("is refused at once where the terminal is about this stack", () => {
    process.env.SLIPWAY_STACK = "stack";
    expect(() => synthesize((stack) => void promoted(missing)(stack))).toThrow(`stack/web: release: ${none}`);
    process.env.SLIPWAY_STACK = "another";
    expect(() => synthesize((stack) => void promoted(missing)(stack))).not.toThrow();
  });

  test.each([
    [{ wev: WEB }, "did you mean wev?"],
    [{ catalog: WEB, front: WEB }, "there are catalog, front"],
    [{}, "there are none"],
  ])("an image that the release has not, %j", (images, remedy) => {
    process.env.SLIPWAY_STACK = "stack";
    const release = releaseFile(images);
    expect(() => synthesize((stack) => void promoted(release)(stack))).toThrow(
      `stack/web: release: shop-staging serves no image web by ${release}: ${remedy}`,
    );
  });
});

test.each<[string, string, RegExp]>([
  ["another schema", releaseFile({ web: WEB }, { schema: 2 }), /release file must be JSON of schema 1 with images/],
  ["no digest", releaseFile({ web: { ...WEB, reference: "a/b:1" } }), /image web: image reference must have a digest/],
  ["no image", releaseFile({ web: { ...WEB, reference: "A@" } }), /image web: image reference /],
  ["an unknown platform", releaseFile({ web: { ...WEB, platforms: ["amiga"] } }), /image web: platform /],
])("a file with %s is refused in every stack", (_, release, problem) => {
  expect(() => synthesize((stack) => void promoted(release)(stack))).toThrow(problem);
});

test("an option that it does not read is refused", () => {
  const release = releaseFile({ web: WEB });
  expect(() =>
    synthesize(
      (stack) => void PromotedImage.from(stack, "web", { release, repository: hub(stack), imag: "a" } as never),
    ),
  ).toThrow('PromotedImage option must be known, got "imag": did you mean image?');
});

test("on one's own machine a version may move", () => {
  const stack = synthesize((stack) => {
    const registry = SelfHostedRegistry.fromAddress(stack, "registry", { address: "localhost:5001" });
    PromotedImage.from(stack, "web", { release: releaseFile({ web: WEB }), repository: registry.repository("web") });
  });
  expect(stack.json).toContain('"SLIPWAY_MOVES":"1"'.replace(":", ": "));
});
