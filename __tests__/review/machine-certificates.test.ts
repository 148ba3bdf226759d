import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { HealthCheck, PulledImage, Tls } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { firstScreen } from "../../src/review/first-screen.ts";
import type { Model } from "../../src/review/model.ts";
import { page } from "../../src/review/page.ts";
import type { Plan } from "../../src/review/plan.ts";
import { modelOf } from "./reviewed.ts";

interface Declared {
  readonly type?: string;
  readonly dataGiB?: number;
  readonly staging?: boolean;
  readonly tls?: boolean;
}

/** A shop by TLS at a name, another that is served alike and one that is sent there. */
const shop = ({ type = "t4g.small", dataGiB, staging, tls = true }: Declared = {}) =>
  modelOf((stack) => {
    new AwsAccount(stack, "aws", { account: "123456789012", region: "us-east-1" });
    const host = new NanoHost(stack, "host", {
      instanceType: type,
      ...(dataGiB && { dataVolume: { sizeGiB: dataGiB } }),
      ...(tls && { tls: Tls.acme({ email: "ops@example.org", agreeToTerms: true, staging }) }),
    });
    const image = new PulledImage(stack, "image", {
      image: `ghcr.io/shop/page@sha256:${"a".repeat(64)}`,
      platform: host.platform,
    });
    const web = host.run("page", { image, port: 8080, health: HealthCheck.http("/status") });
    host.serve("shop.example.org", { "/": web }, { aliases: ["shop.example.com"], redirectFrom: ["www.example.org"] });
  });

const REPLACED: Plan = {
  changes: [
    {
      address: "aws_instance.host_Instance",
      path: "stack/host/Instance/Resource",
      provider: "hashicorp/aws",
      action: "replaced",
      why: [],
    },
  ],
  warnings: [],
  isFirst: false,
};
const NOTHING: Plan = { changes: [], warnings: [], isFirst: false };
const NAMES = "shop.example.com, shop.example.org, www.example.org";
const LIMITS = "Let's Encrypt gives a name 5 certificates a week, and all names of one domain 50";
const MEANING =
  "they go with the machine and are asked for anew; until then these names are served by HTTP, and are 503 where HSTS or a password forbids that";

/** What the terminal and the page say of certificates. */
function said(before: Model | undefined, after: Model, plan = NOTHING) {
  const comparison = compare(before, after);
  const { lines } = firstScreen({ comparison, plan, lost: [] });
  const text = page(comparison, after, { base: "main", files: new Map(), plan });
  return {
    screen: lines.filter((line) => line.startsWith("TLS")).map((line) => line.replace(/^TLS +/, "")),
    page: /\n## Certificates\n\n(.*?)\n(\n|$)/s.exec(text)?.[1],
  };
}

test("names those that go with a machine that is replaced, with what Let's Encrypt allows", () => {
  const { screen, page: text } = said(shop(), shop({ type: "t3.small" }));
  expect(screen).toEqual([`stack/host, certificates of ${NAMES}: ${MEANING}. ${LIMITS}`]);
  expect(text).toBe(
    `- \`stack/host\`, \`shop.example.com\`, \`shop.example.org\`, \`www.example.org\`: ${MEANING}. ${LIMITS}`,
  );
});

test("says so where Terraform alone replaces the machine", () => {
  const { screen, page: text } = said(shop(), shop(), REPLACED);
  expect(screen).toEqual([expect.stringContaining(MEANING)]);
  expect(text).toContain(MEANING);
});

test("knows no limits of another server", () => {
  const { screen } = said(shop({ staging: true }), shop({ staging: true, type: "t3.small" }));
  expect(screen).toEqual([`stack/host, certificates of ${NAMES}: ${MEANING}`]);
});

test("a host that gets its data volume, or gives it up, asks for new ones as well", () => {
  expect(said(shop(), shop({ dataGiB: 10 })).screen).toHaveLength(1);
  expect(said(shop({ dataGiB: 10 }), shop()).screen).toHaveLength(1);
});

test.each<[string, Model | undefined, Model, Plan]>([
  [
    "a data volume brings them to the next machine",
    shop({ dataGiB: 10 }),
    shop({ dataGiB: 10, type: "t3.small" }),
    NOTHING,
  ],
  ["the machine stays", shop(), shop({ type: "t4g.medium" }), NOTHING],
  ["the host is new", undefined, shop(), NOTHING],
  ["no site has any", shop({ tls: false }), shop({ tls: false, type: "t3.small" }), REPLACED],
])("says nothing where %s", (_, before, after, plan) => {
  expect(said(before, after, plan)).toEqual({ screen: [], page: undefined });
});
