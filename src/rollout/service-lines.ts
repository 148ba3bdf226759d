import type { HealthCheck } from "../values/health-check.ts";

/** What the core of a release is told about one service. */
export interface ServiceLine {
  readonly name: string;
  /** What tells one container of the service from another; may be a reference. */
  readonly spec: string;
  readonly port: number;
  readonly health: HealthCheck;
}

const ABSENT = "-";

/**
 * The lines `NAME SPEC PORT KIND TARGET EXPECT HOST TIMEOUT PATIENCE` that `core.sh` reads, tabs between. A service gets
 * as long as an engine would give it: the start period, and then as many tries as may fail.
 */
export function serviceLines(services: readonly ServiceLine[]): string {
  return services
    .map(({ name, spec, port, health }) => {
      const { kind, path = ABSENT, expectStatus, timeout, startPeriod, retries, interval, host = ABSENT } = health;
      const expected = kind === "http" ? (expectStatus ?? "2xx") : ABSENT;
      return `${[name, spec, port, kind, path, expected, host, timeout, startPeriod + retries * interval].join("\t")}\n`;
    })
    .join("");
}
