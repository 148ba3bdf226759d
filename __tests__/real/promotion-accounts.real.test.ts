import { resolve } from "node:path";
import { run } from "../../src/cli/command.mjs";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import { DockerConfiguration } from "./docker-configuration.ts";
import { TestAccount } from "./rehearsal-account.ts";
import { pushImage } from "./rehearsal-image.ts";

jest.setTimeout(120_000);

const SCRIPT = resolve(__dirname, "../../src/docker/image-copy.sh");
const REPOSITORY = "team/web";
const accounts = [new TestAccount([], "111122223333"), new TestAccount([], "444455556666")] as const;
const [staging, production] = accounts;
const doors: Listening[] = [];
let configuration: DockerConfiguration;
let digest = "";

const hostOf = (index: 0 | 1) => `127.0.0.1:${doors[index]?.port}`;
const tokenOf = (account: TestAccount) =>
  account.query("authorizationData[0].authorizationToken", "ecr", "get-authorization-token");

beforeAll(async () => {
  configuration = await DockerConfiguration.withBuildx();
  const logins: Record<string, string> = {};
  for (const account of accounts) {
    await account.start();
    doors.push(await listen(account.account.registry.listener, { address: "127.0.0.1" }));
    const immutable = ["--image-tag-mutability", "IMMUTABLE"];
    await account.ask("ecr", "create-repository", "--repository-name", REPOSITORY, ...immutable);
    logins[`127.0.0.1:${doors.at(-1)?.port}`] = Buffer.from(await tokenOf(account), "base64").toString();
  }
  configuration.logIn(logins);
  const basic = `Basic ${await tokenOf(staging)}`;
  ({ digest } = await pushImage(`http://${hostOf(0)}`, basic, REPOSITORY, "1.0.0", "tried in staging"));
}, 120_000);

afterAll(async () => {
  for (const door of doors) await door.close();
  for (const account of accounts) await account.stop();
  configuration?.remove();
}, 60_000);

const copy = () =>
  run("/bin/sh", [SCRIPT], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DOCKER_CONFIG: configuration.folder,
      DOCKER_HOST: "tcp://127.0.0.1:1",
      SLIPWAY_FROM: `${hostOf(0)}/${REPOSITORY}@${digest}`,
      SLIPWAY_TO: `${hostOf(1)}/${REPOSITORY}`,
      SLIPWAY_TAGS: `sha-${digest.slice(7)} 1.0.0`,
    },
  });

test("what ECR of one account has is in that of another by the same digest, though no tag there moves", async () => {
  const first = await copy();
  expect([first.stdout, first.code]).toEqual([
    expect.stringContaining(`has ${digest} of ${hostOf(0)}/${REPOSITORY}`),
    0,
  ]);
  const images = await production.query<{ imageDigest: string }[]>(
    ...["imageDetails", "ecr", "describe-images", "--repository-name", REPOSITORY],
  );
  expect(images.map((image) => image.imageDigest)).toContain(digest);
  expect(await copy()).toMatchObject({ code: 0, stdout: expect.stringContaining(`has ${digest} already`) });
});
