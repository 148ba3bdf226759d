import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost, Secret } from "../../src/aws/index.ts";
import { HealthCheck, Mount, PulledImage, Tls, TrustedProxies } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { verdict } from "../../src/review/verdict.ts";
import { modelOf, pageOf } from "./reviewed.ts";

interface Declared {
  readonly digest?: string;
  readonly taskMemory?: number;
  readonly cron?: string;
  readonly dataGiB?: number;
  readonly volume?: boolean;
  readonly login?: string;
  readonly password?: string;
  readonly proxies?: boolean;
  readonly region?: string;
  readonly alarm?: boolean;
}

/** A shop with all that a host can do, and what a test changes of it. */
const shop = (change: Declared = {}) =>
  modelOf((stack: TerraformStack) => {
    new AwsAccount(stack, "aws", { account: "123456789012", region: change.region ?? "us-east-1" });
    const { dataGiB = 10, proxies } = change;
    const host = new NanoHost(stack, "host", {
      instanceType: "t4g.small",
      ...(dataGiB > 0 && { dataVolume: { sizeGiB: dataGiB } }),
      ...(proxies && {
        trustedProxies: TrustedProxies.ranges(["10.0.1.0/24", "10.0.2.0/24"]),
        openTo: "trusted-proxies",
      }),
      ...(change.alarm && { statusAlarm: { topics: ["arn:aws:sns:us-east-1:123456789012:alarms"] } }),
      tls: Tls.acme({ email: "ops@example.org", agreeToTerms: true }),
    });
    const image = new PulledImage(stack, "image", {
      image: `ghcr.io/shop/page@sha256:${(change.digest ?? "a").repeat(64)}`,
      platform: host.platform,
      ...(change.login && {
        private: true,
        pullLogin: { username: "shop", password: Secret.fromSecretsManager(change.login) },
      }),
    });
    const mounts = dataGiB > 0 && change.volume !== false ? { "/var/lib/page": Mount.volume("page") } : undefined;
    const page = host.run("page", { image, port: 8080, health: HealthCheck.http("/status"), mounts });
    host.task("migrate", { image, command: ["migrate"], memoryMiB: change.taskMemory ?? 64 });
    host.schedule("report", { image, command: ["report"], cron: change.cron ?? "0 3 * * *", memoryMiB: 64 });
    const password = Secret.fromParameter("/shop/alice", { version: change.password ?? "1" });
    host.serve("shop.example.org", { "/": page }, { basicAuth: { users: { alice: password } } });
  });

const before = shop();

test.each<[string, Declared, string]>([
  ["nothing", {}, "nothing changes"],
  [
    "another image stops a service with a volume first, and runs its task once more",
    { digest: "b" },
    "1 service stops before its successor starts, 1 task runs once more, 1 task or schedule changes",
  ],
  ["more memory is no new migration", { taskMemory: 96 }, "1 task or schedule changes, nobody notices"],
  ["another time", { cron: "0 4 * * *" }, "1 task or schedule changes, nobody notices"],
  ["a larger data volume", { dataGiB: 20 }, "1 host changes in place, nobody notices"],
  [
    "a data volume that is gone",
    { dataGiB: 0 },
    "1 host is replaced: its sites are away for about 2 minutes; 2 volumes would be deleted",
  ],
  [
    "a volume that no service has any more",
    { volume: false },
    "1 service stops before its successor starts; 1 volume no longer used, kept",
  ],
  ["an alarm", { alarm: true }, "1 host changes in place, nobody notices"],
  ["another password", { password: "2" }, "1 site has other settings"],
  ["who is let in", { proxies: true }, "1 host has other settings; 2 new ports open to others"],
])("of %s", (_, change, said) => {
  expect(
    verdict(compare(before, shop(change)))
      .split("; ")
      .filter((part) => !/permission/.test(part))
      .join("; "),
  ).toBe(said);
});

test("names where a password lies, and never what it is", () => {
  const text = pageOf(before, shop({ password: "2", login: "ghcr-token" }));
  expect(text).toContain(
    "| `shop.example.org: password of alice` | `parameter /shop/alice, version 1` → `parameter /shop/alice, version 2` |",
  );
  expect(text).toContain("| `stack/image: pullLogin` | – → `secrets-manager ghcr-token` |");
});

test("says what Terraform would delete", () => {
  expect(pageOf(before, shop({ dataGiB: 0 }))).toContain(
    "- **Terraform would delete it with all that it holds**: `the data volume` of `stack/host`",
  );
});

test("says how a new site is served", () => {
  expect(pageOf(undefined, before)).toContain("| `shop.example.org` | – → `TLS, acme` | `stack/host` |");
});

test("knows no price where it has no row for the region", () => {
  const text = pageOf(shop({ region: "ap-south-1" }), shop({ region: "ap-south-1", dataGiB: 20 }));
  // what credits cost at worst is the same in every region
  expect(text).toContain("| `stack/host` | `ap-south-1` | unknown | unknown | 46.72 |  |");
  expect(pageOf(before, shop({ dataGiB: 20 }))).toMatch(
    /\| `stack\/host` \| `us-east-1` \| \d+\.\d\d \| \d+\.\d\d \| \d+\.\d\d \|/,
  );
});
