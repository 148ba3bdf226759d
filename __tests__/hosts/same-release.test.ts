import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, NanoFleet, NanoHost } from "../../src/aws/index.ts";
import {
  HealthCheck,
  type IHost,
  LocalHost,
  Mount,
  Platform,
  PulledImage,
  SshHost,
  SwarmHost,
} from "../../src/index.ts";
import { withoutReferences } from "../../src/terraform/template-text.ts";
import { synthesize } from "../synthesize.ts";
import { hostKey } from "./ssh/pretended-server.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

/** The hosts, each by the one line in which a declaration differs. */
const HOSTS: Readonly<Record<string, (scope: Construct) => IHost>> = {
  LocalHost: (scope) => new LocalHost(scope, "host", { platform: Platform.LINUX_ARM64 }),
  NanoHost: (scope) => new NanoHost(scope, "host", { dataVolume: { sizeGiB: 10 } }),
  SshHost: (scope) =>
    new SshHost(scope, "host", {
      address: "web.example.com",
      hostKey: hostKey("server").hostKey,
      platform: Platform.LINUX_ARM64,
    }),
  SwarmHost: (scope) =>
    new SwarmHost(scope, "host", { platform: Platform.LINUX_ARM64, placement: ["node.hostname==web-1"] }),
};

/** Its hosts keep no volumes. */
const fleet = (scope: Construct) =>
  new NanoFleet(scope, "host", {
    hosts: 3,
    availabilityZones: ["eu-west-1a", "eu-west-1b"],
    zone: { id: "Z0123456789" },
  });

/** What the host serves; where neighbours find each other is the host's own. */
function released(
  make: (scope: Construct) => IHost,
  mounts: Readonly<Record<string, Mount>> = { "/data": Mount.volume("data") },
): unknown {
  let release: unknown;
  synthesize((scope: TerraformStack) => {
    new AwsAccount(scope, "aws", { account: "123456789012", region: "eu-west-1" });
    const host = make(scope);
    const image = (id: string) =>
      new PulledImage(scope, `${id}-image`, {
        image: `registry.example.com/${id}@${DIGEST}`,
        platform: Platform.LINUX_ARM64,
      });
    const catalog = host.run("catalog", {
      image: image("catalog"),
      port: 8080,
      health: HealthCheck.http("/status"),
      mounts,
    });
    const frontend = host.run("frontend", {
      image: image("frontend"),
      port: 3000,
      health: HealthCheck.http("/ready", { startPeriod: 60 }),
      env: { MOVIE_CATALOG_SERVICE: catalog.url },
    });
    host.serve("netflix.example.com", { "/": frontend, "/api": catalog });
    const text = JSON.stringify(host.release).replaceAll(catalog.url, "URL");
    release = JSON.parse(withoutReferences(text));
  });
  return release;
}

test.each(Object.keys(HOSTS))("one declaration is the same release on a %s", (name) => {
  const same = released(HOSTS.SshHost as (scope: Construct) => IHost);
  expect(released(HOSTS[name] as (scope: Construct) => IHost)).toEqual(same);
  expect(JSON.stringify(same)).toContain('"MOVIE_CATALOG_SERVICE":"URL"');
});

test("one declaration without volumes is the same release on a NanoFleet", () => {
  const mounts = { "/tmp": Mount.tmpfs() };
  expect(released(fleet, mounts)).toEqual(released(HOSTS.NanoHost as (scope: Construct) => IHost, mounts));
});
