import { AwsAccount, NanoHost, Secret } from "../../src/aws/index.ts";
import { HealthCheck, PulledImage } from "../../src/index.ts";
import { modelOf } from "./reviewed.ts";

/** What a test declares otherwise. */
export interface Declared {
  /** The digit of the image's digest. */
  readonly digest?: string;
  readonly type?: string;
  readonly region?: string;
  /** What the health check asks for. */
  readonly path?: string;
  readonly route?: string;
  readonly secret?: boolean;
  readonly files?: { readonly path: string; readonly content: string }[];
  /** A way out of the host. */
  readonly port?: number;
  /** Whether a worker runs of the same image. */
  readonly worker?: boolean;
}

/** The model of a shop on a nano, and what a test changes of it. */
export function shop(change: Declared = {}) {
  return modelOf((stack) => {
    new AwsAccount(stack, "aws", { account: "123456789012", region: change.region ?? "eu-west-1" });
    const host = new NanoHost(stack, "host", {
      instanceType: change.type,
      files: change.files,
      outbound: change.port === undefined ? [] : [{ port: change.port, description: "the database" }],
    });
    const image = new PulledImage(stack, "image", {
      image: `ghcr.io/shop/page@sha256:${(change.digest ?? "a").repeat(64)}`,
      platform: host.platform,
    });
    const page = host.run("page", {
      image,
      port: 8080,
      health: HealthCheck.http(change.path ?? "/status"),
      secrets: change.secret ? { TOKEN: Secret.fromParameter("/shop/token") } : {},
    });
    if (change.worker) host.run("worker", { image, health: HealthCheck.running(5) });
    host.serve("shop.example.org", { [change.route ?? "/"]: page });
  });
}
