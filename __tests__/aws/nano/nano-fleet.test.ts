import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsAccount, NanoFleet, NanoHost } from "../../../src/aws/index.ts";
import { declaredHosts } from "../../../src/cli/declared-hosts.ts";
import { SynthesizedStack as DeployedStack } from "../../../src/cli/synthesized-stack.ts";
import { Tls } from "../../../src/release/tls.ts";
import { TrustedProxies } from "../../../src/release/trusted-proxies.ts";
import { synthesize } from "../../../src/testing/index.ts";
import { HealthCheck } from "../../../src/values/health-check.ts";
import { Mount } from "../../../src/values/mount.ts";
import { fleet, PLACE, shop, ZONE, ZONES } from "./nano-fleet-stack.ts";
import { pulled } from "./nano-host-stack.ts";

const SUBNETS = [{ id: "subnet-0123456789abcdef0" }, { id: "subnet-0123456789abcdef1" }];
const ACME = Tls.acme({ email: "ops@example.com", agreeToTerms: true });

/** What Terraform knows of the resources of `type`, by the part of their names before the digest. */
function resources(stack: ReturnType<typeof fleet>, type: string): Record<string, Record<string, unknown>> {
  const found = Object.entries(stack.document.resource[type] ?? {});
  return Object.fromEntries(found.map(([name, values]) => [name.replace(/_[0-9A-F]{8}$/, ""), values]));
}
const plain = (text: string) => text.replace(/(?<=_)[0-9A-F]{8}(?=\b|")/g, "X");

test("every host runs every service and serves every site, each as a nano of its own", () => {
  const stack = shop({ hosts: 3 });
  expect(stack.model.hosts.map(({ path, machine }) => [path, machine.availabilityZone])).toEqual([
    ["stack/fleet/host-1", "eu-west-1a"],
    ["stack/fleet/host-2", "eu-west-1b"],
    ["stack/fleet/host-3", "eu-west-1a"],
  ]);
  for (const number of [1, 2, 3]) {
    expect(stack.manifestOf(number)).toMatchObject({ host: `stack/fleet/host-${number}`, services: [{ name: "web" }] });
    expect(stack.manifestOf(number).sites).toContain("server_name shop.example.com;");
  }
  expect(stack.problems).toEqual([]);
});

test("a name has a record for each host, answered while the host's health check finds it well, once it serves", () => {
  const stack = shop();
  const records = resources(stack, "aws_route53_record");
  expect(Object.keys(records)).toHaveLength(2);
  expect(plain(JSON.stringify(Object.values(records)[1]))).toBe(
    plain(
      JSON.stringify({
        "//": Object.values(records)[1]?.["//"],
        depends_on: [
          "terraform_data.fleet_host-2_Release_Deploy_X",
          "terraform_data.fleet_host-2_Release_Deploy_Verify_X",
        ],
        health_check_id: "${aws_route53_health_check.fleet_host-2_HealthCheck_X.id}",
        multivalue_answer_routing_policy: true,
        name: "shop.example.com",
        records: ["${aws_eip.fleet_host-2_ElasticIp_X.public_ip}"],
        set_identifier: "host-2",
        ttl: 60,
        type: "A",
        zone_id: "Z0123456789",
      }),
    ),
  );
  expect(resources(stack, "aws_route53_health_check")["fleet_host-2_HealthCheck"]).toMatchObject({
    type: "HTTP",
    port: 80,
    fqdn: "shop.example.com",
    resource_path: "/",
    request_interval: 30,
    failure_threshold: 3,
  });
});

test("a release goes to the canary, which is looked at, then to one host after the other", () => {
  const stack = shop({ hosts: 3, canarySeconds: 90 });
  const waits = (host: number) =>
    plain(
      JSON.stringify(resources(stack, "aws_ssm_parameter")[`fleet_host-${host}_Release_Parameter`]?.depends_on ?? []),
    );
  expect(waits(1)).toBe("[]");
  expect(waits(2)).toBe('["terraform_data.fleet_Canary_Step_X","terraform_data.fleet_Canary_Step_Verify_X"]');
  expect(waits(3)).toBe(
    '["terraform_data.fleet_host-2_Release_Deploy_X","terraform_data.fleet_host-2_Release_Deploy_Verify_X"]',
  );
  const canary = resources(stack, "terraform_data").fleet_Canary_Step as {
    depends_on: string[];
    triggers_replace: unknown;
    provisioner: { "local-exec": { command: string; environment: Record<string, string> } }[];
  };
  expect(plain(JSON.stringify(canary.depends_on))).toContain("fleet_host-1_Release_Deploy_X");
  expect(plain(JSON.stringify(canary.triggers_replace))).toBe(
    '{"version":"${aws_ssm_parameter.fleet_host-1_Release_Parameter_X.version}"}',
  );
  const [provisioner] = canary.provisioner as [(typeof canary.provisioner)[number]];
  const { command, environment } = provisioner["local-exec"];
  expect(command).toMatch(/canary\.sh 90$/);
  expect(environment).toMatchObject({
    SLIPWAY_HOST: "stack/fleet/host-1",
    SLIPWAY_NEXT: "stack/fleet/host-2, stack/fleet/host-3",
  });
});

test("a host that fails says which are not told; a host of no fleet says nothing of the kind", () => {
  const told = (json: string) => [...json.matchAll(/"SLIPWAY_NEXT": "([^"]*)"/g)].map(([, next]) => next);
  // the canary's two steps, and those of the first and the second host
  const both = "stack/fleet/host-2, stack/fleet/host-3";
  expect(told(shop({ hosts: 3 }).json).sort()).toEqual([
    both,
    both,
    both,
    both,
    "stack/fleet/host-3",
    "stack/fleet/host-3",
  ]);
  const alone = synthesize((scope) => {
    new AwsAccount(scope, "aws", { account: "111122223333", region: "eu-west-1" });
    new NanoHost(scope, "host");
  });
  expect(told(alone.json)).toEqual([]);
});

test("growing from 2 to 3 and back changes nothing of the hosts that are there", () => {
  const texts = (hosts: number) => {
    const { resource, locals } = shop({ hosts }).document;
    const all = { ...locals, ...Object.assign({}, ...Object.values(resource)) } as Record<string, object>;
    const own = Object.entries(all).filter(
      ([name]) => !name.startsWith("fleet_host-3") && !name.includes("_Record-host-3"),
    );
    // what a step is told is no reason to run it again, see its triggers
    return Object.fromEntries(
      own.map(([name, { provisioner: _, ...values }]: [string, { provisioner?: unknown }]) => [name, values]),
    );
  };
  const [two, three] = [texts(2), texts(3)];
  expect(three).toEqual(two);
});

test("tasks and schedules are the first host's, and a task stands before its services", () => {
  const stack = fleet((hosts, scope) => {
    const web = hosts.run("web", { image: pulled(scope, "web"), port: 80 });
    hosts.task("migrate", { image: pulled(scope, "migrate"), before: [web] });
    hosts.schedule("tidy", { image: pulled(scope, "tidy"), cron: "0 3 * * *" });
  });
  expect(stack.manifestOf(1)).toMatchObject({
    tasks: [{ name: "migrate", before: ["web"] }],
    schedules: [{ name: "tidy" }],
  });
  expect(stack.manifestOf(2)).not.toHaveProperty("tasks");
  expect(stack.manifestOf(2)).not.toHaveProperty("schedules");
  expect(Object.keys(resources(stack, "aws_ssm_parameter")).filter((name) => name.includes("TaskLedger"))).toHaveLength(
    1,
  );
});

test("a service has one url on every host, and the release of the fleet is that of its first host", () => {
  let found: NanoFleet | undefined;
  const stack = fleet((hosts, scope) => {
    found = hosts;
    const api = hosts.run("api", { image: pulled(scope, "api"), port: 80, health: HealthCheck.tcp() });
    const web = hosts.run("web", { image: pulled(scope, "web"), port: 80, env: { API: api.url } });
    const site = hosts.serve("shop.example.com", { "/": { to: web, readTimeoutSeconds: 5 } });
    site.addRoute("/api/", api);
    expect(hosts.urlOf(site)).toBe("http://shop.example.com/");
    expect(api.port).toBe(80);
  });
  const told = [1, 2].map((host) => stack.manifestOf(host).services.find(({ name }) => name === "web")?.env);
  expect(told[0]).toEqual({ API: expect.stringMatching(/^http:\/\/172\.17\.0\.1:\d+$/) });
  expect(told[1]).toEqual(told[0]);
  expect(found?.release).toMatchObject({ host: "stack/fleet", services: [{ name: "api" }, { name: "web" }] });
  expect(stack.asked.route("http://shop.example.com/api/7")).toMatchObject({
    service: "api",
    host: "stack/fleet/host-1",
  });
  expect(stack.asked.route("http://shop.example.com/", { host: "host-2" })).toMatchObject({ service: "web" });
});

test("a service of another nano is reached from every host of the fleet", () => {
  const stack = fleet((hosts, scope) => {
    const data = new NanoHost(scope, "data");
    hosts.serve("shop.example.com", { "/": data.run("web", { image: pulled(scope, "web"), port: 80 }) });
  });
  for (const host of [1, 2]) expect(stack.manifestOf(host).sites).toContain("${aws_network_interface.data_ElasticIp");
  const rules = Object.keys(resources(stack, "aws_vpc_security_group_ingress_rule"));
  expect(rules.filter((name) => name.startsWith("data_Firewall_In-"))).toHaveLength(3);
});

test("each host is asked by its own name", () => {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-fleet-"));
  synthesize(
    (scope) => {
      new AwsAccount(scope, "aws", PLACE);
      new NanoFleet(scope, "fleet", { hosts: 2, availabilityZones: ZONES, zone: ZONE });
    },
    { id: "shop", outdir },
  );
  const asked = declaredHosts(DeployedStack.read(outdir, "shop"));
  expect(asked).toEqual(
    [1, 2].map((number) => ({
      kind: "nano",
      path: `shop/fleet/host-${number}`,
      instance: expect.stringMatching(`^aws_instance.fleet_host-${number}_Instance_`),
      document: expect.stringMatching(`^aws_ssm_document.fleet_host-${number}_Release_Document_`),
      deploy: expect.stringMatching(`^terraform_data.fleet_host-${number}_Release_Deploy_`),
    })),
  );
});

test("a drained host gets no visitors, and keeps everything else", () => {
  const stack = shop({ hosts: 3, drained: [3] });
  expect(Object.values(resources(stack, "aws_route53_record")).map((record) => record.set_identifier)).toEqual([
    "host-1",
    "host-2",
  ]);
  expect(stack.manifestOf(3).services).toHaveLength(1);
});

test("one host may be otherwise, the others stay as they are", () => {
  const window = (from: string, to: string) => ({ unattendedReboot: { window: { from, to } } });
  const stack = shop({
    only: { 1: { instanceType: "t4g.micro", ...window("02:00", "03:00") }, 2: window("04:00", "05:00") },
  });
  expect(stack.model.hosts.map(({ machine }) => [machine.type, machine.unattendedReboot])).toEqual([
    ["t4g.micro", "02:00 to 03:00"],
    ["t4g.nano", "04:00 to 05:00"],
  ]);
});

test("names with certificates of their own are shown to be the fleet's by records, and its role may put no others", () => {
  const stack = shop({ tls: ACME });
  expect(stack.manifestOf(2)).toMatchObject({ tls: [{ name: "shop.example.com", acme: { zone: "Z0123456789" } }] });
  const statements = stack.model.hosts[1]?.permissions.filter(({ sid }) => sid.startsWith("Acme"));
  expect(statements).toEqual([
    {
      sid: "AcmeChallenges",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: ["arn:aws:route53:::hostedzone/Z0123456789"],
      conditions: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.shop.example.com"],
          "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
          "route53:ChangeResourceRecordSetsActions": ["CREATE", "DELETE"],
        },
      },
    },
    {
      sid: "AcmeChallengesSpread",
      actions: ["route53:GetChange"],
      resources: ["arn:aws:route53:::change/*"],
    },
    {
      sid: "AcmeChallengesThere",
      actions: ["route53:ListResourceRecordSets"],
      resources: ["arn:aws:route53:::hostedzone/Z0123456789"],
    },
  ]);
  expect(resources(stack, "aws_route53_health_check")["fleet_host-1_HealthCheck"]).toMatchObject({
    type: "HTTPS",
    port: 443,
    enable_sni: true,
  });
  expect(shop().json).not.toContain("_acme-challenge");
});

