import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { anyDocumentOf } from "../../src/aws/nano/agent-document.ts";
import { refusals, type Statement } from "../../src/rehearsal/authorization/policy.ts";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { ACCOUNT, curlSigned, REGION, SERIAL, TestAccount } from "./rehearsal-account.ts";
import { pullManifest, pushImage, pushIndex } from "./rehearsal-image.ts";

const aws = new TestAccount();
let registry: Listening | undefined;
let metadata: Listening | undefined;

beforeAll(async () => {
  await aws.start();
  registry = await listen(aws.account.registry.listener, { address: "127.0.0.1" });
  metadata = await listen(aws.account.metadata.listener, { address: "127.0.0.1" });
}, 300_000);

afterAll(async () => {
  await registry?.close();
  await metadata?.close();
  await aws.stop();
}, 30_000);

jest.setTimeout(300_000);

test("a rule for another security group keeps what it is described by", async () => {
  const group = (name: string) =>
    aws.query("GroupId", "ec2", "create-security-group", "--group-name", name, "--description", name);
  const [front, behind] = [await group("front"), await group("behind")];
  const permission = JSON.stringify([
    {
      IpProtocol: "tcp",
      FromPort: 31_048,
      ToPort: 31_048,
      UserIdGroupPairs: [{ GroupId: front, Description: "front" }],
    },
  ]);
  const words = ["authorize-security-group-ingress", "--group-id", behind, "--ip-permissions", permission];
  await aws.ask("ec2", ...words);
  const filter = ["--filters", `Name=group-id,Values=${behind}`];
  const rules = await aws.query<object[]>(
    "SecurityGroupRules[?!IsEgress]",
    ...["ec2", "describe-security-group-rules", ...filter],
  );
  expect(rules).toMatchObject([
    { FromPort: 31_048, ToPort: 31_048, Description: "front", ReferencedGroupInfo: { GroupId: front } },
  ]);
});

