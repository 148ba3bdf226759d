import { randomBytes } from "node:crypto";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { App, TerraformStack, Token } from "cdktf";
import { AwsAccount, MachineImage, NanoHost, type NanoHostProps } from "../../../src/aws/index.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import { TrustedProxies } from "../../../src/release/trusted-proxies.ts";
import { Platform } from "../../../src/values/platform.ts";
import { synthesize } from "../../synthesize.ts";

const PLACE = { account: "111122223333", region: "eu-west-1" };

function declared(declare: (host: NanoHost, stack: TerraformStack) => unknown, props: NanoHostProps = {}) {
  return () =>
    synthesize((stack) => {
      new AwsAccount(stack, "aws", PLACE);
      declare(new NanoHost(stack, "host", props), stack);
    });
}

/** What a program that runs without a type check may hand over. */
const untyped = (value: unknown) => value as never;

describe("a host is refused", () => {
  const file = (path: unknown, content: unknown = "x") => ({ files: [untyped({ path, content })] });
  const rule = (values: object) => ({ outbound: [{ port: 5432, description: "database", ...values }] });

  test.each<[string, NanoHostProps, string]>([
    [
      "of a type without a size",
      { instanceType: "nano" },
      'instanceType: instance type must be a family and a size, joined by a dot, got "nano": write it like "t4g.nano"',
    ],
    ["of a type that runs macOS", { instanceType: "mac2.metal" }, "instanceType: instance type must run Linux, got"],
    [
      "of a type known only at apply",
      { instanceType: Token.asString({ Ref: "x" }) },
      "instanceType: must be a literal, got a value that Terraform knows only at plan or apply",
    ],
    [
      "whose machine image is for the other architecture, naming both",
      { instanceType: "t3.nano", machineImage: MachineImage.fromId("ami-0123456789abcdef0", Platform.LINUX_ARM64) },
      "machineImage: is for linux/arm64, but a t3.nano runs linux/amd64: choose another of the two",
    ],
    [
      "whose machine image is a bare id",
      { machineImage: untyped("ami-0123456789abcdef0") },
      'machineImage: machine image must be a MachineImage, got "ami-0123456789abcdef0": write MachineImage.fromId(',
    ],
    [
      "that is open to proxies of which none is declared",
      { openTo: "trusted-proxies" },
      "openTo: is trusted-proxies, of which there must be 1 to 25 IPv4 ranges, got 0: declare trustedProxies",
    ],
    [
      "that is open to proxies without an IPv4 address",
      { openTo: "trusted-proxies", trustedProxies: TrustedProxies.ranges(["2001:db8::/32"]) },
      "openTo: is trusted-proxies, of which there must be 1 to 25 IPv4 ranges, got 0",
    ],
    [
      "that is open to nobody it knows",
      { openTo: untyped("nobody") },
      'openTo: openTo must be "everybody", "trusted-proxies" or',
    ],
    [
      "that is open to a group by its name",
      { openTo: { securityGroupId: "web" } },
      "openTo: security group must be given by its id",
    ],
    [
      "that is open to a misspelt group",
      { openTo: untyped({ groupId: "sg-0123456789abcdef0" }) },
      'openTo: NanoHost option must be known, got "groupId"',
    ],
    [
      "that trusts a list",
      { trustedProxies: untyped(["10.0.0.0/8"]) },
      "trustedProxies: trusted proxies must be TrustedProxies.cloudflare() or TrustedProxies.ranges",
    ],
    [
      "in a zone of another region",
      { availabilityZone: "eu-west-2a" },
      'availabilityZone: availability zone must be one of eu-west-1, got "eu-west-2a": write e.g. "eu-west-1b"',
    ],
    [
      "in a zone that is a region",
      { availabilityZone: "eu-west-1" },
      'availabilityZone: availability zone must be one of eu-west-1, got "eu-west-1"',
    ],
    [
      "in a zone and in a subnet, naming both",
      { availabilityZone: "eu-west-1b", subnet: { id: "subnet-0123456789abcdef0" } },
      "availabilityZone: is eu-west-1b, but subnet subnet-0123456789abcdef0 is in a zone of its own: leave one of the two out",
    ],
    [
      "with a disk below its image's",
      { volumeGiB: 7 },
      "volumeGiB: disk must be a whole number of GiB from 8 to 16384",
    ],
    ["with half a GiB", { volumeGiB: 8.5 }, "volumeGiB: disk must be a whole number of GiB from 8 to 16384, got 8.5"],
    ["with a disk known only at apply", { volumeGiB: Token.asNumber({ Ref: "x" }) }, "volumeGiB: must be a literal"],
    [
      "that gets no time",
      { deadlineSeconds: 59 },
      "deadlineSeconds: deadline must be a whole number of seconds from 60",
    ],
    ["that gets all day", { deadlineSeconds: 7201 }, "deadlineSeconds: deadline must be"],
    [
      "that drains forever",
      { drainSeconds: 3601 },
      "drainSeconds: drain time must be a whole number of seconds from 0 to 3600",
    ],
    [
      "that keeps no release",
      { keepReleases: 0 },
      "keepReleases: number of kept releases must be a whole number from 1",
    ],
    ["with hardly any swap", { swapMiB: 64 }, "swapMiB: swap must be from 128 to 16384 MiB, got 64"],
    [
      "with a package that is two",
      { packages: ["htop jq"] },
      "packages: package must be a package as apt-get knows it",
    ],
    [
      "with packages in one piece",
      { packages: untyped("htop") },
      'packages: packages must be a list of words, got "htop": write e.g. ["htop"]',
    ],
    ["with files in one piece", { files: untyped({}) }, "files: files must be a list, got an object: write [{ path: "],
    [
      "with a relative file",
      file("etc/motd"),
      'files: file path must be absolute, without spaces or dots, got "etc/motd"',
    ],
    ["with a file of its own", file("/etc/slipway/host.conf"), "files: file path must be free, got"],
    ["with a file without content", file("/etc/motd", 5), "files: file must have a path and its content as text, got"],
    [
      "with nothing for a file",
      { files: [untyped(undefined)] },
      "files: file must have a path and its content as text",
    ],
    [
      "with a key in a file, which it names and does not show",
      file("/root/.ssh/id", "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret"),
      'files: file must not hold a private key, user data can be read by everybody, got "/root/.ssh/id": keep it in Parameter Store',
    ],
    [
      "whose user data is over its budget, with both sizes",
      file("/opt/big", randomBytes(12_000).toString("base64")),
      "files: user data must be at most 16384 bytes, got ",
    ],
    [
      "in a subnet that is none",
      { subnet: untyped("subnet-0123456789abcdef0") },
      'subnet: subnet must be given by its id, got "subnet-0123456789abcdef0": write { id: "subnet-0123456789abcdef0" }',
    ],
    [
      "in a zone that is none",
      { zone: { id: "example.com" } },
      'zone: hosted zone must be given by its id, got "example',
    ],
    [
      "in a zone in plain text",
      { zone: untyped("Z0123456789") },
      'zone: hosted zone must be given by its id, got "Z0123456789"',
    ],
    [
      "with an address for an allocation",
      { elasticIp: "203.0.113.7" },
      'elasticIp: Elastic IP must be given by its id, got "203.0.113.7": write "eipalloc-0123456789abcdef0", its allocation id',
    ],
    [
      "whose alarm tells nobody that exists",
      { statusAlarm: { topics: ["alarms"] } },
      'statusAlarm.topics: topic must be given by its id, got "alarms": write "arn:aws:sns:',
    ],
    [
      "whose alarm has no list",
      { statusAlarm: untyped({}) },
      "statusAlarm.topics: statusAlarm.topics must be a list of words, got undefined",
    ],
    ["with a tag that is not set", { tags: { team: untyped(undefined) } }, "tags[team]: must be text, got undefined"],
    ["that connects to no port", rule({ port: 0 }), "outbound[0]: port must be a whole number from 1 to 65535, got 0"],
    [
      "that connects to where its own containers are",
      rule({ network: "172.17.4.0/24" }),
      'outbound[0]: network must not be within 172.17.0.0/16, which the host keeps for its containers, got "172.17.4.0/24": reach it',
    ],
    ["that says not what for", rule({ description: "" }), "outbound[0]: description must be 1 to 255 letters"],
    [
      "that says it in other letters",
      rule({ description: "Größe" }),
      "outbound[0]: description must be 1 to 255 letters",
    ],
    ["that connects by another protocol", rule({ protocol: "icmp" }), "outbound[0]: protocol must be tcp or udp"],
    ["that connects to half a network", rule({ network: "10.0.0.0" }), "outbound[0]: network must be an IPv4 network"],
    [
      "that connects to an address of one",
      rule({ network: "10.0.0.1/8" }),
      "outbound[0]: network must be an IPv4 network, all bits behind its prefix zero, got",
    ],
    [
      "that names what is open anyway",
      rule({ port: 443 }),
      "outbound[0]: lets out what another rule does, tcp-443: drop",
    ],
    [
      "that connects anywhere by a text",
      { outbound: untyped("5432") },
      'outbound: outbound must be a list, got "5432"',
    ],
    [
      "in another region than its stack",
      { region: "us-east-1" },
      "region: is us-east-1, but the stack deploys to eu-west-1: give each account and region a stack of its own",
    ],
  ])("%s", (_, props, message) => {
    expect(declared(() => {}, props)).toThrow(`stack/host: ${message}`);
  });

  test("for everything that is wrong with it at once", () => {
    expect(declared(() => {}, { instanceType: "nano", volumeGiB: 1, swapMiB: 1, packages: ["A"] })).toThrow(
      /instanceType: .*\nstack\/host: swapMiB: .*\nstack\/host: packages: .*\nstack\/host: volumeGiB: /,
    );
  });

  test("without an account, and by a name that no file can hold", () => {
    expect(() => synthesize((stack) => void new NanoHost(stack, "host"))).toThrow(/stack\/host: account: is not known/);
    const odd = (stack: TerraformStack) => new TerraformStack(App.of(stack), "shop@home");
    expect(() => synthesize((stack) => void new NanoHost(odd(stack), "host", PLACE))).toThrow(
      'shop@home/host: id: host name must be a plain path, got "shop@home/host": name stack and host by letters',
    );
  });
});