test("its policies name the hosts by a pattern, so that a hundred fit", () => {
  const stack = shop({ hosts: 12 });
  const named = stack.model.deployer.flatMap(({ resources: all }) => all).filter((each) => /host-\d/.test(each));
  expect(named).toEqual([]);
  expect(JSON.stringify(stack.model.deployer)).toContain("parameter/slipway/stack/fleet/host-*/release");
});

test("it says what it costs, and what a lost host does", () => {
  let description = "";
  const stack = fleet((hosts) => {
    description = hosts.description;
  });
  expect(description).toMatch(/^2 hosts, each t4g\.nano, .*; health checks 1\.00 USD a month$/);
  expect(stack.model.fleets).toMatchObject([
    { path: "stack/fleet", entry: "DNS", lostHostSeconds: 150, price: { healthChecks: 1, total: 1 } },
  ]);
});

describe("behind a load balancer", () => {
  const balanced = (props = {}) => shop({ balancer: true, ...props });

  test("TLS ends there, and each host lets nobody else in", () => {
    const stack = balanced();
    const rules = resources(stack, "aws_vpc_security_group_ingress_rule");
    expect(rules["fleet_host-2_Firewall_In-80-group"]).toMatchObject({
      referenced_security_group_id: expect.stringContaining("fleet_Balancer_Network"),
    });
    expect(Object.keys(rules).filter((name) => name.includes("host-2"))).toHaveLength(2);
    expect(stack.manifestOf(1).sites).toContain("set_real_ip_from 172.31.0.0/16;");
    expect(stack.manifestOf(1)).not.toHaveProperty("tls");
    expect(stack.model.hosts[0]?.opened).toEqual(
      expect.arrayContaining([80, 443].map((port) => expect.objectContaining({ port, peer: "0.0.0.0/0" }))),
    );
  });

  test("it asks each host often enough that a lost one costs 25 s, and a host gets requests once it serves", () => {
    const stack = balanced();
    expect(resources(stack, "aws_lb_target_group").fleet_Balancer_Targets).toMatchObject({
      port: 80,
      health_check: { path: "/", interval: 10, timeout: 5, unhealthy_threshold: 2, matcher: "200-399" },
    });
    expect(stack.model.fleets?.[0]).toMatchObject({ lostHostSeconds: 25, entry: "load balancer" });
    const attached = resources(stack, "aws_lb_target_group_attachment")["fleet_host-2_Target"];
    expect(plain(JSON.stringify(attached?.depends_on))).toContain("fleet_host-2_Release_Deploy_Verify_X");
  });

  test("each site has a certificate, names that no site has are answered 404, and its checks by the first site", () => {
    const stack = fleet(
      (hosts, scope) => {
        const web = hosts.run("web", { image: pulled(scope, "web"), port: 80 });
        const shopSite = hosts.serve("shop.example.com", { "/": web }, { redirectFrom: ["www.example.com"] });
        hosts.serve("blog.example.com", { "/": web });
        expect(hosts.urlOf(shopSite)).toBe("https://shop.example.com/");
      },
      { balancer: true },
    );
    expect(
      Object.values(resources(stack, "aws_acm_certificate"))
        .map((each) => each.domain_name)
        .sort(),
    ).toEqual(["blog.example.com", "shop.example.com"]);
    expect(Object.keys(resources(stack, "aws_lb_listener_certificate"))).toHaveLength(1);
    const rules = Object.values(resources(stack, "aws_lb_listener_rule")).map(({ condition }) =>
      JSON.stringify(condition),
    );
    expect(rules.sort()).toEqual([
      '[{"host_header":{"values":["blog.example.com"]}}]',
      '[{"host_header":{"values":["shop.example.com","www.example.com"]}}]',
    ]);
    expect(stack.manifestOf(1).sites).toMatch(/listen 80 default_server;\s+server_name shop\.example\.com/);
    expect(JSON.stringify(resources(stack, "aws_lb_listener").fleet_Balancer_Secured)).toContain('"status_code":"404"');
  });

  test("it says what it costs", () => {
    let description = "";
    fleet(
      (hosts) => {
        description = hosts.description;
      },
      { balancer: true },
    );
    expect(description).toContain("load balancer 25.70 USD a month (18.40, public IPv4 7.30), and 5.84 for each LCU");
  });

  test.each([
    ["tls", { tls: ACME }],
    ["hsts", { hsts: { maxAge: 300 } }],
    ["basicAuth", { basicAuth: { users: {} } }],
  ])("a site with %s of its own is refused", (option, options) => {
    const declare = () =>
      fleet(
        (hosts, scope) => {
          hosts.serve(
            "a.example.com",
            { "/": hosts.run("web", { image: pulled(scope, "web"), port: 80 }) },
            options as never,
          );
        },
        { balancer: true },
      );
    expect(declare).toThrow(`fleet: serve: has ${option}, but TLS ends at the load balancer`);
  });

  test.each([
    ["in one zone", { availabilityZones: ["eu-west-1a"] }, "stands in two zones at least"],
    ["with certificates of its hosts", { tls: ACME }, "tls: must not be given with balancer: true"],
    ["in subnets whose networks nobody names", { subnets: SUBNETS }, "trustedProxies: must be given with subnets"],
  ])("%s is refused", (_, props, words) => {
    expect(() => balanced(props)).toThrow(words);
  });

  test("in subnets it believes what stands in their networks", () => {
    const stack = balanced({ subnets: SUBNETS, trustedProxies: TrustedProxies.ranges(["10.0.0.0/16"]) });
    expect(stack.manifestOf(1).sites).toContain("set_real_ip_from 10.0.0.0/16;");
    expect(resources(stack, "aws_lb").fleet_Balancer?.subnets).toEqual(SUBNETS.map(({ id }) => id));
  });
});

