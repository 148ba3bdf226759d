import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct, type IConstruct } from "constructs";
import { STACK_LABEL } from "../docker/docker-engine.ts";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import { describe } from "../terraform/description.ts";
import { Environment } from "../terraform/environment.ts";
import { knownProps } from "../terraform/known-props.ts";
import { lateText, lateTexts } from "../terraform/late.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { perStack } from "../terraform/per-stack.ts";
import { refuseOtherProviders } from "../terraform/provider.ts";
import { requireProviderVersion } from "../terraform/provider-range.ts";
import { owningStack } from "../terraform/stack-of.ts";
import { templateMap } from "../terraform/template-text.ts";
import { AwsRegion } from "./aws-region.ts";
import { iamPolicy, mergedStatements, type PolicyStatement } from "./iam-policy.ts";
import { MANAGED_POLICY_LIMIT, managedPolicies, policySize } from "./managed-policies.ts";

/** Where something is deployed, for a construct that stands alone in its stack. */
export interface AwsEnvironment {
  /** The account's 12 digits, as text; a literal, because it is part of addresses. @default - the stack's {@link AwsAccount} */
  readonly account?: string;
  /** The region, e.g. `eu-west-1`; a literal for the same reason. @default - the stack's {@link AwsAccount} */
  readonly region?: string;
}

/** What an {@link AwsAccount} takes. */
export interface AwsAccountProps {
  /** The account's 12 digits, as text; a literal. @default - that of the stack's `Environment` */
  readonly account?: string;
  /** The region, e.g. `eu-west-1`; a literal. @default - that of the stack's `Environment` */
  readonly region?: string;
  /** The ARN of a role to deploy with. @default - the credentials as they are */
  readonly assumeRole?: string;
  /** A profile of the AWS configuration files. @default - what the environment says */
  readonly profile?: string;
  /** Tags of everything that is made. @default - the stack's name only, and its environment's */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The tag by which everything in an account is known as some environment's. */
const ENVIRONMENT_TAG = "slipway:environment";
const ACCOUNT = /^\d{12}$/;
const ROLE = /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const PROFILE = /^\S+$/;

const accountOf = perStack((): { account?: AwsAccount } => ({}));

/**
 * The account and region that a stack deploys to: one provider block, and what everything there has in common. Why
 * declared and not asked: addresses, roles and policies are then literals that a reviewer can read, and credentials of
 * another account fail the plan instead of deploying there.
 */
export class AwsAccount extends Construct {
  /**
   * The account of the stack that `scope` belongs to; made of `place` where none is declared.
   * @throws {ConstructError} when none is known, or `place` is another one
   */
  static of(scope: IConstruct, environment: AwsEnvironment = {}): AwsAccount {
    knownProps(scope, environment, { account: true, region: true }, "AwsAccount.of");
    const { account = Environment.of(scope)?.account, region = Environment.of(scope)?.region } = environment;
    const found = accountOf(scope).account;
    if (!found && account !== undefined && region !== undefined) {
      return new AwsAccount(owningStack(scope), "aws-account", { account, region });
    }
    if (!found) {
      const property = account === undefined ? "account" : "region";
      const remedy = 'declare new AwsAccount(this, "aws", { account: "123456789012", region: "eu-west-1" }) first';
      throw new ConstructError(scope, property, `is not known: ${remedy}`);
    }
    for (const [property, value] of Object.entries({ account, region })) {
      const of = found[property as keyof AwsEnvironment];
      if (value === undefined || value === of) continue;
      const problem = `is ${value}, but the stack deploys to ${of}: give each account and region a stack of its own`;
      throw new ConstructError(scope, property, problem);
    }
    return found;
  }

  readonly account: string;
  readonly region: string;
  /** The domain of the region's services, e.g. `amazonaws.com`. */
  readonly domain: string;
  /** The first part of ARNs: `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  private readonly assumeRole?: string;
  private readonly profile?: string;
  private readonly needs: PolicyStatement[] = [];
  private readonly operatorNeeds: PolicyStatement[] = [];
  private readonly alike: { readonly names: RegExp; readonly pattern: string }[] = [];

  /** @throws {ConstructError} for an account, region or role that is none, or a second account in one stack */
  constructor(scope: Construct, id: string, declared: AwsAccountProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, declared, { account: true, region: true, assumeRole: true, profile: true, tags: true });
    const props = { ...declared, ...this.placeOf(declared) };
    const known = accountOf(this);
    if (known.account) {
      const { account, node } = known.account;
      throw new ConstructError(this, "account", `the stack deploys to ${account} already, ${node.path}`);
    }
    let region: AwsRegion | undefined;
    collectErrors([
      () => this.check("account", props.account, ACCOUNT, "must be 12 digits"),
      () => {
        region = atProperty(this, "region", () =>
          AwsRegion.parse(requireLiteral(this, "region", props.region as string)),
        );
      },
      () => this.check("assumeRole", props.assumeRole, ROLE, "must be the ARN of a role"),
      () => this.check("profile", props.profile, PROFILE, "must be one word"),
    ]);
    known.account = this;
    const { name, domain, partition } = region as AwsRegion;
    this.account = props.account as string;
    this.region = name;
    this.domain = domain;
    this.partition = partition;
    this.assumeRole = props.assumeRole;
    this.profile = props.profile;
    this.declare(owningStack(this).node.id, props.tags ?? {});
    requireProviderVersion(this, "aws");
    describe(this, "account", () => ({
      account: this.account,
      region: this.region,
      environment: Environment.of(this)?.name,
      deployer: mergedStatements(this.named(this.needs)),
    }));
  }

