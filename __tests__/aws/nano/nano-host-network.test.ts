import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { awsName } from "../../../src/aws/aws-name.ts";
import type { NanoHost } from "../../../src/aws/nano/nano-host.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import type { SiteOptions } from "../../../src/release/site-options.ts";
import { TrustedProxies } from "../../../src/release/trusted-proxies.ts";
import { only } from "../../synthesize.ts";
import { nano } from "./nano-host-stack.ts";

const values = (of: object | undefined) => Object.values(of ?? {}) as Record<string, unknown>[];
const SITE = { "/": Backend.fromAddress("10.0.0.5:80") };

/** Containers and the VPC must not share addresses. */
const APART = {
  lifecycle: {
    postcondition: [
      {
        condition: '${alltrue([for each in self.cidr_block_associations : !startswith(each.cidr_block, "172.17.")])}',
        error_message: expect.stringMatching(/^stack\/host: the VPC \$\{self\.id\} has addresses in 172\.17\.0\.0\/16/),
      },
    ],
  },
};

describe("where a host stands", () => {
  test("is the zone that is declared, to which it moves", () => {
    const stack = nano(() => {}, { availabilityZone: "eu-west-1b" });
    const [offered] = values(stack.data.aws_ec2_instance_type_offerings);
    expect(offered).toMatchObject({
      filter: [
        { name: "instance-type", values: ["t4g.nano"] },
        { name: "location", values: ["eu-west-1b"] },
      ],
      lifecycle: {
        postcondition: [{ error_message: "stack/host: eu-west-1b has no t4g.nano: choose another instance type" }],
      },
    });
    expect(values(stack.data.aws_subnets)).toMatchObject([
      {
        lifecycle: {
          postcondition: [
            { error_message: "stack/host: no default subnet in eu-west-1b that has t4g.nano: name a subnet" },
          ],
        },
      },
    ]);
    expect(only(stack, "aws_network_interface")).not.toHaveProperty("lifecycle");
  });

  test("is a subnet of the default VPC in a zone that has its type, and stays that one", () => {
    const stack = nano(() => {}, { instanceType: "t3.nano" });
    const [offered] = values(stack.data.aws_ec2_instance_type_offerings);
    expect(offered).toMatchObject({
      location_type: "availability-zone",
      filter: [{ name: "instance-type", values: ["t3.nano"] }],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.locations) > 0}",
            error_message: "stack/host: this region has no t3.nano: choose another instance type",
          },
        ],
      },
    });
    const [subnets] = values(stack.data.aws_subnets);
    expect(subnets).toMatchObject({
      filter: [
        { name: "vpc-id", values: [expect.stringMatching(/^\$\{data\.aws_vpc\./)] },
        { name: "default-for-az", values: ["true"] },
        { name: "availability-zone", values: expect.stringMatching(/^\$\{data\.aws_ec2_instance_type_offerings\./) },
      ],
      lifecycle: {
        postcondition: [{ error_message: "stack/host: no default subnet in a zone that has t3.nano: name a subnet" }],
      },
    });
    expect(values(stack.data.aws_vpcs)).toMatchObject([
      {
        filter: [{ name: "is-default", values: ["true"] }],
        lifecycle: {
          postcondition: [
            {
              condition: "${length(self.ids) > 0}",
              error_message:
                "stack/host: this region has no default VPC: make one (aws ec2 create-default-vpc), or give the host a subnet of a VPC of your own",
            },
          ],
        },
      },
    ]);
    expect(values(stack.data.aws_vpc)).toMatchObject([
      { id: expect.stringMatching(/^\$\{element\(data\.aws_vpcs\..*\.ids, 0\)\}$/), ...APART },
    ]);
    expect(only(stack, "aws_network_interface")).toMatchObject({
      subnet_id: expect.stringMatching(/^\$\{element\(sort\(data\.aws_subnets\..*\.ids\), 0\)\}$/),
      lifecycle: { ignore_changes: ["subnet_id"] },
    });
  });

  test("is the subnet that is given, once what that needs is there", () => {
    const gateway = { fqn: "aws_route.out" };
    const stack = nano(() => {}, { subnet: { id: "subnet-0123456789abcdef0", ready: [gateway] } });
    expect(only(stack, "aws_network_interface")).toMatchObject({ subnet_id: "subnet-0123456789abcdef0" });
    expect(only(stack, "aws_network_interface")).not.toHaveProperty("lifecycle");
    expect(values(stack.data.aws_vpc)).toMatchObject([
      { id: expect.stringMatching(/^\$\{data\.aws_subnet\..*\.vpc_id\}$/), ...APART },
    ]);
    expect(only(stack, "aws_security_group").vpc_id).toMatch(/^\$\{data\.aws_vpc\..*\.id\}$/);
    for (const type of ["aws_eip", "aws_instance"]) expect(only(stack, type).depends_on).toContain("aws_route.out");
    for (const type of ["aws_vpcs", "aws_subnets", "aws_ec2_instance_type_offerings"]) {
      expect(stack.data[type]).toBeUndefined();
    }
  });
});