describe("signatures", () => {
  const target = "AmazonSSM.DescribeParameters";

  test("of the deployer are accepted, by the AWS CLI and by curl", async () => {
    await expect(aws.ask("sts", "get-caller-identity")).resolves.toMatchObject({ Account: ACCOUNT });
    const answer = await curlSigned(aws.account.endpoint, aws.account.deployer, target, {});
    expect(answer.status).toBe(200);
  });

  test("of a role that the deployer assumed are accepted", async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/deployer`;
    const assumed = await aws.ask<{ Credentials: Record<string, string> }>(
      ...["sts", "assume-role", "--role-arn", arn, "--role-session-name", "test"],
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = assumed.Credentials;
    const answer = await aws.aws(["sts", "get-caller-identity"], {
      AWS_ACCESS_KEY_ID: AccessKeyId,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey,
      AWS_SESSION_TOKEN: SessionToken,
    });
    expect(JSON.parse(answer.stdout)).toMatchObject({ Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/test` });
  });

  test.each([
    ["a wrong secret", { secretAccessKey: "wrong" }, "SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "AKIAAAAAAAAAAAAAAAAA" }, "UnrecognizedClientException"],
    ["a session token that is not its key's", { sessionToken: "foreign" }, "UnrecognizedClientException"],
  ])("with %s are refused", async (_, change, code) => {
    const answer = await curlSigned(aws.account.endpoint, { ...aws.account.deployer, ...change }, target, {});
    expect(answer).toMatchObject({ body: expect.stringContaining(code) });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  test("are demanded", async () => {
    const answer = await fetch(aws.account.endpoint, {
      method: "POST",
      headers: { "x-amz-target": target },
      body: "{}",
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("MissingAuthenticationToken");
  });
});

describe("parameters", () => {
  const put = (bytes: number, tier: string) =>
    aws.ask(
      ...["ssm", "put-parameter", "--name", `/size/${tier}`, "--type", "String", "--overwrite"],
      ...["--tier", tier, "--value", "v".repeat(bytes)],
    );

  test.each([
    ["Standard", 4096],
    ["Advanced", 8192],
    ["Intelligent-Tiering", 8192],
  ])("of tier %s hold %d bytes and not one more", async (tier, limit) => {
    await expect(put(limit, tier)).resolves.toMatchObject({ Version: 1 });
    await expect(put(limit + 1, tier)).rejects.toThrow(/ValidationException.*maximum parameter value/);
  });

  test("cannot nest a parameter", async () => {
    const nested = aws.ask("ssm", "put-parameter", "--name", "/n", "--type", "String", "--value", "a {{ssm:b}}");
    await expect(nested).rejects.toThrow(/ValidationException.*nest/);
  });

  test("of Canonical name the image of each published serial, and no other", async () => {
    const path = (serial: string, architecture: string): string =>
      `/aws/service/canonical/ubuntu/server/24.04/stable/${serial}/${architecture}/hvm/ebs-gp3/ami-id`;
    const value = async (name: string) =>
      (await aws.ask<{ Parameter: { Value: string } }>("ssm", "get-parameter", "--name", name)).Parameter.Value;
    const dated = await value(path(SERIAL, "arm64"));
    expect(await value(path("current", "arm64"))).toBe(dated);
    expect(await value(path(SERIAL, "amd64"))).not.toBe(dated);
    const images = await aws.ask<{ Images: { Architecture: string; OwnerId: string }[] }>(
      ...["ec2", "describe-images", "--image-ids", dated],
    );
    expect(images.Images).toMatchObject([{ Architecture: "arm64", OwnerId: "099720109477" }]);
    await expect(value(path("20990101", "arm64"))).rejects.toThrow("ParameterNotFound");
  });

  test("keep their versions and move a label", async () => {
    const put = (value: string) =>
      aws.ask(
        "ssm",
        "put-parameter",
        "--name",
        "/slipway/release",
        "--type",
        "String",
        "--value",
        value,
        "--overwrite",
      );
    await put("one");
    await put("two");
    await aws.ask(
      "ssm",
      "label-parameter-version",
      "--name",
      "/slipway/release",
      "--parameter-version",
      "1",
      "--labels",
      "live",
    );
    await expect(aws.ask("ssm", "get-parameter", "--name", "/slipway/release:live")).resolves.toMatchObject({
      Parameter: { Value: "one", Version: 1 },
    });
    await aws.ask(
      "ssm",
      "label-parameter-version",
      "--name",
      "/slipway/release",
      "--parameter-version",
      "2",
      "--labels",
      "live",
    );
    await expect(aws.ask("ssm", "get-parameter", "--name", "/slipway/release:live")).resolves.toMatchObject({
      Parameter: { Value: "two", Version: 2 },
    });
  });

  test("keep 100 versions, and take no other while the oldest has a label", async () => {
    const { moto } = aws.account;
    const put = (Value: string) =>
      moto.json("ssm", "PutParameter", { Name: "/full", Type: "String", Value, Overwrite: true });
    for (let version = 1; version <= 100; version += 1) await put(String(version));
    const label = (ParameterVersion: number) =>
      moto.json("ssm", "LabelParameterVersion", { Name: "/full", ParameterVersion, Labels: ["live"] });
    await label(1);
    const more = () =>
      aws.ask("ssm", "put-parameter", "--name", "/full", "--type", "String", "--value", "101", "--overwrite");
    await expect(more()).rejects.toThrow(
      /ParameterMaxVersionLimitExceeded.*Version 1, the oldest version, can't be deleted/,
    );
    await label(2);
    expect(await more()).toMatchObject({ Version: 101 });
  });
});

describe("documents", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-documents-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("over 64 KB are refused, with what they are given when they are sent", async () => {
    const create = async (name: string, size: number) => {
      const content = (line: string) =>
        JSON.stringify({
          schemaVersion: "2.2",
          mainSteps: [{ action: "aws:runShellScript", name: "x", inputs: { runCommand: [line] } }],
        });
      const file = join(folder, name);
      writeFileSync(file, content("x".repeat(size - content("").length)));
      return await aws.aws([
        ...["ssm", "create-document", "--name", name, "--document-type", "Command", "--document-format", "JSON"],
        ...["--content", `file://${file}`],
      ]);
    };
    expect((await create("at-the-limit", 65_536)).code).toBe(0);
    expect((await create("over-it", 65_537)).stderr).toContain("MaxDocumentSizeExceeded");
    const sent = await aws.aws([
      ...["ssm", "send-command", "--instance-ids", "i-0123456789abcdef0", "--document-name", "at-the-limit"],
      ...["--parameters", "word=x"],
    ]);
    expect(sent.stderr).toContain("MaxDocumentSizeExceeded");
  });

  test("of two stacks whose names begin alike are each for their own host's role", async () => {
    const arn = (name: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:${anyDocumentOf(`slipway.${name}.host`)}`;
    const names = ["shop", "shop-eu"];
    for (const name of names) {
      await aws.role(name, [{ Effect: "Allow", Action: "ssm:GetDocument", Resource: arn(name) }]);
      await aws.ask(
        ...["ssm", "create-document", "--name", `slipway.${name}.host-0123456789ab-01234567`],
        ...["--document-type", "Command", "--content", '{"schemaVersion":"2.2","mainSteps":[]}'],
      );
      const id = await aws.launch("--iam-instance-profile", `Name=${name}`);
      const keys = aws.account.instances.subjectOf(id)?.credentials;
      if (!keys) throw new Error("the instance has no role");
      const reads = await Promise.all(
        names.map(async (other) => {
          const input = { Name: `slipway.${other}.host-0123456789ab-01234567` };
          return (await curlSigned(aws.account.endpoint, keys, "AmazonSSM.GetDocument", input)).body;
        }),
      );
      expect(reads[names.indexOf(name)]).toContain("mainSteps");
      expect(reads[1 - names.indexOf(name)]).toContain("AccessDeniedException");
    }
  });
});

describe("commands", () => {
  let instance: string;
  const document = {
    schemaVersion: "2.2",
    parameters: { word: { type: "String", allowedPattern: "^[a-z]*$", default: "nothing" } },
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "say",
        inputs: {
          timeoutSeconds: "2",
          runCommand: ["echo {{ word }}", "echo aside >&2", "sh -c '{{word}}'", "exit 3"],
        },
      },
    ],
  };

  const send = async (...args: string[]): Promise<string> => {
    const answer = await aws.ask<{ Command: { CommandId: string } }>(
      ...["ssm", "send-command", "--instance-ids", instance, "--document-name", "say", ...args],
    );
    return answer.Command.CommandId;
  };

  const invocation = (id: string) =>
    aws.ask("ssm", "get-command-invocation", "--command-id", id, "--instance-id", instance);

  const ended = async (id: string): Promise<Record<string, unknown>> => {
    await sleep(1_000);
    for (;;) {
      const answer = await invocation(id);
      if (answer.Status !== "Pending" && answer.Status !== "InProgress") return answer;
      await sleep(200);
    }
  };

  beforeAll(async () => {
    await aws.role("commanded");
    await aws.ask(
      ...["ssm", "create-document", "--name", "say", "--document-type", "Command"],
      ...["--document-format", "JSON", "--content", JSON.stringify(document)],
    );
    aws.registrationSeconds = 0;
    instance = await aws.launch("--iam-instance-profile", "Name=commanded");
    while (!aws.account.instances.registered(instance)) await sleep(50);
  });

  test("run on the machine and answer with its own status and output", async () => {
    expect(await ended(await send("--parameters", "word=true"))).toMatchObject({
      Status: "Failed",
      ResponseCode: 3,
      StandardOutputContent: "true\n",
      StandardErrorContent: "aside\n",
    });
  });

  test("are unknown to the one who asks at once", async () => {
    const ask = (action: string, input: object) =>
      curlSigned(aws.account.endpoint, aws.account.deployer, `AmazonSSM.${action}`, input);
    const sent = await ask("SendCommand", { InstanceIds: [instance], DocumentName: "say" });
    const { CommandId } = JSON.parse(sent.body).Command;
    const answer = await ask("GetCommandInvocation", { CommandId, InstanceId: instance });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining("InvocationDoesNotExist") });
    await ended(CommandId);
  });

  test("that take longer than their document allows are timed out", async () => {
    const inputs = { timeoutSeconds: "1", runCommand: ["echo begun", "sleep 20"] };
    const slow = { schemaVersion: "2.2", mainSteps: [{ action: "aws:runShellScript", name: "wait", inputs }] };
    await aws.ask(
      ...["ssm", "create-document", "--name", "slow", "--document-type", "Command"],
      ...["--document-format", "JSON", "--content", JSON.stringify(slow)],
    );
    expect(await ended(await send("--document-name", "slow"))).toMatchObject({
      Status: "TimedOut",
      StandardOutputContent: "begun\n",
    });
  });

  test("can be played timed out", async () => {
    aws.account.commands.playNext("timed-out");
    expect(await ended(await send())).toMatchObject({ Status: "TimedOut", StatusDetails: "ExecutionTimedOut" });
  });

  test("can be played pending, and be cancelled then", async () => {
    aws.account.commands.playNext("pending");
    const id = await send();
    await sleep(1_500);
    expect(await invocation(id)).toMatchObject({ Status: "Pending", ResponseCode: -1 });
    await aws.ask("ssm", "cancel-command", "--command-id", id);
    expect(await invocation(id)).toMatchObject({ Status: "Cancelled" });
  });

  test("can be played failed", async () => {
    aws.account.commands.playNext({ failed: { exitCode: 1, stderr: "no space left on device" } });
    expect(await ended(await send())).toMatchObject({
      Status: "Failed",
      ResponseCode: 1,
      StandardErrorContent: "no space left on device",
    });
  });

  test.each([
    ["a document that does not exist", ["--document-name", "absent"], "InvalidDocument"],
    ["a parameter that its document does not have", ["--parameters", "other=x"], "InvalidParameters"],
    ["a value that the document's pattern refuses", ["--parameters", "word=X;id"], "InvalidParameters"],
    ["an instance that does not exist", ["--instance-ids", "i-00000000000000000"], "InvalidInstanceId"],
  ])("are refused for %s", async (_, args, code) => {
    const command = ["ssm", "send-command", "--instance-ids", instance, "--document-name", "say", ...args];
    await expect(aws.ask(...command)).rejects.toThrow(code);
  });

  test("are refused until an agent has registered", async () => {
    aws.registrationSeconds = 8;
    const late = await aws.launch("--iam-instance-profile", "Name=commanded");
    const command = ["ssm", "send-command", "--instance-ids", late, "--document-name", "say"];
    await expect(aws.ask(...command)).rejects.toThrow("InvalidInstanceId");
    while (!aws.account.instances.registered(late)) await sleep(100);
    await expect(aws.ask(...command)).resolves.toMatchObject({ Command: { Status: "Pending" } });
    aws.registrationSeconds = 0;
  });

  test("never reach an instance whose role does not let the agent register", async () => {
    const silent = await aws.launch();
    await sleep(500);
    const command = ["ssm", "send-command", "--instance-ids", silent, "--document-name", "say"];
    await expect(aws.ask(...command)).rejects.toThrow("InvalidInstanceId");
  });

  test("reach nobody after the instance's end", async () => {
    const doomed = await aws.launch("--iam-instance-profile", "Name=commanded");
    expect(aws.machines.has(doomed)).toBe(true);
    await aws.ask("ec2", "terminate-instances", "--instance-ids", doomed);
    await aws.account.instances.settled();
    expect(aws.machines.has(doomed)).toBe(false);
    const command = ["ssm", "send-command", "--instance-ids", doomed, "--document-name", "say"];
    await expect(aws.ask(...command)).rejects.toThrow("InvalidInstanceId");
  });
});

describe("repositories", () => {
  const url = (): string => `http://127.0.0.1:${registry?.port}`;

  const login = async (): Promise<string> => {
    const answer = await aws.ask<{ authorizationData: [{ authorizationToken: string }] }>(
      "ecr",
      "get-authorization-token",
    );
    return `Basic ${answer.authorizationData[0].authorizationToken}`;
  };

  const create = (name: string, mutability: string) =>
    aws.ask("ecr", "create-repository", "--repository-name", name, "--image-tag-mutability", mutability);

  test("take a tag once when they are immutable, whatever is pushed", async () => {
    await create("team/fixed", "IMMUTABLE");
    const first = await pushImage(url(), await login(), "team/fixed", "1.0.0", "first");
    expect(first.status).toBe(201);
    for (const content of ["first", "second"]) {
      const again = await pushImage(url(), await login(), "team/fixed", "1.0.0", content);
      expect(again).toMatchObject({ status: 400, body: expect.stringContaining("is immutable") });
    }
    const images = await aws.ask("ecr", "describe-images", "--repository-name", "team/fixed");
    expect(images.imageDetails).toMatchObject([{ imageDigest: first.digest, imageTags: ["1.0.0"] }]);
  });

  test("move a tag when they are mutable", async () => {
    await create("team/moving", "MUTABLE");
    await pushImage(url(), await login(), "team/moving", "latest", "first");
    const second = await pushImage(url(), await login(), "team/moving", "latest", "second");
    expect(second.status).toBe(201);
    const found = ["--repository-name", "team/moving", "--image-ids", "imageTag=latest"];
    const images = await aws.ask("ecr", "describe-images", ...found);
    expect(images.imageDetails).toMatchObject([{ imageDigest: second.digest }]);
  });

  describe("put a further tag on a manifest", () => {
    const put = (name: string, tag: string, manifest: object, ...more: readonly string[]) =>
      aws.ask(
        ...["ecr", "put-image", "--repository-name", name, "--image-tag", tag],
        ...["--cli-input-json", JSON.stringify(manifest), ...more],
      );
    const read = (name: string, digest: string) =>
      aws.ask<Record<string, string>>(
        ...["ecr", "batch-get-image", "--repository-name", name, "--image-ids", `imageDigest=${digest}`],
        ...["--query", "images[0].{imageManifest:imageManifest,imageManifestMediaType:imageManifestMediaType}"],
      );

    test("as it is, once where they are immutable, and only with what it refers to", async () => {
      await create("team/put", "IMMUTABLE");
      const { digest } = await pushImage(url(), await login(), "team/put", "1.0.0", "first");
      const manifest = await read("team/put", digest);
      await put("team/put", "1.0.1", manifest, "--image-digest", digest);
      expect(await pullManifest(url(), await login(), "team/put", "1.0.1")).toBe(200);
      await expect(put("team/put", "1.0.1", manifest)).rejects.toThrow("ImageAlreadyExistsException");
      const other = { ...manifest, imageManifest: ` ${manifest.imageManifest}` };
      await expect(put("team/put", "1.0.1", other)).rejects.toThrow("ImageTagAlreadyExistsException");
      await expect(put("team/put", "2", other, "--image-digest", digest)).rejects.toThrow("DigestDoesNotMatch");
      const list = { ...manifest, imageManifestMediaType: "application/vnd.oci.image.index.v1+json" };
      await expect(put("team/put", "2", list)).rejects.toThrow("InvalidParameterException");
      await create("team/elsewhere", "MUTABLE");
      await expect(put("team/elsewhere", "1", manifest)).rejects.toThrow("LayersNotFoundException");
    });

    test("by the push of an apply: an index keeps its digest under every tag", async () => {
      await create("team/index", "MUTABLE");
      const name = "team/index";
      const index = await pushIndex(url(), await login(), name, "sha-c0");
      const folder = mkdtempSync(join(tmpdir(), "slipway-docker-"));
      // The engine would be asked what the image was built from.
      writeFileSync(join(folder, "docker"), "#!/bin/sh\ncase $* in *--format*) echo c0;; esac\n", { mode: 0o755 });
      const run = await aws.script("ecr-push.sh", folder, {
        SLIPWAY_ACCOUNT: ACCOUNT,
        SLIPWAY_REPOSITORY: name,
        SLIPWAY_BUILT: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}:sha-c0`,
        SLIPWAY_CONTENT: "c0",
        SLIPWAY_LABEL: "dev.slipway.content",
        SLIPWAY_FIXED: "sha-c0 1.4.2",
        SLIPWAY_MUTABLE_TAGS: "1.4 latest",
      });
      rmSync(folder, { recursive: true });
      expect(run).toMatchObject({ code: 0 });
      const { imageDetails } = await aws.ask<{ imageDetails: Record<string, unknown>[] }>(
        ...["ecr", "describe-images", "--repository-name", name, "--image-ids", `imageDigest=${index.digest}`],
      );
      expect(imageDetails).toMatchObject([
        { imageTags: ["sha-c0", "1.4.2", "1.4", "latest"], imageManifestMediaType: index.mediaType },
      ]);
      const answer = await fetch(`${url()}/v2/${name}/manifests/latest`, {
        headers: { authorization: await login(), accept: index.mediaType },
      });
      expect([answer.headers.get("content-type"), await answer.text()]).toEqual([index.mediaType, index.manifest]);
    });
  });

  test("are not removed with images in them, unless by force", async () => {
    await create("team/full", "MUTABLE");
    await pushImage(url(), await login(), "team/full", "1", "content");
    const remove = ["ecr", "delete-repository", "--repository-name", "team/full"];
    await expect(aws.ask(...remove)).rejects.toThrow("RepositoryNotEmptyException");
    await expect(aws.ask(...remove, "--force")).resolves.toBeDefined();
    await expect(aws.ask("ecr", "list-images", "--repository-name", "team/full")).rejects.toThrow(
      "RepositoryNotFoundException",
    );
  });

  test("must exist before a push, and a tag before it is looked at", async () => {
    const push = await pushImage(url(), await login(), "team/absent", "1", "content");
    expect(push).toMatchObject({ status: 404, body: expect.stringContaining("NAME_UNKNOWN") });
    await create("team/empty", "MUTABLE");
    const images = ["--repository-name", "team/empty", "--image-ids", "imageTag=1"];
    await expect(aws.ask("ecr", "describe-images", ...images)).rejects.toThrow("ImageNotFoundException");
    expect(await pullManifest(url(), await login(), "team/empty", "1")).toBe(404);
  });

  test.each([
    ["without a login", ""],
    ["with moto's own", `Basic ${Buffer.from(`AWS:${ACCOUNT}-auth-token`).toString("base64")}`],
    ["with another user's name", `Basic ${Buffer.from("root:password").toString("base64")}`],
  ])("are closed %s", async (_, authorization) => {
    const answer = await fetch(`${url()}/v2/`, { headers: authorization ? { authorization } : {} });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
  });

  test("are closed with a login that is too old", async () => {
    const { password } = aws.account.logins.mint(aws.account.deployer, new Date(Date.now() - 13 * 3600 * 1000));
    const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString("base64")}`;
    expect((await fetch(`${url()}/v2/`, { headers: { authorization } })).status).toBe(401);
  });

  test("let an instance pull what its role names, and nothing else", async () => {
    await create("team/own", "MUTABLE");
    await create("team/foreign", "MUTABLE");
    const own = await pushImage(url(), await login(), "team/own", "1", "own");
    const foreign = await pushImage(url(), await login(), "team/foreign", "1", "foreign");
    await aws.role("puller", [
      { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Effect: "Allow",
        Action: ["ecr:BatchGetImage"],
        Resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/team/own`,
      },
    ]);
    const instance = await aws.launch("--iam-instance-profile", "Name=puller");
    const { accessKeyId, secretAccessKey, sessionToken } = aws.account.instances.subjectOf(instance)?.credentials ?? {};
    const answer = await aws.aws(
      ["ecr", "get-authorization-token", "--query", "authorizationData[0].authorizationToken"],
      {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      },
    );
    const authorization = `Basic ${JSON.parse(answer.stdout)}`;
    expect(await pullManifest(url(), authorization, "team/own", own.digest)).toBe(200);
    expect(await pullManifest(url(), authorization, "team/foreign", foreign.digest)).toBe(403);
    expect((await pushImage(url(), authorization, "team/own", "2", "more")).status).toBe(403);
    expect(aws.account.registry.pulls).toContainEqual({ by: instance, repository: "team/own", reference: own.digest });
  });
});

describe("instances", () => {
  test("are not launched with more user data than AWS takes", async () => {
    const data = randomBytes(16_385)
      .toString("latin1")
      .replace(/[^ -~]/g, "x")
      .slice(0, 16_385);
    await expect(aws.launch("--user-data", data)).rejects.toThrow(/InvalidParameterValue.*16384 bytes/);
    await expect(aws.launch("--user-data", data.slice(1))).resolves.toMatch(/^i-/);
  });

  test("are not launched from an image for another processor", async () => {
    await expect(aws.launch("--instance-type", "t4g.nano")).rejects.toThrow(/'arm64'.*'x86_64'/);
  });

  test("are rebooted, stopped and started as the API is told", async () => {
    const instance = await aws.launch();
    for (const verb of ["reboot", "stop", "start"])
      await aws.ask("ec2", `${verb}-instances`, "--instance-ids", instance);
    await aws.account.instances.settled();
    expect(aws.machines.get(instance)?.events).toEqual(["reboot", "stop", "start"]);
  });

  test("may call what their role allows on what it names", async () => {
    await aws.role("reader", [
      {
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: ["mine/release", "mine/release:*", "bare/release"].map(
          (name) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${name}`,
        ),
      },
    ]);
    for (const name of ["/mine/release", "/bare/release", "/other/release"]) {
      await aws.ask("ssm", "put-parameter", "--name", name, "--type", "String", "--value", "v");
    }
    const instance = await aws.launch("--iam-instance-profile", "Name=reader");
    const credentials = aws.account.instances.subjectOf(instance)?.credentials;
    if (!credentials) throw new Error("the instance has no credentials");
    const get = (Name: string) => curlSigned(aws.account.endpoint, credentials, "AmazonSSM.GetParameter", { Name });
    expect((await get("/mine/release")).status).toBe(200);
    expect((await get("/mine/release:1")).status).toBe(200);
    expect((await get("/bare/release")).status).toBe(200);
    for (const name of ["/bare/release:1", "/other/release"]) {
      const denied = await get(name);
      expect(denied).toMatchObject({ status: 400, body: expect.stringContaining("AccessDeniedException") });
    }
  });

  test("ask AWS by keys that say which instance they were given to, where AWS says so", async () => {
    const instance = await aws.launch("--iam-instance-profile", "Name=reader");
    while (aws.account.asksOf(instance).length === 0) await new Promise((done) => setImmediate(done));
    const denied = (account: string) => {
      const Condition = { ArnLike: { "ec2:SourceInstanceARN": `arn:aws:ec2:${REGION}:${account}:instance/*` } };
      const deny: Statement = { Effect: "Deny", Action: "ssmmessages:*", Resource: "*", Condition };
      const allow: Statement = { Effect: "Allow", Action: "*", Resource: "*" };
      return refusals([deny, allow], aws.account.asksOf(instance));
    };
    expect(denied("210987654321")).toEqual([]);
    expect(denied(ACCOUNT)).toEqual(["ssmmessages:CreateControlChannel on *: a statement without a name denies it"]);
  });
});

describe("instance metadata", () => {
  const user = "#cloud-config\nruncmd: [echo $HOME]\n";
  let instance: string;
  const url = (path: string): string => `http://127.0.0.1:${metadata?.port}${path}`;
  const token = async (seconds = "60"): Promise<Response> =>
    await fetch(url("/latest/api/token"), {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": seconds },
    });

  const get = async (path: string): Promise<string> => {
    const headers = { "x-aws-ec2-metadata-token": await (await token()).text() };
    const answer = await fetch(url(path), { headers });
    return answer.ok ? await answer.text() : `status ${answer.status}`;
  };

  beforeAll(async () => {
    await aws.account.instances.terminateAll(); // All of them live at the loopback address here: leave one.
    await aws.role("described");
    instance = await aws.launch(
      ...["--iam-instance-profile", "Name=described", "--user-data", user],
      ...["--metadata-options", "HttpTokens=required,HttpPutResponseHopLimit=1"],
    );
  });

  test("is told to nobody without a session token", async () => {
    const path = url("/latest/meta-data/instance-id");
    expect((await fetch(path)).status).toBe(401);
    expect((await fetch(path, { headers: { "x-aws-ec2-metadata-token": "invented" } })).status).toBe(401);
    expect((await token("0")).status).toBe(400);
    expect((await token("21601")).status).toBe(400);
  });

  test("says what the API says", async () => {
    expect(await get("/latest/meta-data/instance-id")).toBe(instance);
    expect(await get("/latest/meta-data/placement/region")).toBe(REGION);
    expect(await get("/latest/meta-data/services/domain")).toBe("amazonaws.com");
    expect(JSON.parse(await get("/latest/dynamic/instance-identity/document"))).toMatchObject({
      instanceId: instance,
      accountId: ACCOUNT,
      architecture: "x86_64",
    });
    expect(await get("/latest/user-data")).toBe(user);
    expect(await get("/latest/meta-data/absent")).toBe("status 404");
  });

  test("gives the role's keys, which AWS then accepts", async () => {
    const role = await get("/latest/meta-data/iam/security-credentials/");
    expect(role).toBe("described");
    const keys = JSON.parse(await get(`/latest/meta-data/iam/security-credentials/${role}`));
    const answer = await aws.aws(["sts", "get-caller-identity"], {
      AWS_ACCESS_KEY_ID: keys.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
      AWS_SESSION_TOKEN: keys.Token,
    });
    expect(JSON.parse(answer.stdout)).toMatchObject({
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/described/${instance}`,
    });
  });
});

test("an Elastic IP answers on the ports that its security group opens to everyone", async () => {
  const port = await freePort();
  const closed = await freePort();
  const servers = [port, closed].map((one) =>
    createServer((_, answer) => answer.end("inside")).listen(one, "127.0.0.1"),
  );
  const group = await aws.ask<{ GroupId: string }>(
    ...["ec2", "create-security-group", "--group-name", "web", "--description", "Web"],
  );
  const instance = await aws.launch("--security-group-ids", group.GroupId);
  const address = await aws.ask<{ PublicIp: string; AllocationId: string }>("ec2", "allocate-address");
  await aws.ask("ec2", "associate-address", "--instance-id", instance, "--allocation-id", address.AllocationId);
  await aws.account.addresses.sync();
  expect(aws.account.addresses.open).toEqual([]);
  for (const [opened, cidr] of [
    [port, "0.0.0.0/0"],
    [closed, "192.0.2.0/24"],
  ] as const) {
    const rule = `IpProtocol=tcp,FromPort=${opened},ToPort=${opened},IpRanges=[{CidrIp=${cidr}}]`;
    await aws.ask("ec2", "authorize-security-group-ingress", "--group-id", group.GroupId, "--ip-permissions", rule);
  }
  await aws.account.instances.settled();
  await aws.account.addresses.sync();
  expect(await (await fetch(`http://${address.PublicIp}:${port}/`)).text()).toBe("inside");
  await expect(fetch(`http://${address.PublicIp}:${closed}/`)).rejects.toThrow();
  for (const server of servers) server.close();
});
