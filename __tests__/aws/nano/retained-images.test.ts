import { TerraformVariable } from "cdktf";
import { EcrRepository, type NanoHostProps } from "../../../src/aws/index.ts";
import { hostTag } from "../../../src/aws/nano/retained-images.ts";
import { HealthCheck } from "../../../src/values/health-check.ts";
import { only } from "../../synthesize.ts";
import { DIGEST, nano, pulled } from "./nano-host-stack.ts";

const PLACE = { account: "111122223333", region: "eu-west-1" };
const ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/team/cats";
const URI = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/cats";
const health = HealthCheck.http("/status");

/** A host with an image that everybody may pull, and one in ECR unless `inEcr` says otherwise. */
function held(props: NanoHostProps = {}, inEcr = true) {
  const stack = nano((host, scope, account) => {
    host.run("open", { image: pulled(scope, "open"), port: 80, health });
    if (inEcr) {
      const repository = EcrRepository.fromArn(scope, "cats", ARN);
      const image = Object.assign(pulled(scope), { repository, reference: `${repository.uri}@${DIGEST}` });
      host.run("cats", { image, port: 80, health });
      host.run("more", { image, port: 80, health });
    }
    new TerraformVariable(scope, "policy", { default: account.deployerPolicy });
  }, props);
  const policy = JSON.parse(JSON.parse(stack.json).variable.policy.default) as { Statement: { Sid: string }[] };
  return { stack, statement: policy.Statement.find(({ Sid }) => Sid === "EcrHoldImages") };
}

function environment(stack: ReturnType<typeof held>["stack"], name: string | RegExp) {
  const [{ "local-exec": local }] = only(stack, "terraform_data", name).provisioner as [
    { "local-exec": { environment: Record<string, string> } },
  ];
  return local.environment;
}

describe("what a host holds", () => {
  test("is each image in ECR once, and no other", () => {
    const { stack } = held();
    for (const name of [/^host_Release_Deploy_[0-9A-F]{8}$/, "host_Release_Deploy_Verify"]) {
      expect(environment(stack, name)).toMatchObject({
        SLIPWAY_IMAGES: `${URI}@${DIGEST}`,
        SLIPWAY_REPOSITORIES: URI,
        SLIPWAY_ACCOUNT: PLACE.account,
        SLIPWAY_HOST_TAG: hostTag("stack/host", PLACE),
        SLIPWAY_KEEP: expect.stringMatching(/^\$\{local\.\w+\.keepReleases\}$/),
        SLIPWAY_RELEASE_WINDOW: expect.stringMatching(/^files\/[0-9a-f]{16}\/release-window\.awk$/),
      });
    }
  });

  test("is nothing where nothing is in ECR", () => {
    const { stack, statement } = held({}, false);
    expect(environment(stack, "host_Release_Deploy_Verify")).toMatchObject({
      ...{ SLIPWAY_IMAGES: "", SLIPWAY_REPOSITORIES: "" },
    });
    expect(statement).toBeUndefined();
  });

  test("is what its deployer may hold and let go of, and nobody may where no apply waits", () => {
    expect(held().statement).toEqual({
      Sid: "EcrHoldImages",
      Effect: "Allow",
      Action: ["ecr:BatchDeleteImage", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:PutImage"],
      Resource: [ARN],
    });
    expect(held({ waitForRelease: false }).statement).toBeUndefined();
  });
});

describe("a host's tag", () => {
  test("fits ECR's grammar, and is that of one host alone", () => {
    expect(hostTag("netflix/host", PLACE)).toMatch(/^release-netflix-host-[0-9a-f]{12}$/);
    const names = ["a/b-c", "a-b/c", "a/b_c", "x".repeat(300), `${"x".repeat(300)}y`];
    const tags = [
      ...names.map((name) => hostTag(name, PLACE)),
      hostTag("a/b-c", { ...PLACE, region: "eu-west-2" }),
      hostTag("a/b-c", { ...PLACE, account: "444455556666" }),
    ];
    expect(new Set(tags).size).toBe(tags.length);
    for (const tag of tags) expect(`${tag}.100000.100000.0123abcd`).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
  });
});
