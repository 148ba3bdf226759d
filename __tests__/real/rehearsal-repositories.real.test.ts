import { actionsOf, refusedBy } from "../../src/rehearsal/deployer-policy.ts";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import type { DeclaredRepositories } from "./programs/repositories.ts";
import { Project } from "./project.ts";
import { ACCOUNT, TestAccount } from "./rehearsal-account.ts";
import { pushImage } from "./rehearsal-image.ts";

const aws = new TestAccount();
let registry: Listening | undefined;
let project: Project;
let key = "";
let policy = "";

const declare = (change: Partial<DeclaredRepositories["repositories"]> = {}) => {
  const repositories = {
    "shop/aes": { encryption: "aes256", lifecycle: false },
    "shop/key": {
      encryption: { kmsKeyArn: key },
      // moto forgets a change of this one from true, so it is false from the start.
      scanOnPush: false,
      lifecycle: { keepReleases: 3, expireUntaggedAfterDays: 2 },
      deleteWithImages: false,
    },
    "shop/gone": { deleteWithImages: true },
    "shop/stays": {},
    ...change,
  };
  return project.synth({ SLIPWAY_TEST_DECLARED: JSON.stringify({ account: ACCOUNT, repositories }) });
};

const repositories = () =>
  aws.query<({ repositoryName: string } & object)[]>(
    ...["sort_by(repositories, &repositoryName)", "ecr", "describe-repositories"],
  );

const push = async (repository: string, tag: string) => {
  const login = ["ecr", "get-authorization-token"];
  const token = await aws.query("authorizationData[0].authorizationToken", ...login);
  return await pushImage(`http://127.0.0.1:${registry?.port}`, `Basic ${token}`, repository, tag, tag);
};

beforeAll(async () => {
  await aws.start();
  registry = await listen(aws.account.registry.listener, { address: "127.0.0.1" });
  key = await aws.query("KeyMetadata.Arn", "kms", "create-key");
  project = new Project("repositories.ts", "slipway-repositories", {}, aws.deployerEnvironment);
  await declare();
  await project.init();
}, 300_000);

afterAll(async () => {
  project?.remove();
  await registry?.close();
  await aws.stop();
}, 60_000);

jest.setTimeout(300_000);

test("repositories are made as they are declared, and a second plan finds nothing to do", async () => {
  const before = aws.account.front.calls.length;
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(await project.plan()).toMatchObject({ status: 0 });
  policy = await project.output("deployer-policy");
  const asks = aws.account.asksOf("deployer", aws.account.front.calls.slice(before));
  expect(actionsOf(asks)).toEqual(expect.arrayContaining(["ecr:CreateRepository", "kms:CreateGrant"]));
  expect(refusedBy([policy], asks)).toEqual([]);
  const repository = (name: string, encryptionConfiguration: object, scanOnPush = true) => ({
    repositoryName: name,
    imageTagMutability: "IMMUTABLE",
    imageScanningConfiguration: { scanOnPush },
    encryptionConfiguration,
  });
  const ownKey = { encryptionType: "KMS", kmsKey: expect.stringContaining(":key/") };
  expect(await repositories()).toMatchObject([
    repository("shop/aes", { encryptionType: "AES256" }),
    repository("shop/gone", ownKey),
    repository("shop/key", { encryptionType: "KMS", kmsKey: key }, false),
    repository("shop/stays", ownKey),
  ]);
});

test("each forgets what it may, and one without a lifecycle nothing", async () => {
  const rules = async (name: string) => {
    const text = await aws.query("lifecyclePolicyText", "ecr", "get-lifecycle-policy", "--repository-name", name);
    const { rules } = JSON.parse(text) as { rules: { selection: { tagStatus: string; countNumber: number } }[] };
    return rules.map(({ selection: { tagStatus, countNumber } }) => [tagStatus, countNumber]);
  };
  expect(await rules("shop/stays")).toEqual([
    ["tagged", 9999], // what hosts hold
    ["untagged", 7],
    ["tagged", 20],
  ]);
  expect(await rules("shop/key")).toEqual([
    ["tagged", 9999],
    ["untagged", 2],
    ["tagged", 3],
  ]);
  await expect(rules("shop/aes")).rejects.toThrow("LifecyclePolicyNotFoundException");
});

test("another key is another repository, other numbers are not", async () => {
  await declare({ "shop/aes": { lifecycle: { keepReleases: 5 } }, "shop/stays": { lifecycle: { keepReleases: 5 } } });
  const { output } = await project.plan();
  expect(output.match(/(?<=^ {2}# )aws_.*/gm)).toEqual([
    expect.stringMatching(/^aws_ecr_lifecycle_policy\.shop-aes_Lifecycle_\w+ will be created$/),
    expect.stringMatching(/^aws_ecr_lifecycle_policy\.shop-stays_Lifecycle_\w+ must be replaced$/),
    expect.stringMatching(/^aws_ecr_repository\.shop-aes_\w+ must be replaced$/),
  ]);
});

test("a destroy says what a repository holds and fails for it; one whose images may go is gone with them", async () => {
  await declare();
  for (const [repository, tag] of [
    ["shop/gone", "1.0.0"],
    ["shop/stays", "1.0.0"],
    ["shop/stays", "1.1.0"],
  ] as const) {
    expect(await push(repository, tag)).toMatchObject({ status: 201 });
  }
  const before = aws.account.front.calls.length;
  const destroy = await project.terraform("destroy", "-auto-approve");
  const asks = aws.account.asksOf("deployer", aws.account.front.calls.slice(before));
  expect(destroy).toMatchObject({ status: 1, output: expect.stringContaining("RepositoryNotEmptyException") });
  expect(destroy.output).toContain("shop/stays: stays, for it holds 2 images and deleteWithImages is not set");
  expect(destroy.output).not.toMatch(/shop\/(?:aes|gone|key): stays/);
  expect((await repositories()).map(({ repositoryName }) => repositoryName)).toEqual(["shop/stays"]);
  expect(refusedBy([policy], asks)).toEqual([]);
});

test("what it then advises to do takes that one away too", async () => {
  await declare({ "shop/stays": { deleteWithImages: true } });
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(await project.terraform("destroy", "-auto-approve")).toMatchObject({ status: 0 });
  expect(await repositories()).toEqual([]);
});
