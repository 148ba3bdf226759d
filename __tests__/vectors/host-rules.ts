import type { SynthesizedStack } from "../synthesize.ts";

type Resource = Record<string, unknown>;

interface Statement {
  readonly Action: string[];
  readonly Resource: string[];
}

/** A synthesized stack as a scanner looks at it. */
export class ScannedStack {
  constructor(private readonly stack: SynthesizedStack) {}

  all(type: string): Resource[] {
    const document = JSON.parse(this.stack.json) as { data?: Record<string, Record<string, Resource>> };
    const of = type.startsWith("data.") ? document.data?.[type.slice(5)] : this.stack.resource[type];
    return Object.values(of ?? {});
  }

  /** Whether there are such resources, and `holds` is true of each. */
  each(type: string, holds: (resource: Resource) => boolean): boolean {
    return this.all(type).length > 0 && this.all(type).every(holds);
  }

  get statements(): Statement[] {
    return this.all("aws_iam_role_policy").flatMap(
      ({ policy }) => JSON.parse(policy as string).Statement as Statement[],
    );
  }

  get actions(): string[] {
    return this.statements.flatMap(({ Action }) => Action);
  }

  /** The actions that are allowed on everything. */
  get actionsOnAll(): string[] {
    return this.statements.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
  }

  get userData(): string[] {
    return this.all("aws_instance").map(({ user_data_base64: text }) =>
      Buffer.from(text as string, "base64").toString("utf8"),
    );
  }

  /** The ports that everybody may come in by. */
  get openPorts(): number[] {
    const rules = this.all("aws_vpc_security_group_ingress_rule");
    return rules
      .filter((rule) => !isPathMtu(rule))
      .flatMap(({ from_port: from, to_port: to }) => (from === to ? [from as number] : [Number.NaN]));
  }
}

/** ICMP has a type and a code in place of two ports: 3 and 4 are "fragmentation needed", no port at all. */
const isPathMtu = (rule: Resource): boolean =>
  rule.ip_protocol === "icmp" && rule.from_port === 3 && rule.to_port === 4;

/** How the stacks that we synthesize stand to one rule. */
export type Answer =
  | { readonly kind: "met"; readonly holds: (stack: ScannedStack) => boolean }
  /** Nothing of that type is made, or looked up. */
  | { readonly kind: "absent"; readonly types: readonly string[] }
  /** Not met, for a reason; `holds` says how far it is not, so that no other breach hides behind it. */
  | { readonly kind: "excepted"; readonly why: string; readonly holds: (stack: ScannedStack) => boolean };

const met = (holds: (stack: ScannedStack) => boolean): Answer => ({ kind: "met", holds });
const absent = (...types: string[]): Answer => ({ kind: "absent", types });
const excepted = (why: string, holds: (stack: ScannedStack) => boolean): Answer => ({ kind: "excepted", why, holds });

type Block = Record<string, unknown> | undefined;
const instances = (holds: (instance: Resource) => boolean) => met((stack) => stack.each("aws_instance", holds));
const repositories = (holds: (repository: Resource) => boolean) =>
  met((stack) => stack.each("aws_ecr_repository", holds));
const GROUP = "aws_security_group";
const IN = "aws_vpc_security_group_ingress_rule";
const OUT = "aws_vpc_security_group_egress_rule";
const LAUNCH = ["aws_launch_template", "aws_launch_configuration"];

const encrypted = instances(
  ({ root_block_device: root, ebs_block_device: more }) => (root as Block)?.encrypted === true && more === undefined,
);
const sessions = instances(({ metadata_options: options }) => (options as Block)?.http_tokens === "required");
const plainUserData = met(
  ({ userData }) =>
    userData.length > 0 &&
    userData.every((text) => !/\b(AKIA|ASIA)[A-Z0-9]{16}\b|aws_secret_access_key\s*=/i.test(text)),
);
const addressesInUse = met((stack) =>
  stack.each("aws_eip", ({ network_interface: nic }) =>
    stack.all("aws_instance").some(({ network_interface: used }) => JSON.stringify(used).includes(nic as string)),
  ),
);
const described = met((stack) =>
  [GROUP, IN, OUT].every((type) => stack.each(type, ({ description }) => (description as string).length > 0)),
);
const groupInUse = met((stack) =>
  stack.each("aws_network_interface", ({ security_groups: groups }) =>
    (groups as string[]).every((group) => group.startsWith(`\${${GROUP}.`)),
  ),
);
const noInlineRules = (stack: ScannedStack) =>
  stack.each(GROUP, ({ ingress, egress }) => ingress === undefined && egress === undefined);
