import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, NanoFleet, NanoHost } from "../../src/aws/index.ts";
import {
  DockerHub,
  HealthCheck,
  type IHost,
  type IService,
  LocalHost,
  Mount,
  Platform,
  PulledImage,
  SshHost,
  SwarmHost,
} from "../../src/index.ts";
import { withoutReferences } from "../../src/terraform/template-text.ts";
import { runNetflix } from "../../stacks/netflix-application.ts";
import { synthesize } from "../synthesize.ts";
import { hostKey } from "./ssh/fake-server.ts";

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

const ACCOUNT = { account: "123456789012", region: "eu-west-1" };

/** The release of the host that `make` makes, with `declare` on it; where neighbours find each other is the host's own. */
function releaseOf(
  make: (scope: Construct) => IHost,
  declare: (scope: TerraformStack, host: IHost) => IService,
): unknown {
  let release: unknown;
  synthesize((scope: TerraformStack) => {
    new AwsAccount(scope, "aws", ACCOUNT);
    const host = make(scope);
    const neighbour = declare(scope, host);
    const text = JSON.stringify(host.release).replaceAll(neighbour.url, "URL");
    release = JSON.parse(withoutReferences(text));
  });
  return release;
}

/** What the host serves of two services, one of which keeps something. */
const released = (
  make: (scope: Construct) => IHost,
  mounts: Readonly<Record<string, Mount>> = { "/data": Mount.volume("data") },
) =>
  releaseOf(make, (scope, host) => {
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
    return catalog;
  });

test.each(Object.keys(HOSTS))("one declaration is the same release on a %s", (name) => {
  const same = released(HOSTS.SshHost as (scope: Construct) => IHost);
  expect(released(HOSTS[name] as (scope: Construct) => IHost)).toEqual(same);
  expect(JSON.stringify(same)).toContain('"MOVIE_CATALOG_SERVICE":"URL"');
});

test("one declaration without volumes is the same release on a NanoFleet", () => {
  const mounts = { "/tmp": Mount.tmpfs() };
  expect(released(fleet, mounts)).toEqual(released(HOSTS.NanoHost as (scope: Construct) => IHost, mounts));
});

/** The course's application, as its stacks declare it. */
const netflix = (make: (scope: Construct) => IHost) =>
  releaseOf(make, (scope, host) => {
    const frontend = runNetflix(scope, host, new DockerHub(scope, "registry", { namespace: "example" }));
    host.serve("netflix.devops-days-upes.com", { "/": frontend });
    return frontend.node.scope?.node.findChild("catalog") as IService;
  });

test("the course's application is the same release on all five kinds of host, which differ in the host's line", () => {
  const all = Object.entries({ ...HOSTS, NanoFleet: fleet }).map(([name, make]) => [name, netflix(make)] as const);
  expect(all.map(([name]) => name).sort()).toEqual(["LocalHost", "NanoFleet", "NanoHost", "SshHost", "SwarmHost"]);
  const [, first] = all[0] as (typeof all)[number];
  for (const [name, release] of all) expect([name, release]).toEqual([name, first]);
  expect(first).toMatchObject({
    services: [{ name: "catalog" }, { name: "frontend", env: { MOVIE_CATALOG_SERVICE: "URL" } }],
    sites: [{ name: "netflix.devops-days-upes.com" }],
  });
});
