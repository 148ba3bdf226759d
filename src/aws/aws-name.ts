import { createHash } from "node:crypto";
import type { IConstruct } from "constructs";

const DIGEST_LENGTH = 8;

/**
 * The name in an account for what `construct` declares, e.g. `slipway.netflix-aws.host`. Why dots: no construct id has
 * one, so that `a-b` with `c` and `a` with `b-c` stay two names. One that is too long ends in a digest of itself.
 */
export function awsName(construct: IConstruct, longest: number, suffix = ""): string {
  const path = construct.node.path.replace(/[^A-Za-z0-9/_-]+/g, "-").replaceAll("/", ".");
  const name = `slipway.${path}${suffix}`;
  if (name.length <= longest) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST_LENGTH);
  return `${name.slice(0, longest - DIGEST_LENGTH - 1)}-${digest}`;
}