const only80 = (stack: ScannedStack) => noInlineRules(stack) && stack.openPorts.every((port) => port === 80);
const onePortEach = (type: string) =>
  met(
    (stack) =>
      noInlineRules(stack) &&
      stack.each(type, (rule) => rule.ip_protocol !== "-1" && (rule.from_port === rule.to_port || isPathMtu(rule))),
  );
const immutable = repositories(({ image_tag_mutability: tags }) => tags === "IMMUTABLE");
const scanned = repositories(({ image_scanning_configuration: scan }) => (scan as Block)?.scan_on_push === true);
const byEc2Alone = met((stack) =>
  stack.each("aws_iam_role", ({ assume_role_policy: policy }) =>
    JSON.parse(policy as string).Statement.every(
      ({ Principal }: { Principal: unknown }) => JSON.stringify(Principal) === '{"Service":"ec2.amazonaws.com"}',
    ),
  ),
);
const noWildcards = met(
  ({ actions }) => actions.length > 0 && actions.every((action) => /^[a-z0-9-]+:\w+$/.test(action)),
);
/** Of other services there is no action at all, so that nobody rises by this role. */
const fewServices = met(({ actions }) =>
  actions.every((action) => /^(ssm|ssmmessages|ec2messages|ecr|secretsmanager):/.test(action)),
);
/** What knows no resource, says the service authorization reference. */
const onAllOnlyWhatMust = met(({ actionsOnAll }) =>
  actionsOnAll.every((action) =>
    /^(ec2messages:|ssmmessages:|ssm:ListAssociations$|ecr:GetAuthorizationToken$)/.test(action),
  ),
);
const noManagedPolicy = absent("aws_iam_role_policy_attachment", "aws_iam_policy_attachment", "aws_iam_policy");
const noDisks = absent("aws_ebs_volume", "aws_volume_attachment");
const noKeys = absent("aws_kms_key");
const noVpc = absent("aws_vpc", "aws_default_vpc", "aws_default_security_group");
const keyOfAccount = excepted(
  "a key of one's own costs a dollar a month: encryption: { kmsKeyArn } asks for it",
  (stack) =>
    stack.each(
      "aws_ecr_repository",
      ({ encryption_configuration: by }) => JSON.stringify(by) === '[{"encryption_type":"KMS"}]',
    ),
);
const publicHost = excepted(
  "a host that visitors reach has a public address, an Elastic IP that no launch gives away",
  (stack) => stack.all("aws_eip").length === stack.all("aws_instance").length,
);

