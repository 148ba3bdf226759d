import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost, type NanoHostProps } from "../../../src/aws/index.ts";
import { PulledImage } from "../../../src/docker/pulled-image.ts";
import { Platform } from "../../../src/values/platform.ts";
import { synthesize } from "../../synthesize.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;
const PLACE = { account: "111122223333", region: "eu-west-1" };

/** A stack with one nano host in it, and what the host is to serve. */
export function nano(
  declare: (host: NanoHost, stack: TerraformStack, account: AwsAccount) => unknown = () => {},
  props: NanoHostProps = {},
) {
  const stack = synthesize((scope) => {
    const account = new AwsAccount(scope, "aws", PLACE);
    declare(new NanoHost(scope, "host", props), scope, account);
  });
  const document = JSON.parse(stack.json) as {
    data: Record<string, Record<string, Record<string, unknown>>>;
    locals: Record<string, Record<string, unknown>>;
  };
  const locals = Object.entries(document.locals ?? {});
  const manifest = locals.find(([name]) => name.includes("_Manifest_"))?.[1];
  return { ...stack, data: document.data, manifest: manifest as unknown as Manifest };
}

export interface Manifest {
  readonly host: string;
  readonly ecr: string[];
  readonly drainSeconds: number;
  readonly keepReleases: number;
  readonly sites: string;
  readonly services: Record<string, unknown>[];
}

/** An image that everybody may pull. */
export const pulled = (stack: TerraformStack, id = "app", platform = Platform.LINUX_ARM64) =>
  new PulledImage(stack, id, { image: `example.com/${id}@${DIGEST}`, platform });