  /** An ARN in this account and region; `resource` as IAM writes it, e.g. `role/name`. */
  arn(service: string, resource: string): string {
    const region = service === "iam" ? "" : this.region;
    return `arn:${this.partition}:${service}:${region}:${this.account}:${resource}`;
  }

  /** What the scripts of an apply need to act as the provider does: names, never a credential. */
  get deployerEnvironment(): Record<string, string> {
    return {
      SLIPWAY_REGION: this.region,
      ...(this.assumeRole === undefined ? {} : { SLIPWAY_ROLE: this.assumeRole }),
      ...(this.profile === undefined ? {} : { AWS_PROFILE: this.profile }),
    };
  }

  /** Tells what the deployer of the stack must be allowed to do. */
  addDeployerStatements(...statements: readonly PolicyStatement[]): void {
    this.needs.push(...statements);
  }

  /**
   * Lets the policies of the deployer and of those who ask write `pattern` for the part of a resource's name that `names`
   * finds: of a hundred hosts that are alike no policy holds the names.
   */
  nameAlike(names: RegExp, pattern: string): void {
    this.alike.push({ names, pattern });
  }

  /**
   * The text of a policy that allows what deploying this stack takes, and no more.
   * @throws {ConstructError} at synth, when it is longer than a managed policy may be: take {@link deployerPolicies}
   */
  get deployerPolicy(): string {
    return lateText(() => {
      const text = iamPolicy(this.named(this.needs));
      const size = policySize(text);
      if (size <= MANAGED_POLICY_LIMIT) return text;
      const rule = `must be at most ${MANAGED_POLICY_LIMIT} characters, as a managed policy is`;
      const remedy = "take deployerPolicies, which are as many as it takes, and attach all of them";
      const problem = { subject: "policy for whoever deploys", rule, got: `${size} characters`, remedy };
      throw new ConstructError(this, "deployerPolicy", problem);
    });
  }

  /**
   * {@link deployerPolicy} as the texts of one or more managed policies, each as long as IAM takes it; they are attached
   * together to the role or user that deploys, ten at most unless AWS has raised that quota.
   */
  get deployerPolicies(): string[] {
    return lateTexts(() => managedPolicies(this.named(this.needs)));
  }

  /** Tells what whoever asks a host must be allowed to do. */
  addOperatorStatements(...statements: readonly PolicyStatement[]): void {
    this.operatorNeeds.push(...statements);
  }

  /**
   * The texts of the policies for people who ask the stack's hosts and do not deploy: Run Command by the hosts' own
   * documents, and sessions on their instances. The state of Terraform is read by other means. What concerns sessions
   * was not rehearsed: no stand-in for Session Manager was there.
   */
  get operatorPolicies(): string[] {
    return lateTexts(() => managedPolicies(this.named(this.operatorNeeds)));
  }

  private named(statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
    const named = (resource: string) =>
      this.alike.reduce((of, { names, pattern }) => of.replace(names, pattern), resource);
    if (this.alike.length === 0) return statements;
    return statements.map((each) => ({ ...each, resources: each.resources.map(named) }));
  }

  private declare(stack: string, tags: Readonly<Record<string, string>>): void {
    const provider = new AwsProvider(this, "Provider", {
      region: this.region,
      profile: this.profile,
      assumeRole: this.assumeRole === undefined ? undefined : [{ roleArn: this.assumeRole, sessionName: "slipway" }],
      defaultTags: [{ tags: templateMap({ ...tags, ...this.environmentTag, [STACK_LABEL]: stack }) }],
    });
    refuseOtherProviders(provider, "AwsAccount");
    // The provider's own allowed_account_ids would refuse as well, but names one of the two accounts only.
    const errorMessage = `the stack ${stack} is declared for account ${this.account}, but the credentials belong to account \${self.account_id}: take other credentials, or declare the other account`;
    const condition = `\${self.account_id == "${this.account}"}`;
    new DataAwsCallerIdentity(this, "Caller", { lifecycle: { postcondition: [{ condition, errorMessage }] } });
  }

  /** Where the stack's environment is, unless that says nothing. @throws {ConstructError} when `declared` is another place */
  private placeOf(declared: AwsAccountProps): Pick<AwsAccountProps, "account" | "region"> {
    const environment = Environment.of(this);
    if (environment?.account === undefined) return {};
    const { account, region } = environment;
    for (const [property, of] of Object.entries({ account, region })) {
      const value = declared[property as keyof AwsEnvironment];
      if (value === undefined || value === of) continue;
      const problem = `is ${value}, but the stack is of the environment ${environment}, which is ${of}: leave it out here, or declare another environment`;
      throw new ConstructError(this, property, problem);
    }
    return { account, region };
  }

  private get environmentTag(): Readonly<Record<string, string>> {
    const environment = Environment.of(this);
    return environment === undefined ? {} : { [ENVIRONMENT_TAG]: environment.name };
  }

  private check(property: keyof AwsAccountProps, value: string | undefined, pattern: RegExp, rule: string): void {
    if (value === undefined && property !== "account") return;
    requireLiteral(this, property, value);
    if (typeof value === "string" && pattern.test(value)) return;
    throw new ConstructError(this, property, { subject: property, rule, got: value });
  }
}