describe("one Elastic IP", () => {
  const two = (first: string, second: string) =>
    declared((_, stack) => new NanoHost(stack, "two", { elasticIp: second }), { elasticIp: first });
  const ID = "eipalloc-0123456789abcdef0";

  test("has one host, in the stack and in the app", () => {
    const message = `elasticIp: ${ID} belongs to stack/host already: two hosts cannot have one Elastic IP, give each its own`;
    expect(two(ID, ID)).toThrow(`stack/two: ${message}`);
    const elsewhere = declared(
      (_, stack) => new NanoHost(new TerraformStack(App.of(stack), "other"), "host", { ...PLACE, elasticIp: ID }),
      { elasticIp: ID },
    );
    expect(elsewhere).toThrow(`other/host: ${message}`);
    expect(two(ID, "eipalloc-0123456789abcdef1")).not.toThrow();
  });

  test("is one by reference too, and every app has its own", () => {
    const same = () =>
      synthesize((stack) => {
        new AwsAccount(stack, "aws", PLACE);
        const { id } = new Eip(stack, "eip", { domain: "vpc" });
        new NanoHost(stack, "one", { elasticIp: id });
        new NanoHost(stack, "two", { elasticIp: `${id}` });
      });
    expect(same).toThrow(/stack\/two: elasticIp: \$\{aws_eip\.eip\.id\} belongs to stack\/one already/);
    const single = declared(() => {}, { elasticIp: ID });
    expect([single, single].map((synth) => synth().json.length > 0)).toEqual([true, true]);
  });
});

test("references pass where ids are asked for", () => {
  const synth = () =>
    synthesize((stack) => {
      new AwsAccount(stack, "aws", PLACE);
      const subnet = new Subnet(stack, "subnet", { vpcId: "vpc-1" });
      const zone = new Route53Zone(stack, "zone", { name: "example.com" });
      const topic = new SnsTopic(stack, "topic");
      const statusAlarm = { topics: [topic.arn] };
      new NanoHost(stack, "host", { subnet, zone, statusAlarm }).serve("a.example.com", {
        "/": Backend.fromAddress("10.0.0.5:80"),
      });
    });
  const { resource } = synth();
  const [record] = Object.values(resource.aws_route53_record ?? {});
  expect(record?.zone_id).toBe("${aws_route53_zone.zone.id}");
});
