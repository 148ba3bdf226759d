import type { IConstruct } from "constructs";
import { knownProps } from "../terraform/known-props.ts";
import { requireWordList } from "../terraform/literal.ts";
import type { OptionNames } from "../values/known-options.ts";

/** A health check that runs inside the container with the image's own tools. */
export interface ContainerHealth {
  /** The command in exec form, e.g. `["wget", "-q", "--spider", "http://127.0.0.1:5000/"]`. */
  readonly command: readonly string[];
  /** Seconds between two checks. @default 2 */
  readonly intervalSeconds?: number;
  /** Seconds after which a check counts as failed. @default 5 */
  readonly timeoutSeconds?: number;
  /** How many failures in a row make the container unhealthy. @default 30 */
  readonly retries?: number;
  /** Seconds that the apply waits for the first success. @default 60 */
  readonly deadlineSeconds?: number;
}

export const HEALTH_OPTIONS: OptionNames<ContainerHealth> = {
  command: true,
  intervalSeconds: true,
  timeoutSeconds: true,
  retries: true,
  deadlineSeconds: true,
};

/** The provider's block for `health`. */
export function containerHealthBlock(health: ContainerHealth) {
  return {
    test: ["CMD", ...health.command],
    interval: `${health.intervalSeconds ?? 2}s`,
    timeout: `${health.timeoutSeconds ?? 5}s`,
    startPeriod: "0s",
    retries: health.retries ?? 30,
  };
}

/** @throws {ConstructError} for what no engine asks */
export function checkHealth(scope: IConstruct, health: ContainerHealth | undefined): void {
  knownProps(scope, health, HEALTH_OPTIONS, "health");
  if (health)
    requireWordList(scope, "health.command", health.command, 'write e.g. ["wget", "-q", "http://127.0.0.1/"]');
}
