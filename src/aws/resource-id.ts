import type { Construct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { isReference } from "../terraform/reference.ts";

/** A kind of thing in AWS that is known by its id or ARN. */
interface ResourceKind {
  readonly subject: string;
  readonly id: RegExp;
  /** How it is written where it is asked for. */
  readonly example: string;
}

export const SUBNET: ResourceKind = {
  subject: "subnet",
  id: /^subnet-[0-9a-f]{8,17}$/,
  example: '{ id: "subnet-0123456789abcdef0" }',
};
export const ZONE: ResourceKind = {
  subject: "hosted zone",
  id: /^[A-Z0-9]{1,32}$/,
  example: '{ id: "Z0123456789ABCDEFGHIJ" }, without /hostedzone/',
};
export const SECURITY_GROUP: ResourceKind = {
  subject: "security group",
  id: /^sg-[0-9a-f]{8,17}$/,
  example: '{ securityGroupId: "sg-0123456789abcdef0" }',
};
export const ELASTIC_IP: ResourceKind = {
  subject: "Elastic IP",
  id: /^eipalloc-[0-9a-f]{8,17}$/,
  example: '"eipalloc-0123456789abcdef0", its allocation id',
};
export const SNAPSHOT: ResourceKind = {
  subject: "snapshot",
  id: /^snap-[0-9a-f]{8,17}$/,
  example: '"snap-0123456789abcdef0"',
};
export const KMS_KEY: ResourceKind = {
  subject: "KMS key",
  id: /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,64}$/,
  example: '"arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef", its ARN',
};
export const TOPIC: ResourceKind = {
  subject: "topic",
  id: /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/,
  example: '"arn:aws:sns:eu-west-1:123456789012:alarms"',
};

/**
 * Refuses what neither is nor will be at apply the id of a `kind`.
 *
 * @param got what the id was taken from
 * @throws {ConstructError}
 */
export function checkResourceId(scope: Construct, property: string, id: unknown, kind: ResourceKind, got = id): void {
  if (typeof id === "string" && (isReference(id) || kind.id.test(id))) return;
  const { subject, example } = kind;
  throw new ConstructError(scope, property, {
    subject,
    rule: "must be given by its id",
    got: id ?? got,
    remedy: `write ${example}`,
  });
}
