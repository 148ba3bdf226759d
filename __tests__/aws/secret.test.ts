import { Token } from "cdktf";
import { AwsAccount, Secret } from "../../src/aws/index.ts";
import { synthesize } from "../synthesize.ts";
import { NO_TEXTS, refusal } from "../values/refusal.ts";

function permissions(secret: Secret) {
  let statements: ReturnType<Secret["permissions"]> = [];
  synthesize((stack) => {
    const account = new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
    statements = secret.permissions(account);
  });
  return statements;
}

const HERE = "eu-west-1:111122223333";

test.each([
  [Secret.fromParameter("/shop/key"), "ssm:GetParameter", `arn:aws:ssm:${HERE}:parameter/shop/key`],
  [Secret.fromParameter("key"), "ssm:GetParameter", `arn:aws:ssm:${HERE}:parameter/key`],
  [
    Secret.fromParameter("arn:aws:ssm:us-east-1:444455556666:parameter/key"),
    "ssm:GetParameter",
    "arn:aws:ssm:us-east-1:444455556666:parameter/key",
  ],
  [
    Secret.fromSecretsManager("shop/key"),
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:${HERE}:secret:shop/key-??????`,
  ],
  [
    Secret.fromSecretsManager(`arn:aws:secretsmanager:${HERE}:secret:key-a1B2c3`),
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:${HERE}:secret:key-a1B2c3`,
  ],
])("%j is read by one action on one ARN", (secret, action, arn) => {
  expect(permissions(secret)).toEqual([
    {
      sid: expect.stringMatching(/^(SsmGetParameter|SecretsManagerGetSecretValue)$/),
      actions: [action],
      resources: [arn],
    },
  ]);
});

test("a key of one's own is decrypted with, and with nothing else", () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1";
  expect(permissions(Secret.fromParameter("/a", { kmsKeyArn }))[1]).toEqual({
    sid: "KmsDecrypt",
    actions: ["kms:Decrypt"],
    resources: [kmsKeyArn],
  });
});

test("the host is told where it is, and only what was said", () => {
  expect(Secret.fromParameter("/a").source).toEqual({ kind: "parameter", id: "/a" });
  expect(Secret.fromSecretsManager("a", { key: "password", as: "file" }).source).toEqual({
    kind: "secrets-manager",
    id: "a",
    key: "password",
    as: "file",
  });
});

test("a reference to a secret that the stack makes is taken", () => {
  const arn = Token.asString({ Ref: "secret" });
  expect(permissions(Secret.fromSecretsManager(arn))[0]?.resources).toEqual([arn]);
});

test.each(["", "/", "a b", "/a//b", "a?", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a", ...NO_TEXTS])(
  "refuses %p for a parameter",
  (id) => {
    const { subject, rule, remedy } = refusal(() => Secret.fromParameter(id as string));
    expect([subject, rule, remedy]).toEqual([
      "parameter",
      "must be a name or an ARN",
      'write it like "/shop/db-password"',
    ]);
  },
);

test.each(["", "a b", "a*", "arn:aws:ssm:eu-west-1:111122223333:parameter/a", ...NO_TEXTS])(
  "refuses %p for a secret",
  (id) => {
    const { subject, remedy } = refusal(() => Secret.fromSecretsManager(id as string));
    expect([subject, remedy]).toEqual(["secret", 'write it like "shop/db-password"']);
  },
);
