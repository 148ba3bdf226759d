import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost, type NanoHostProps } from "../../src/aws/index.ts";
import { type IHost, LocalHost, type LocalHostProps, type Platform, PulledImage } from "../../src/index.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

export const NAME = "shop.example.com";

export function image(stack: TerraformStack, name: string, platform?: Platform): PulledImage {
  return new PulledImage(stack, `${name}-image`, { image: `example.com/${name}@${DIGEST}`, platform });
}

export function localHost(stack: TerraformStack, props: LocalHostProps = {}, id = "host"): LocalHost {
  return new LocalHost(stack, id, { nginxImage: `nginx@${DIGEST}`, ...props });
}

export function nanoHost(stack: TerraformStack, props: NanoHostProps = {}, region = "eu-west-1"): NanoHost {
  AwsAccount.of(stack, { account: "111122223333", region });
  return new NanoHost(stack, "host", props);
}

/** A page and an interface behind a host. */
export function services(stack: TerraformStack, host: IHost) {
  const app = image(stack, "app", host.platform);
  return { web: host.run("front-end", { image: app, port: 3000 }), api: host.run("api", { image: app, port: 8080 }) };
}
