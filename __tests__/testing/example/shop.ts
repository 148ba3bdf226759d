import { join } from "node:path";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, EcrRegistry, NanoHost, Secret } from "../../../src/aws/index.ts";
import { BuiltImage, HealthCheck, Tls } from "../../../src/index.ts";

export class ShopStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsAccount(this, "aws", { account: "111122223333", region: "us-east-1" });
    const registry = new EcrRegistry(this, "registry");
    const host = new NanoHost(this, "host", { tls: Tls.acme({ email: "ops@example.com", agreeToTerms: true }) });
    const image = (name: string) =>
      new BuiltImage(this, `${name}-image`, {
        context: join(__dirname, "apps", name),
        repository: registry.repository(`shop/${name}`),
        version: process.env.SHOP_VERSION ?? "0.0.0",
        platform: host.platform,
      });
    const api = host.run("api", {
      image: image("api"),
      port: 8080,
      health: HealthCheck.http("/status"),
      memoryMiB: 128,
      secrets: { STRIPE_KEY: Secret.fromParameter("/shop/stripe-key") },
    });
    const page = host.run("page", { image: image("page"), port: 3000, memoryMiB: 128, env: { API: api.url } });
    host.serve(
      "shop.example.com",
      { "/": page, "/api": { to: api, stripPrefix: true }, "/cart": { redirect: "/basket" } },
      { redirectFrom: ["www.shop.example.com"] },
    );
  }
}
