import { join } from "node:path";
import type { SsmDocument } from "@cdktf/provider-aws/lib/ssm-document";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { ManifestLocals, secondsOfTasks } from "../../host-agent/manifest-locals.ts";
import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import { warnWithEveryPlan } from "../../terraform/check.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { waitLate } from "../../terraform/late.ts";
import { stagedCopy } from "../../terraform/staged-file.ts";
import { VerifiedStep } from "../../terraform/verified-step.ts";
import type { AwsAccount } from "../aws-account.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import { PARAMETER_ACTIONS, PARAMETER_LISTING } from "../parameter-actions.ts";
import { stagedScript } from "../staged-script.ts";
import { AgentDocument, anyDocumentOf } from "./agent-document.ts";
import { holdName, PARAMETER_LIMIT, releaseArns, taskLedgerName } from "./release-parameter.ts";
import type { RetainedImages } from "./retained-images.ts";

/** What the parameter says of a host that no rollback holds; the agent writes the same word. */
const NOT_HELD = "none";

/** What a {@link NanoRelease} takes. */
export interface NanoReleaseProps {
  readonly account: AwsAccount;
  /** The host's name, for messages. */
  readonly hostName: string;
  /** The parameter that keeps the releases; a literal, for it stands in the host's user data. */
  readonly parameterName: string;
  /** What the names of the host's documents begin with. */
  readonly documentName: string;
  /** A reference. */
  readonly instanceId: string;
  /** Its images in ECR. */
  readonly images: RetainedImages;
  /** Asked at synth, when every service and site is declared. */
  readonly manifest: () => ReleaseManifest;
  /** Whether the apply waits for the outcome; the host's timer finds the release otherwise. */
  readonly waitForRelease: boolean;
  readonly deadlineSeconds: number;
  /** The hosts that are told after it, for messages; asked at synth. */
  readonly next: () => readonly string[];
  /** What must be there before the host is told, e.g. its right to pull. */
  readonly dependsOn: TerraformDependency[];
}

/**
 * What a host is to serve, and the wait for it: a parameter whose versions are the releases, and two steps of one
 * script. Why two: an apply that is killed while the first one waits is recorded as done all the same; the second then
 * finds in the next apply that what should serve does not. Both see the manifest as an object, so that a plan shows
 * all of it but the digests that are not known yet.
 */
