import { S3Backend, type TerraformStack } from "cdktf";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import { Environment } from "../terraform/environment.ts";
import { knownProps } from "../terraform/known-props.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { AwsRegion } from "./aws-region.ts";

/** What {@link useS3Backend} takes. */
export interface S3BackendOptions {
  /** The bucket, which is there already; `docs/environments.md` says how one is made. */
  readonly bucket: string;
  /** The bucket's region, e.g. `eu-west-1`. @default - that of the stack's `Environment` */
  readonly region?: string;
  /** Where in the bucket. @default "<stack>.tfstate" */
  readonly key?: string;
  /** The ARN of the KMS key that encrypts it. @default - as the bucket does */
  readonly kmsKeyId?: string;
}

// AWS's rules for new buckets: letters, digits, dots and dashes, 3 to 63 of them
const BUCKET = /^[a-z0-9](?:[a-z0-9-]|\.(?![.-])){1,61}[a-z0-9]$/;
const KEY = /^[A-Za-z0-9!_.*'()-]+(?:\/[A-Za-z0-9!_.*'()-]+)*$/;
const KMS_KEY = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[A-Za-z0-9/_-]+$/;

/**
 * Keeps the state of `stack` in a bucket, where everybody who deploys finds it, and lets one of them at a time change it,
 * by a lock that is a file beside it (`use_lockfile`, which needs Terraform 1.10 or OpenTofu 1.10, and no table). Where the stack's
 * environment names an account, credentials of another one do not even read it.
 *
 * @throws {ConstructError} for what names no bucket, or a stack whose state is kept elsewhere already
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export function useS3Backend(stack: TerraformStack, options: S3BackendOptions): void {
  knownProps(stack, options, { bucket: true, region: true, key: true, kmsKeyId: true }, "useS3Backend");
  const { account, region: near } = Environment.of(stack) ?? {};
  const { bucket, region = near, key = `${stack.node.id}.tfstate`, kmsKeyId } = options;
  const check = (property: string, got: unknown, pattern: RegExp, rule: string, remedy: string) =>
    atProperty(stack, `useS3Backend ${property}`, () => {
      if (typeof requireLiteral(stack, property, got) === "string" && pattern.test(got as string)) return;
      throw new InvalidValueError({ subject: property, rule, got, remedy });
    });
  collectErrors([
    () => check("bucket", bucket, BUCKET, "must be the name of a bucket", 'write it like "shop-terraform-state"'),
    () => check("key", key, KEY, "must be a path in the bucket", 'write it like "shop/production.tfstate"'),
    () =>
      kmsKeyId === undefined ||
      check("kmsKeyId", kmsKeyId, KMS_KEY, "must be the ARN of a KMS key", "see aws kms list-keys"),
    () => atProperty(stack, "useS3Backend region", () => AwsRegion.parse(region as string)),
  ]);
  if (stack.node.tryFindChild("backend")) {
    const remedy = "give its Environment backend: (stack) => useS3Backend(stack, { … }), or leave out useLocalBackend";
    throw new ConstructError(stack, "useS3Backend", `keeps its state elsewhere already: ${remedy}`);
  }
  new S3Backend(stack, {
    bucket,
    key,
    region,
    encrypt: true,
    kmsKeyId,
    allowedAccountIds: account === undefined ? undefined : [account],
  });
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
  stack.addOverride("terraform.required_version", ">= 1.10");
}