describe("its address", () => {
  test("belongs to an interface that is there before the instance and outlives it", () => {
    const stack = nano();
    const nic = Object.keys(stack.resource.aws_network_interface ?? {})[0];
    expect(only(stack, "aws_eip")).toMatchObject({
      domain: "vpc",
      network_interface: `\${aws_network_interface.${nic}.id}`,
    });
    expect(only(stack, "aws_instance").network_interface).toEqual([
      { device_index: 0, network_interface_id: `\${aws_network_interface.${nic}.id}` },
    ]);
    expect(only(stack, "aws_network_interface").security_groups).toEqual([
      expect.stringMatching(/^\$\{aws_security_group\./),
    ]);
  });

  test("may be one that exists, as long as no other host has it", () => {
    const stack = nano(() => {}, { elasticIp: "eipalloc-0123456789abcdef0" });
    expect(stack.resource.aws_eip).toBeUndefined();
    expect(values(stack.data.aws_eip)).toMatchObject([{ id: "eipalloc-0123456789abcdef0" }]);
    expect(values(stack.data.aws_network_interface)).toMatchObject([
      {
        count: expect.stringMatching(
          /^\$\{try\(length\(data\.aws_eip\.\w+\.network_interface_id\), 0\) > 0 \? 1 : 0\}$/,
        ),
        id: expect.stringMatching(/^\$\{data\.aws_eip\.\w+\.network_interface_id\}$/),
        lifecycle: {
          postcondition: [
            {
              condition: '${self.description == "The host stack/host"}',
              error_message: expect.stringMatching(
                /^stack\/host: the Elastic IP \$\{data\.\S+\} belongs to \$\{self\.id\} \(\$\{self\.description\}\) already/,
              ),
            },
          ],
        },
      },
    ]);
    expect(only(stack, "aws_eip_association")).toMatchObject({ allow_reassociation: false });
    expect(only(stack, "aws_instance").depends_on).toContainEqual(expect.stringMatching(/^aws_eip_association\./));
  });

  test("is not looked for in the plan where it comes by a reference, which Terraform may not know by then", () => {
    const stack = nano(() => {}, { elasticIp: Lazy.stringValue({ produce: () => "${aws_eip.own.id}" }) });
    expect(values(stack.data.aws_eip)).toMatchObject([{ id: "${aws_eip.own.id}" }]);
    expect(stack.data.aws_network_interface).toBeUndefined();
  });

  test("is what the names of its sites lead to, in the zone that is given and in none otherwise", () => {
    const declare = (host: { serve(name: string, routes: typeof SITE, options?: SiteOptions): unknown }) => {
      host.serve("shop.example.com", SITE, { aliases: ["b.example.com"], redirectFrom: ["www.example.com"] });
      host.serve("*.example.com", SITE);
    };
    const stack = nano(declare, { zone: { id: "Z0123456789" } });
    const records = values(stack.resource.aws_route53_record).sort((a, b) => (`${a.name}` < `${b.name}` ? -1 : 1));
    expect(records).toMatchObject(
      ["*.example.com", "b.example.com", "shop.example.com", "www.example.com"].map((name) => ({
        name,
        type: "A",
        ttl: 300,
        zone_id: "Z0123456789",
        records: [expect.stringMatching(/^\$\{aws_eip\..*\.public_ip\}$/)],
      })),
    );
    expect(nano(declare).resource.aws_route53_record).toBeUndefined();
  });
});

describe("its firewall", () => {
  const rules = (stack: ReturnType<typeof nano>, way: "ingress" | "egress") =>
    values(stack.resource[`aws_vpc_security_group_${way}_rule`]).map(
      ({ ip_protocol: protocol, from_port: from, to_port: to, cidr_ipv4: network, description }) => {
        return `${protocol} ${from === to ? from : `${from}/${to}`} ${network}: ${description}`;
      },
    );

  const pathMtu = "icmp 3/4 0.0.0.0/0: path MTU";

  test("lets nobody in to a host without sites, and to port 80 once for all of them", () => {
    expect(rules(nano(), "ingress")).toEqual([pathMtu]);
    const two = nano((host) => ["a", "b"].map((name) => host.serve(`${name}.example.com`, SITE)));
    expect(rules(two, "ingress").sort()).toEqual([pathMtu, "tcp 80 0.0.0.0/0: visitors"]);
    expect(only(two, "aws_security_group")).toMatchObject({
      name: "slipway.stack.host",
      description: "The host stack/host",
    });
    expect(only(two, "aws_security_group")).not.toHaveProperty("ingress");
  });

  test("lets in trusted proxies alone where declared, by their IPv4 ranges, or a security group", () => {
    const serve = (host: NanoHost) => host.serve("a.example.com", SITE);
    const trustedProxies = TrustedProxies.ranges(["10.0.1.7", "10.0.2.0/24", "2001:db8::/32"]);
    expect(rules(nano(serve, { trustedProxies }), "ingress").sort()).toEqual([pathMtu, "tcp 80 0.0.0.0/0: visitors"]);
    expect(rules(nano(serve, { trustedProxies, openTo: "trusted-proxies" }), "ingress").sort()).toEqual([
      pathMtu,
      "tcp 80 10.0.1.7/32: visitors",
      "tcp 80 10.0.2.0/24: visitors",
    ]);
    const cloudflare = nano(serve, { trustedProxies: TrustedProxies.cloudflare(), openTo: "trusted-proxies" });
    expect(rules(cloudflare, "ingress")).toHaveLength(16);
    expect(cloudflare.manifest.sites).toContain("real_ip_header CF-Connecting-IP;\n");
    const group = nano(serve, { openTo: { securityGroupId: "sg-0123456789abcdef0" } });
    const sources = values(group.resource.aws_vpc_security_group_ingress_rule).map(
      ({ referenced_security_group_id: from, cidr_ipv4: network }) => from ?? network,
    );
    expect(sources.sort()).toEqual(["0.0.0.0/0", "sg-0123456789abcdef0"]);
  });

  test("lets out what the host itself needs, and what is asked for", () => {
    const own = [
      "tcp 443 0.0.0.0/0: AWS, registries, packages",
      "tcp 80 0.0.0.0/0: packages",
      "udp 53 0.0.0.0/0: names",
      "tcp 53 0.0.0.0/0: long answers about names",
      "udp 123 0.0.0.0/0: time",
    ];
    expect(rules(nano(), "egress").sort()).toEqual([...own].sort());
    const outbound = [
      { port: 5432, description: "database", network: "10.1.0.0/16" },
      { port: 5432, description: "another database", network: "10.2.0.0/16" },
      { port: 443, description: "inside", network: "10.1.0.0/16" },
      { port: 514, description: "logs of ${host}", protocol: "udp" },
    ] as const;
    const stack = nano(() => {}, { outbound });
    expect(rules(stack, "egress").sort()).toEqual(
      [
        ...own,
        "tcp 5432 10.1.0.0/16: database",
        "tcp 5432 10.2.0.0/16: another database",
        "tcp 443 10.1.0.0/16: inside",
        "udp 514 0.0.0.0/0: logs of $${host}",
      ].sort(),
    );
    expect(only(stack, "aws_instance").depends_on).toHaveLength(11);
  });
});

describe("its alarm", () => {
  test("tells the topics when the status checks fail for two minutes, and when they pass again", () => {
    const topics = ["arn:aws:sns:eu-west-1:111122223333:alarms"];
    const stack = nano((host) => expect(host.description).toContain("alarm 0.10"), { statusAlarm: { topics } });
    expect(only(stack, "aws_cloudwatch_metric_alarm")).toMatchObject({
      alarm_name: "slipway.stack.host",
      namespace: "AWS/EC2",
      metric_name: "StatusCheckFailed",
      dimensions: { InstanceId: expect.stringMatching(/^\$\{aws_instance\./) },
      threshold: 1,
      period: 60,
      evaluation_periods: 2,
      alarm_actions: topics,
      ok_actions: topics,
    });
  });

  test("is made on request only", () => expect(nano().resource.aws_cloudwatch_metric_alarm).toBeUndefined());
});

describe("a name in an account", () => {
  const at = (stack: string, id: string) => {
    const outdir = mkdtempSync(join(tmpdir(), "slipway-synth-"));
    return new Construct(new TerraformStack(new App({ outdir }), stack), id);
  };

  test("is the path with dots, so that what differs stays apart", () => {
    expect(awsName(at("shop", "host"), 64)).toBe("slipway.shop.host");
    expect(awsName(at("shop", "host"), 64, ".eu-west-1")).toBe("slipway.shop.host.eu-west-1");
    expect(awsName(at("a-b", "c"), 64)).not.toBe(awsName(at("a", "b-c"), 64));
  });

  test("that is too long ends in a digest of all of it", () => {
    const [one, two] = ["1", "2"].map((end) => awsName(at("shop", `${"x".repeat(60)}${end}`), 64, ".eu-west-1"));
    expect(one).toMatch(/^slipway\.shop\.x+-[0-9a-f]{8}$/);
    expect([one?.length, two?.length]).toEqual([64, 64]);
    expect(one).not.toBe(two);
  });
});
