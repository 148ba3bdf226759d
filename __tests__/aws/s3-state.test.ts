import type { TerraformStack } from "cdktf";
import { type S3BackendOptions, useS3Backend } from "../../src/aws/index.ts";
import { Environment, useLocalBackend } from "../../src/index.ts";
import { synthesize } from "../../src/testing/index.ts";

const BUCKET = { bucket: "shop-terraform-state", region: "eu-west-1" };
const settings = (declare: Parameters<typeof synthesize>[0], id = "shop") =>
  JSON.parse(synthesize(declare, { id }).json).terraform;

test("the state is in the bucket, encrypted, and locked by a file beside it", () => {
  const terraform = settings((stack: TerraformStack) => useS3Backend(stack, BUCKET));
  expect(terraform.backend).toEqual({
    s3: { ...BUCKET, key: "shop.tfstate", encrypt: true, use_lockfile: true },
  });
  expect(terraform.required_version).toBe(">= 1.10");
});

test("an environment's state follows its region, and none but its account reads it", () => {
  const environment = new Environment({
    name: "production",
    account: "111122223333",
    region: "eu-central-1",
    backend: (stack) => useS3Backend(stack, { bucket: "state", key: "shop/live.tfstate", kmsKeyId: KEY }),
  });
  const KEY = "arn:aws:kms:eu-central-1:111122223333:key/7f3a";
  expect(settings((_, app) => environment.stack(app, "shop")).backend).toEqual({
    s3: {
      bucket: "state",
      key: "shop/live.tfstate",
      region: "eu-central-1",
      encrypt: true,
      kms_key_id: KEY,
      allowed_account_ids: ["111122223333"],
      use_lockfile: true,
    },
  });
});

test.each<[Partial<S3BackendOptions>, RegExp]>([
  [{ bucket: "Shop" }, /^shop: useS3Backend bucket: bucket must be the name of a bucket, got "Shop": write it like/],
  [{ bucket: "a..b" }, /bucket must be the name of a bucket, got "a\.\.b"/],
  [{ key: "/a" }, /key must be a path in the bucket, got "\/a"/],
  [{ kmsKeyId: "alias/a" }, /kmsKeyId must be the ARN of a KMS key, got "alias\/a"/],
  [{ region: "eu-west-1a" }, /region must be the name of a region, got "eu-west-1a": use "eu-west-1"/],
  [{ region: undefined }, /region must be the name of a region, got undefined/],
  [{ buckets: "a" } as never, /option must be known, got "buckets": did you mean bucket\?/],
])("%j is refused", (options, problem) => {
  const declare = (stack: TerraformStack) => useS3Backend(stack, { ...BUCKET, ...options });
  expect(() => synthesize(declare, { id: "shop" })).toThrow(problem);
});

test("a state is in one place", () => {
  const twice = (stack: TerraformStack) => {
    useLocalBackend(stack);
    useS3Backend(stack, BUCKET);
  };
  expect(() => synthesize(twice, { id: "shop" })).toThrow(
    "shop: useS3Backend: keeps its state elsewhere already: give its Environment backend: (stack) => useS3Backend(stack, { … })",
  );
});
