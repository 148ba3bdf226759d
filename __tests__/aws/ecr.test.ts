import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { EcrRegistry, type EcrRegistryProps, EcrRepository } from "../../src/aws/index.ts";
import { BuiltImage } from "../../src/docker/built-image.ts";
import type { BuiltImageProps } from "../../src/docker/built-image-props.ts";
import { Platform } from "../../src/values/platform.ts";
import { only, synthesize } from "../synthesize.ts";

const ACCOUNT = { account: "111122223333", region: "eu-west-1" };
const ADDRESS = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
const ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/team/cats";

function ecr(
  declare: (registry: EcrRegistry, stack: TerraformStack) => unknown,
  props: Partial<EcrRegistryProps> = {},
) {
  return synthesize((stack) => void declare(new EcrRegistry(stack, "registry", { ...ACCOUNT, ...props }), stack));
}

function built(props: Partial<BuiltImageProps> = {}, options: Partial<EcrRegistryProps> = {}) {
  const context = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  let image: BuiltImage | undefined;
  const stack = ecr(
    (registry, scope) => {
      image = new BuiltImage(scope, "image", { context, repository: registry.repository("team/cats"), ...props });
    },
    { deleteWithImages: true, ...options },
  );
  return { ...stack, image: image as BuiltImage };
}