describe("refuses", () => {
  test.each([
    [{ hosts: 0 }, "hosts: number of hosts must be a whole number of hosts from 1 to 100, got 0"],
    [{ hosts: 101 }, "from 1 to 100"],
    [{ canarySeconds: -1 }, "canarySeconds: canary must be a whole number of seconds"],
    [{ zone: undefined }, "zone: hosted zone must be given by its id"],
    [{ healthPath: "status" }, 'healthPath: health path must be a path of at most 255 characters, got "status"'],
    [{ drained: [3] }, "drained: drained must name hosts by their numbers, 1 to 2, got 3"],
    [{ drained: [1, 2] }, "drained: is all of 2 hosts, and nobody would answer"],
    [{ only: { 3: {} } }, "only: only must name hosts by their numbers"],
    [{ only: { 1: { zone: {} } } }, "only[1]"],
    [{ availabilityZones: undefined }, "availabilityZones: must be given, or else subnets"],
    [{ availabilityZones: ["eu-west-1a", "eu-west-1a"] }, "must name at least one place, and each of them once"],
    [{ availabilityZones: [] }, "must name at least one place"],
    [{ availabilityZones: ["us-east-1a", "us-east-1b"] }, "availability zone must be one of eu-west-1"],
    [
      { dataVolume: { sizeGiB: 10 } },
      "dataVolume: a NanoFleet has none: what a service writes would be on one host of several",
    ],
    [
      { unattendedReboot: {} },
      "unattendedReboot: a NanoFleet has none: hosts that stand for each other need windows apart",
    ],
    [{ waitForRelease: false }, "waitForRelease: a NanoFleet has none"],
    [{ openTo: "everybody" }, "openTo: a NanoFleet has none"],
    [{ subnet: SUBNETS[0] }, "subnet: a NanoFleet has none: its hosts stand in several: name subnets"],
    [{ elasticIp: "eipalloc-0123456789abcdef0" }, "elasticIp: a NanoFleet has none: each host has one of its own"],
    [{ host: 2 }, "did you mean hosts"],
  ])("%j", (props, words) => {
    expect(() => fleet(() => {}, props as never)).toThrow(words);
  });

  test("certificates by records where Route 53 is another one", () => {
    const declare = () =>
      synthesize((scope) => {
        new AwsAccount(scope, "aws", { ...PLACE, region: "cn-north-1" });
        const availabilityZones = ["cn-north-1a", "cn-north-1b"];
        new NanoFleet(scope, "fleet", { hosts: 2, availabilityZones, zone: ZONE, tls: ACME });
      });
    expect(declare).toThrow("fleet: tls: is Tls.acme, but in cn-north-1 hosts cannot show by records");
  });

  test("a volume, by its name", () => {
    const declare = () =>
      fleet((hosts, scope) =>
        hosts.run("db", { image: pulled(scope, "db"), port: 5432, mounts: { "/data": Mount.volume("orders") } }),
      );
    expect(declare).toThrow(
      'fleet: run("db"): has the volume orders at /data: each host of a fleet would have its own',
    );
  });

  test("a way to its services from another host", () => {
    const declare = () =>
      fleet((hosts, scope) => {
        const front = new NanoHost(scope, "front");
        front.serve("shop.example.com", { "/": hosts.run("web", { image: pulled(scope, "web"), port: 80 }) });
      });
    expect(declare).toThrow("stack/fleet/web: host: cannot be reached from stack/front: it runs on several");
  });
});

describe("warns", () => {
  const said = (props: object) => shop(props).problems.map(({ message }) => message.split("\n")[0]);

  test.each([
    [
      { availabilityZones: ZONES.slice(0, 1) },
      "availabilityZones: is one, so that the fleet stands in one zone and goes with it",
    ],
    [{ subnets: SUBNETS.slice(0, 1) }, "subnets: is one, so that"],
    [{ hosts: 1 }, "hosts: is 1, so that the fleet stands in one zone"],
    [
      { hosts: 5, tls: ACME },
      "tls: each of 5 hosts asks for a certificate of its own, and Let's Encrypt gives the same names 5 a week",
    ],
  ])("%j", (props, words) => {
    expect(said(props)).toEqual([expect.stringContaining(words)]);
  });

  test("of nothing where it stands in two zones", () => {
    expect(said({ hosts: 4, tls: ACME })).toEqual([]);
  });
});