/** Every rule of the file by its id; an id that names several has an answer for each that differs. */
export const ANSWERS: Readonly<Record<string, readonly Answer[]>> = {
  CKV_AWS_8: [encrypted],
  CKV_AWS_46: [plainUserData],
  CKV_AWS_79: [sessions],
  CKV_AWS_88: [instances(({ associate_public_ip_address: gives }) => gives === undefined)],
  CKV_AWS_126: [
    excepted("metrics each minute cost extra: detailedMonitoring asks for them", (stack) =>
      stack.each("aws_instance", ({ monitoring }) => monitoring === undefined),
    ),
  ],
  CKV_AWS_135: [instances(({ ebs_optimized: is }) => is === true)],
  CKV_AWS_341: [
    absent(...LAUNCH),
    instances(({ metadata_options: options }) => (options as Block)?.http_put_response_hop_limit === 1),
  ],
  CKV2_AWS_41: [instances(({ iam_instance_profile: profile }) => typeof profile === "string")],
  CKV2_AWS_19: [addressesInUse],
  CKV_AWS_23: [described],
  CKV_AWS_24: [met(only80)],
  CKV_AWS_25: [met(only80)],
  CKV_AWS_260: [excepted("port 80 is what a site is; a host without sites opens nothing", only80)],
  CKV_AWS_277: [onePortEach(IN)],
  CKV_AWS_382: [onePortEach(OUT)],
  CKV2_AWS_5: [groupInUse],
  CKV2_AWS_12: [noVpc],
  CKV2_AWS_11: [noVpc],
  CKV_AWS_130: [absent("aws_subnet")],
  CKV_AWS_148: [noVpc],
  CKV_AWS_51: [immutable],
  CKV_AWS_136: [repositories(({ encryption_configuration: by }) => (by as Block[])[0]?.encryption_type === "KMS")],
  CKV_AWS_163: [scanned],
  CKV_AWS_32: [absent("aws_ecr_repository_policy")],
  CKV_AWS_60: [byEc2Alone],
  CKV_AWS_61: [byEc2Alone],
  CKV_AWS_62: [noWildcards],
  CKV_AWS_63: [noWildcards],
  CKV_AWS_274: [noManagedPolicy],
  CKV_AWS_286: [fewServices],
  CKV_AWS_287: [
    met(({ actionsOnAll }) =>
      actionsOnAll.every((a) => a === "ecr:GetAuthorizationToken" || !/Token|Credential|Secret/.test(a)),
    ),
  ],
  CKV_AWS_288: [
    met(({ actionsOnAll }) => !actionsOnAll.some((action) => /GetParameter|GetObject|GetSecret/.test(action))),
  ],
  CKV_AWS_289: [fewServices, met(({ actions }) => !actions.some((action) => /Policy|Permission/.test(action)))],
  CKV_AWS_290: [onAllOnlyWhatMust],
  CKV_AWS_355: [onAllOnlyWhatMust],
  "CKV_AWS_107..111, 283, 356": [absent("data.aws_iam_policy_document")],
  "CKV2_AWS_40 / 56": [fewServices, noManagedPolicy],
  "CKV_AWS_3 / 189, CKV2_AWS_2": [noDisks],
  CKV2_AWS_9: [noDisks],
  "CKV_AWS_66 / 158 / 338": [absent("aws_cloudwatch_log_group")],
  "CKV_AWS_337, CKV2_AWS_34": [
    excepted("a release holds no secret, only where secrets are, nor does a hold; a plan has to show both", (stack) =>
      stack.each(
        "aws_ssm_parameter",
        ({ type, value, insecure_value: word }) =>
          type === "String" && (value === undefined ? word === "none" : /^\$\{base64gzip\(/.test(value as string)),
      ),
    ),
  ],
  "CKV_AWS_7 / 33, CKV2_AWS_64": [noKeys],
  "AWS-0028": [sessions],
  "AWS-0029": [plainUserData],
  "AWS-0131": [encrypted],
  "AWS-0008 / 0009 / 0122 / 0129 / 0130": [absent(...LAUNCH)],
  "AWS-0026 / 0027": [noDisks],
  "AWS-0099 / 0124": [described],
  "AWS-0104": [
    excepted("registries, packages and AWS have no fixed addresses: five ports lead out, and no other", (stack) =>
      stack.each(OUT, ({ from_port: port }) => [443, 80, 53, 123].includes(port as number)),
    ),
  ],
  "AWS-0107": [met(only80)],
  "AWS-0101": [noVpc],
  "AWS-0164": [absent("aws_subnet")],
  "AWS-0173 / 0178": [noVpc],
  "AWS-0344": [absent("data.aws_ami")],
  "AWS-0030 / 0031 / 0032 / 0033": [scanned, immutable, absent("aws_ecr_repository_policy"), keyOfAccount],
  "AWS-0342 / 0345 / 0346": [fewServices],
  "AWS-0143": [absent("aws_iam_user", "aws_iam_user_policy", "aws_iam_user_policy_attachment")],
  "AWS-0065": [noKeys],
  "EC2.8": [sessions],
  "EC2.9": [publicHost],
  "EC2.3 / EC2.7": [
    encrypted,
    excepted(
      "encryption by default is the account's choice; every disk here says it itself",
      (stack) => stack.all("aws_ebs_encryption_by_default").length === 0,
    ),
  ],
  "EC2.13 / EC2.14 / EC2.18 / EC2.19 / EC2.53 / EC2.54": [met(only80)],
  "EC2.12 / EC2.22": [addressesInUse, groupInUse],
  "ECR.1 / ECR.2 / ECR.3 / ECR.5": [
    scanned,
    immutable,
    met((stack) => stack.all("aws_ecr_lifecycle_policy").length === stack.all("aws_ecr_repository").length),
    keyOfAccount,
  ],
  "SSM.1": [
    met(({ actions }) =>
      ["ssm:UpdateInstanceInformation", "ssmmessages:OpenControlChannel"].every((a) => actions.includes(a)),
    ),
  ],
  "IAM.1 / IAM.21": [noWildcards],
};