describe("EcrRegistry", () => {
  test("a repository is immutable, scanned, encrypted, forgets by intent and is never deleted with images in it", () => {
    const stack = ecr((registry) => registry.repository("team/cats"));
    expect(only(stack, "aws_ecr_repository")).toMatchObject({
      name: "team/cats",
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: true },
      encryption_configuration: [{ encryption_type: "KMS" }],
      force_delete: false,
    });
    expect(stack.terraform.required_providers).toMatchObject({ aws: { version: ">= 5.100, < 7" } });
    expect(JSON.parse(only(stack, "aws_ecr_lifecycle_policy").policy as string).rules).toHaveLength(3);
  });

  test("its ways can be chosen", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";
    const stack = ecr((registry) => registry.repository("cats"), {
      lifecycle: false,
      scanOnPush: false,
      encryption: { kmsKeyArn },
      deleteWithImages: true,
    });
    expect(only(stack, "aws_ecr_repository")).toMatchObject({
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: false },
      encryption_configuration: [{ encryption_type: "KMS", kms_key: kmsKeyArn }],
      force_delete: true,
    });
    expect(stack.resource.aws_ecr_lifecycle_policy).toBeUndefined();
    expect(stack.resource.terraform_data).toBeUndefined();
    const aes = ecr((registry) => registry.repository("cats"), { encryption: "aes256" });
    expect(only(aes, "aws_ecr_repository").encryption_configuration).toEqual([{ encryption_type: "AES256" }]);
  });

  test("only the tags that are named may move, which needs a provider that knows of it", () => {
    const stack = ecr((registry) => registry.repository("cats"), { mutableTags: ["latest", "1.*"] });
    expect(only(stack, "aws_ecr_repository")).toMatchObject({
      image_tag_mutability: "IMMUTABLE_WITH_EXCLUSION",
      image_tag_mutability_exclusion_filter: [
        { filter: "latest", filter_type: "WILDCARD" },
        { filter: "1.*", filter_type: "WILDCARD" },
      ],
    });
    expect(stack.terraform.required_providers).toMatchObject({ aws: { version: ">= 6.25, < 7" } });
  });

  test("a destroy says what a repository still holds, before ECR refuses to delete it", () => {
    const stack = ecr((registry) => registry.repository("team/cats"));
    const report = only(stack, "terraform_data");
    const [step] = report.provisioner as {
      "local-exec": { environment: Record<string, string>; command: string };
    }[];
    expect(report.depends_on).toEqual([expect.stringMatching(/^aws_ecr_repository\./)]);
    expect(step?.["local-exec"]).toMatchObject({
      when: "destroy",
      command: expect.stringMatching(/^sh files\/[0-9a-f]{16}\/ecr-destroy-report\.sh$/),
      environment: { SLIPWAY_ACCOUNT: "111122223333", SLIPWAY_REGION: "eu-west-1", SLIPWAY_REPOSITORY: "team/cats" },
    });
    expect(JSON.stringify(step)).not.toContain("${");
  });

  test("a repository named twice is one; names that an id cannot have stay apart", () => {
    const stack = ecr((registry) => ["a/b", "a/b", "a-b", "a.b"].map((name) => registry.repository(name)));
    expect(
      Object.values(stack.resource.aws_ecr_repository ?? {})
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["a-b", "a.b", "a/b"]);
  });

  test("an image is pushed by a step that looks first, its digest is what the content's tag stands for, and no token is in sight", () => {
    const { image, ...stack } = built({ version: "1.4.2", platform: Platform.LINUX_ARM64 });
    const push = only(stack, "terraform_data", "image_Push");
    expect(push.depends_on).toEqual([
      expect.stringMatching(/^docker_image\./),
      expect.stringMatching(/^aws_ecr_repository\./),
    ]);
    expect(push.triggers_replace).toEqual({
      repository: expect.stringMatching(/^\$\{aws_ecr_repository\.[\w-]+\.id\}$/),
      content: image.contentId,
      tags: [`sha-${image.contentId}`, "1.4.2"],
    });
    const [step] = push.provisioner as {
      "local-exec": { environment: Record<string, string>; command: string };
    }[];
    expect(step?.["local-exec"].environment).toMatchObject({
      SLIPWAY_ACCOUNT: "111122223333",
      SLIPWAY_AWS_CLI: expect.stringMatching(/^files\/[0-9a-f]{16}\/aws-cli\.sh$/),
      SLIPWAY_BUILT: `${ADDRESS}/team/cats:sha-${image.contentId}`,
      SLIPWAY_CONTENT: image.contentId,
      SLIPWAY_FIXED: `sha-${image.contentId} 1.4.2`,
      SLIPWAY_LABEL: "dev.slipway.content",
      SLIPWAY_MUTABLE_TAGS: "",
      SLIPWAY_PLATFORM: "linux/arm64",
      SLIPWAY_REPOSITORY: "team/cats",
    });
    for (const file of [step?.["local-exec"].environment.SLIPWAY_AWS_CLI, step?.["local-exec"].command.slice(3)]) {
      expect(existsSync(join(stack.directory, file ?? ""))).toBe(true);
    }
    expect(only(stack, "docker_image").name).toBe(`${ADDRESS}/team/cats:sha-${image.contentId}`);
    expect(Object.values(JSON.parse(stack.json).data.aws_ecr_image)).toEqual([
      expect.objectContaining({
        depends_on: [expect.stringMatching(/^terraform_data\.image_Push/)],
        image_tag: `sha-${image.contentId}`,
        registry_id: "111122223333",
        repository_name: "team/cats",
      }),
    ]);
    expect(image.reference).toMatch(/^111122223333\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/team\/cats@\$\{TfToken\[/);
    expect(stack.provider.docker).toEqual([{}]);
    expect(stack.resource.docker_registry_image).toBeUndefined();
    expect(stack.json).not.toMatch(/password|token"/i);
  });

  test("tags move where the repository lets them, and nowhere else", () => {
    const version = { version: "1.4.2", releasedVersions: ["1.4.1"] };
    expect(() => built(version)).toThrow(
      "stack/image: releasedVersions: moves 1.4, 1, latest, but team/cats keeps its tags: leave releasedVersions out, or name them in the repository's mutableTags",
    );
    expect(() => built(version, { mutableTags: ["latest", "1.*"] })).toThrow(/moves 1, but team\/cats keeps/);
    const stack = built(version, { mutableTags: ["latest", "1*"] });
    expect(JSON.stringify(only(stack, "terraform_data", "image_Push").provisioner)).toContain(
      '"SLIPWAY_MUTABLE_TAGS":"1.4 1 latest"',
    );
  });

  test("China has its own domain and partition", () => {
    ecr(
      (registry) =>
        expect([registry.address, registry.arnPrefix]).toEqual([
          "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
          "arn:aws-cn:ecr:cn-north-1:111122223333",
        ]),
      { region: "cn-north-1" },
    );
  });

  test.each<[string, (registry: EcrRegistry, stack: TerraformStack) => unknown, Partial<EcrRegistryProps>, RegExp]>([
    ["an account that is none", (r) => r, { account: "1234" }, /account must be 12 digits, got "1234"/],
    [
      "a region that is none",
      (r) => r,
      { region: "Ireland" },
      /region must be the name of a region, got "Ireland": write it like "eu-west-1"/,
    ],
    [
      "a second account in one stack, naming both",
      (_, s) => new EcrRegistry(s, "other", { ...ACCOUNT, account: "444455556666" }),
      {},
      /stack\/other: account: is 444455556666, but the stack deploys to 111122223333/,
    ],
    [
      "a name that ECR refuses",
      (r) => r.repository("Cats"),
      {},
      /name: ECR repository name must be lower-case .* use "cats"/,
    ],
    [
      "a lifecycle out of range",
      (r) => r.repository("cats"),
      { lifecycle: { keepReleases: 0 } },
      /lifecycle: releases to keep/,
    ],
    [
      "a mutable tag that ECR refuses",
      (r) => r.repository("cats"),
      { mutableTags: ["a*b*c*"] },
      /mutableTags: mutable tag must be a tag, with 2 wildcards at most, got "a\*b\*c\*"/,
    ],
    ["every tag moving", (r) => r.repository("cats"), { mutableTags: ["*"] }, /mutable tag must be a tag/],
    [
      "an ARN that is none",
      (_, s) => EcrRepository.fromArn(s, "existing", "team/cats"),
      {},
      /arn: repository must be the ARN of a repository in ECR, got "team\/cats": write it like arn:aws:ecr:/,
    ],
  ])("refuses %s", (_, declare, props, message) => expect(() => ecr(declare, props)).toThrow(message));
});

describe("grants", () => {
  test.each([
    ["grantPull", ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]],
    [
      "grantPush",
      [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
    ],
  ] as const)("%s names its actions and this repository alone", (grant, actions) => {
    const stack = ecr((registry) => registry.repository("team/cats")[grant]({ roleName: "host" }));
    const { role, policy } = only(stack, "aws_iam_role_policy") as { role: string; policy: string };
    expect(role).toBe("host");
    expect(JSON.parse(policy).Statement).toEqual([
      { Sid: "EcrLogin", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      { Sid: grant.slice("grant".length), Effect: "Allow", Action: actions, Resource: [ARN] },
    ]);
  });

  test("an existing repository grants as well and creates nothing", () => {
    const stack = ecr((registry, scope) => {
      const repository = EcrRepository.fromName(scope, "existing", registry, "team/cats");
      expect(repository.pullAccess).toEqual({ kind: "aws-iam", repositoryArn: ARN });
      repository.grantPull({ roleName: "host" });
    });
    expect(stack.resource.aws_ecr_repository).toBeUndefined();
    expect(only(stack, "aws_iam_role_policy").policy as string).toContain(ARN);
  });

  test("a repository of another account is known by its ARN, address included", () => {
    ecr((_, scope) => {
      const arn = "arn:aws:ecr:us-east-1:444455556666:repository/shared/base";
      const repository = EcrRepository.fromArn(scope, "shared", arn);
      expect(repository.uri).toBe("444455556666.dkr.ecr.us-east-1.amazonaws.com/shared/base");
      expect(repository.pullAccess).toEqual({ kind: "aws-iam", repositoryArn: arn });
    });
  });
});
