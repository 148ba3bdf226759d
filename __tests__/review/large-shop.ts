import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost, Secret } from "../../src/aws/index.ts";
import { HealthCheck, Mount, PulledImage, Tls } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import type { Model } from "../../src/review/model.ts";
import { page } from "../../src/review/page.ts";
import { modelOf } from "./reviewed.ts";

const SERVICES = [
  "catalog",
  "basket",
  "orders",
  "payments",
  "accounts",
  "search",
  "reviews",
  "pictures",
  "mail",
  "admin",
];

/** A shop of ten services, each with an image and a name of its own: 31 things in its picture. */
const shop = (isAfter: boolean) =>
  modelOf((stack: TerraformStack) => {
    new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
    const host = new NanoHost(stack, "host", {
      instanceType: isAfter ? "t4g.medium" : "t4g.small",
      dataVolume: { sizeGiB: 10 },
      outbound: isAfter ? [{ port: 5432, description: "the database of orders" }] : [],
      ...(isAfter && { tls: Tls.acme({ email: "ops@example.org", agreeToTerms: true }) }),
    });
    for (const [index, name] of SERVICES.entries()) {
      const digest = isAfter && index % 3 === 0 ? "b" : "a";
      const image = new PulledImage(stack, `${name}-image`, {
        image: `ghcr.io/the-shop-of-the-course/${name}@sha256:${digest.repeat(64)}`,
        platform: host.platform,
      });
      const service = host.run(name, {
        image,
        port: 8080,
        health: HealthCheck.http("/status"),
        memoryMiB: 64,
        mounts: index === 3 ? { "/var/lib/payments": Mount.volume("payments") } : undefined,
        secrets: isAfter && index === 0 ? { TOKEN: Secret.fromParameter("/shop/catalog-token") } : {},
      });
      host.serve(`${name}.shop.example.org`, { "/": service, ...(isAfter && index === 1 && { "/old": service }) });
    }
  });

/** What a review says of a change of it that has something for every part of the page. */
export function largeReview(): { readonly markdown: string; readonly after: Model } {
  const [before, after] = [shop(false), shop(true)];
  const entry = (path: string, bytes: number) => ({ path, bytes, digest: `${bytes}` });
  const long = `static/${"a-folder-with-a-long-name/".repeat(5)}<img src=x onerror=alert(1)>.png`;
  const files = [
    { key: long, after: entry(long, 12_345) },
    { key: "app.py", before: entry("app.py", 900), after: entry("app.py", 1_024) },
  ];
  const plan = {
    changes: [
      {
        address: "aws_instance.host",
        path: "stack/host/Instance/Resource",
        provider: "hashicorp/aws",
        action: "replaced" as const,
        why: ["user_data_base64"],
      },
    ],
    warnings: ["stack/host is held at version 4: other content ends it"],
    isFirst: false,
  };
  const options = { base: "main", files: new Map([["stack/catalog-image", files]]), plan };
  return { markdown: page(compare(before, after), after, options), after };
}