export class NanoRelease extends Construct {
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  /** The document by which the host is told; a reference. */
  readonly documentName: string;
  private readonly locals: ManifestLocals;
  private readonly parameter: SsmParameter;
  private readonly awaited = new Set<TerraformDependency>();
  private ledger?: SsmParameter;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NanoReleaseProps,
  ) {
    super(scope, id);
    const { account, parameterName } = props;
    const { agent, document } = new AgentDocument(this, "Document", { account, name: props.documentName });
    this.documentName = document.name;
    this.locals = new ManifestLocals(this, { agent, manifest: props.manifest });
    const { packed } = this.locals;
    const parameter = new SsmParameter(this, "Parameter", {
      name: parameterName,
      description: `What the host ${props.hostName} serves: one version a release`,
      type: "String",
      tier: "Intelligent-Tiering",
      value: `\${${packed}}`,
      lifecycle: {
        precondition: [
          {
            condition: `\${length(${packed}) <= ${PARAMETER_LIMIT}}`,
            errorMessage: `${props.hostName}: the release takes \${length(${packed})} characters, and a parameter holds ${PARAMETER_LIMIT}: move services to a second host, or long variables to Parameter Store`,
          },
        ],
      },
    });
    this.parameter = parameter;
    this.showHold();
    account.addOperatorStatements(
      ...runCommandStatements(account, props.documentName),
      {
        sid: "StartSession",
        actions: ["ssm:StartSession"],
        resources: [account.arn("ec2", "instance/*"), account.arn("ssm", "document/SSM-SessionManagerRunShell")],
      },
      {
        sid: "EndSession",
        actions: ["ssm:ResumeSession", "ssm:TerminateSession"],
        resources: [account.arn("ssm", "session/*")],
      },
    );
    this.ready = props.waitForRelease ? this.wait(props, parameter, document) : [parameter, document];
    account.addDeployerStatements(
      {
        sid: "ReleaseParameter",
        actions: PARAMETER_ACTIONS,
        resources: [...releaseArns(account, parameterName), account.arn("ssm", `parameter${holdName(parameterName)}`)],
      },
      PARAMETER_LISTING,
    );
  }

  /**
   * The parameter that keeps which tasks have run, a reference; made with the first task, so that a host without tasks has
   * none. Why Terraform's, when the host writes it: it goes with the host's declaration, and nothing is left behind.
   */
  get taskLedger(): string {
    const { account, hostName } = this.props;
    if (!this.ledger) {
      const name = taskLedgerName(hostName);
      this.ledger = new SsmParameter(this, "TaskLedger", {
        name,
        description: `Which tasks of the host ${hostName} have run: the host writes it`,
        type: "String",
        value: "none",
        lifecycle: { ignoreChanges: ["value", "insecure_value"] },
      });
      const resources = [account.arn("ssm", `parameter${name}`)];
      account.addDeployerStatements({ sid: "TaskLedger", actions: PARAMETER_ACTIONS, resources });
    }
    return this.ledger.name;
  }

  /** Lets the host hear of nothing before `dependencies`, e.g. an image that is to be where it pulls it. */
  waitFor(dependencies: readonly TerraformDependency[]): void {
    if (this.awaited.size === 0) waitLate(this.parameter, () => this.awaited);
    for (const each of dependencies) this.awaited.add(each);
  }

  /** The version of the parameter, which another release alone changes; a reference. */
  get version(): string {
    return this.parameter.getStringAttribute("version");
  }

  /** The digest of the service's or task's spec, made where the image is known; a reference. */
  specOf(service: string): string {
    return this.locals.specOf(service);
  }

  /**
   * Has every plan say that a rollback holds the host. Why a parameter of its own, which the host writes: a plan reads its
   * resources in any case, whereas a label on a version can be read by a data source alone, and fails where it is missing.
   */
  private showHold(): void {
    const { hostName, parameterName } = this.props;
    const hold = new SsmParameter(this, "Hold", {
      name: holdName(parameterName),
      description: `Whether a rollback holds the host ${hostName}: the host writes it`,
      type: "String",
      insecureValue: NOT_HELD,
      lifecycle: { ignoreChanges: ["value", "insecure_value"] },
    });
    const value = `aws_ssm_parameter.${hold.friendlyUniqueId}.insecure_value`;
    warnWithEveryPlan(this, {
      name: hold.friendlyUniqueId,
      condition: `${value} == "${NOT_HELD}"`,
      errorMessage: `${hostName} is held at \${${value}}: other content ends it, or the same once more by npx slipway up --retry`,
    });
  }

  private wait(props: NanoReleaseProps, parameter: SsmParameter, document: SsmDocument) {
    const { object } = this.locals;
    const { account, instanceId } = props;
    const { version } = this;
    const deploy = stagedScript(this, "nano/deploy.sh", "deploy");
    const step = new VerifiedStep(this, "Deploy", {
      command: deploy.command,
      verifyCommand: stagedScript(this, "nano/deploy.sh", "verify").command,
      triggers: { manifest: `\${${object}}`, version, instance: instanceId },
      environment: {
        ...account.deployerEnvironment,
        ...deploy.environment,
        SLIPWAY_RUN_COMMAND: stagedCopy(this, join(__dirname, "run-command.sh")),
        ...props.images.environment(this),
        SLIPWAY_KEEP: `\${${object}.keepReleases}`,
        SLIPWAY_HOST: props.hostName,
        SLIPWAY_INSTANCE: instanceId,
        SLIPWAY_DOCUMENT: document.name,
        SLIPWAY_PARAMETER: props.parameterName,
        SLIPWAY_PARAMETER_ADDRESS: `aws_ssm_parameter.${parameter.friendlyUniqueId}`,
        SLIPWAY_VERSION: version,
        SLIPWAY_RELEASE: this.locals.release,
        // absent where there are none
        SLIPWAY_NEXT: Lazy.stringValue({ produce: () => props.next().join(", ") || undefined }),
        // a host comes to its outcome when what served before has drained
        SLIPWAY_DEADLINE: Lazy.stringValue({
          produce: () => `\${${props.deadlineSeconds + secondsOfTasks(props.manifest())} + ${object}.drainSeconds}`,
        }),
      },
      dependsOn: [document, ...props.dependsOn],
      // An instance, its address and its names cannot be there twice.
      createBeforeDestroy: false,
    });
    account.addDeployerStatements(...runCommandStatements(account, props.documentName));
    return step.ready;
  }
}

/** What whoever tells the host a word must be allowed to do. */
function runCommandStatements(account: AwsAccount, documentName: string): PolicyStatement[] {
  return [
    {
      sid: "RunCommand",
      actions: ["ssm:SendCommand"],
      resources: [account.arn("ssm", anyDocumentOf(documentName)), account.arn("ec2", "instance/*")],
    },
    { sid: "RunCommandResult", actions: ["ssm:GetCommandInvocation"], resources: ["*"] },
  ];
}
