import { gunzipSync } from "node:zlib";
import { REGION, type TestAccount } from "./rehearsal-account.ts";

/** What a role may do, as its policy says it: actions and resources by the statement's name. */
export type Allowed = Readonly<Record<string, readonly [readonly string[], readonly string[]]>>;

type Item = Readonly<Record<string, unknown>>;

/** A host as the emulated account has it, asked by the AWS CLI; `id` is its instance. */
export class AccountHost {
  constructor(
    private readonly aws: TestAccount,
    /** What its security group and alarm are called, its documents at first, and its role in front of the region. */
    private readonly name: string,
    readonly id: string,
  ) {}

  instance(): Promise<Item> {
    return this.ec2("Reservations[0].Instances[0]", "describe-instances", "--instance-ids", this.id);
  }

  disks(): Promise<Item[]> {
    return this.ec2("Volumes", "describe-volumes", "--filters", `Name=attachment.instance-id,Values=${this.id}`);
  }

  cpuCredits(): Promise<string> {
    const words = ["describe-instance-credit-specifications", "--instance-ids", this.id];
    return this.ec2("InstanceCreditSpecifications[0].CpuCredits", ...words);
  }

  async userData(): Promise<string> {
    const words = ["describe-instance-attribute", "--instance-id", this.id, "--attribute", "userData"];
    return Buffer.from(await this.ec2<string>("UserData.Value", ...words), "base64").toString("utf8");
  }

  /** Direction, protocol, ports, network and description of each rule, joined by commas. */
  async firewallRules(): Promise<string[]> {
    const groups = ["describe-security-groups", "--filters", `Name=group-name,Values=${this.name}`];
    const [group] = await this.ec2<[string]>("SecurityGroups[].GroupId", ...groups);
    const rules = await this.ec2<unknown[][]>(
      "SecurityGroupRules[].[IsEgress && 'out' || 'in', IpProtocol, FromPort, ToPort, CidrIpv4, Description]",
      ...["describe-security-group-rules", "--filters", `Name=group-id,Values=${group}`],
    );
    return rules.map((rule) => rule.join()).sort();
  }

  /** The network interfaces that the address is associated with. */
  async interfacesOf(allocationId: string): Promise<Item[]> {
    const address = ["describe-addresses", "--allocation-ids", allocationId];
    const ids = await this.ec2<string[]>("Addresses[].NetworkInterfaceId", ...address);
    return await this.ec2("NetworkInterfaces", "describe-network-interfaces", "--network-interface-ids", ...ids);
  }

  /** @throws for a role with more than its one policy */
  async allowed(): Promise<Allowed> {
    const role = ["--role-name", `${this.name}.${REGION}`];
    const [inline, attached] = await Promise.all([
      this.aws.query<string[]>("PolicyNames", "iam", "list-role-policies", ...role),
      this.aws.query<string[]>("AttachedPolicies", "iam", "list-attached-role-policies", ...role),
    ]);
    const [policy = "", ...more] = [...inline, ...attached];
    if (more.length > 0) throw new Error(`the role has ${more.length + 1} policies`);
    const words = ["iam", "get-role-policy", ...role, "--policy-name", policy];
    const path = "PolicyDocument.Statement[].[Sid, [Action, Resource]]";
    return Object.fromEntries(await this.aws.query<[string, [string[], string[]]][]>(path, ...words));
  }

  /** The parameter that holds its releases, and what the host reads in it. */
  async release(parameter: string): Promise<{ parameter: Item; manifest: Item }> {
    const found = await this.aws.query<Item>("Parameter", "ssm", "get-parameter", "--name", parameter);
    return { parameter: found, manifest: JSON.parse(unpacked(String(found.Value))) };
  }

  /** The document that a release names. */
  document(name: string): Promise<Item> {
    return this.aws.query("Document", "ssm", "describe-document", "--name", name);
  }

  alarms(): Promise<Item[]> {
    return this.aws.query("MetricAlarms", "cloudwatch", "describe-alarms", "--alarm-names", this.name);
  }

  private ec2<Answer>(path: string, ...words: string[]): Promise<Answer> {
    return this.aws.query<Answer>(path, "ec2", ...words);
  }
}

function unpacked(base64: string): string {
  return gunzipSync(Buffer.from(base64, "base64")).toString("utf8");
}
