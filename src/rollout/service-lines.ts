import { isStopFirst, type MountedService } from "../release/mounts.ts";
import type { HealthCheck } from "../values/health-check.ts";
import { shellWord } from "../values/shell-word.ts";

/** What the core of a release is told about one service. */
export interface ServiceLine extends Pick<MountedService, "mounts"> {
  readonly name: string;
  /** What tells one container of the service from another; may be a reference. */
  readonly spec: string;
  /** @default - none: nothing reaches it */
  readonly port?: number;
  readonly health: HealthCheck;
}

const ABSENT = "-";

/**
 * The lines `NAME SPEC PORT KIND TARGET EXPECT HOST TIMEOUT PATIENCE` that `core.sh` reads, tabs between. A service gets
 * as long as an engine would give it: the start period, and then as many tries as may fail. One column more says
 * `stop-first` of a service of which one container at a time may run.
 */
export function serviceLines(services: readonly ServiceLine[]): string {
  return services
    .map(({ name, spec, port = ABSENT, health, mounts }) => {
      const { kind, expectStatus, timeout, startPeriod, retries, interval, host = ABSENT } = health;
      const expected = kind === "http" ? (expectStatus ?? "2xx") : ABSENT;
      const patience = startPeriod + retries * interval;
      const order = isStopFirst({ mounts }) ? ["stop-first"] : [];
      return `${[name, spec, port, kind, targetOf(health), expected, host, timeout, patience, ...order].join("\t")}\n`;
    })
    .join("");
}

/** What is asked for: a path, the words of a command as a shell reads them, or seconds. */
function targetOf({ path, command, seconds }: HealthCheck): string {
  return path ?? command?.map(shellWord).join(" ") ?? (seconds === undefined ? ABSENT : `${seconds}`);
}
