import type { Construct, IConstruct } from "constructs";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { requireLiteral } from "../../terraform/literal.ts";
import type { OptionNames } from "../../values/known-options.ts";
import { checkResourceId, KMS_KEY } from "../resource-id.ts";

/** Where the logs of a {@link NanoHost}'s containers are kept beside the host. */
export interface HostLogsOptions {
  /** The log group's name; it is made with the host, and no other host's. @default - `/slipway/` and the host's construct path */
  readonly group?: string;
  /** For how many days CloudWatch keeps a line, one of the numbers that it knows. @default 30 */
  readonly retentionDays?: number;
  /**
   * The ARN of the KMS key that the group is encrypted with; its policy must let CloudWatch Logs use it.
   * @default - CloudWatch's own encryption
   */
  readonly kmsKey?: string;
}

const NAMES: OptionNames<HostLogsOptions> = { group: true, retentionDays: true, kmsKey: true };

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
const GROUP = /^(?!aws\/)[A-Za-z0-9._/#-]{1,512}$/;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: readonly number[] = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

/** @throws {ConstructError} for what CloudWatch would refuse, all of it together */
export function checkHostLogs(scope: Construct, options: HostLogsOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    const remedy = "write {} for a group of its own, or { retentionDays: 90 }";
    throw new ConstructError(scope, "logs", { subject: "logs", rule: "must be an object", got: options, remedy });
  }
  const { retentionDays, kmsKey } = options;
  collectErrors([
    () => knownProps(scope, options, NAMES, "logs"),
    () => {
      const name = requireLiteral(scope, "logs.group", logGroupOf(scope, options));
      if (typeof name === "string" && GROUP.test(name)) return;
      const rule = "must be 1 to 512 letters, digits and . _ / # -, and not begin with aws/";
      const remedy = 'write e.g. "/shop/production"';
      throw new ConstructError(scope, "logs.group", { subject: "log group", rule, got: name, remedy });
    },
    () => {
      if (retentionDays === undefined) return;
      if (RETENTION_DAYS.includes(requireLiteral(scope, "logs.retentionDays", retentionDays))) return;
      const rule = "must be a number of days that CloudWatch knows";
      const remedy = `write one of ${RETENTION_DAYS.join(", ")}`;
      const problem = { subject: "retention", rule, got: retentionDays, remedy };
      throw new ConstructError(scope, "logs.retentionDays", problem);
    },
    () => kmsKey === undefined || checkResourceId(scope, "logs.kmsKey", kmsKey, KMS_KEY),
  ]);
}

/** The log group of `host`, the usual one where its options name none. */
export function logGroupOf(host: IConstruct, { group }: HostLogsOptions): string {
  return group ?? `/slipway/${host.node.path}`;
}
