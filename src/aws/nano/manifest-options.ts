import type { IConstruct } from "constructs";
import type { ReleaseManifestOptions } from "../../host-agent/release-manifest.ts";
import { logGroupOf } from "./host-logs-options.ts";
import type { NanoHostProps } from "./nano-host-props.ts";
import { METRICS_NAMESPACE } from "./usage-alarms.ts";

/** What `host` is told beside what it serves. */
export function manifestOptions(
  host: IConstruct,
  { irreversible, unattendedReboot, usageAlarms, logs }: NanoHostProps,
  region: string,
): Pick<ReleaseManifestOptions, "irreversible" | "reboot" | "metrics" | "logs"> {
  return {
    irreversible,
    reboot: unattendedReboot?.window,
    metrics: usageAlarms && METRICS_NAMESPACE,
    logs: logs && { group: logGroupOf(host, logs), region },
  };
}
