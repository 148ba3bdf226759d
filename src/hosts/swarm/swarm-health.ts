import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceTaskSpecContainerSpecHealthcheck } from "@cdktf/provider-docker/lib/service";
import type { Service } from "../../release/service.ts";
import { HTTP_PROBE } from "../../rollout/packed-script.ts";
import { lateTexts } from "../../terraform/late.ts";
import { goDuration } from "./go-duration.ts";

/** Where a task sees {@link healthScript}. */
export const HEALTH_FILE = "/slipway-health.sh";

/** What asks a task how it is, from inside of it: a swarm knows no other health than a container's own. */
export function healthScript(): string {
  return [join(__dirname, "health.sh"), HTTP_PROBE].map((path) => readFileSync(path, "utf8")).join("\n");
}

/**
 * The health check of a service as the engine asks it; without a port to ask, its own command.
 *
 * @param asked what it is asked when everything is declared, for a site may give it a name to be asked by
 */
export function swarmHealth(
  { health, port }: Service,
  asked: () => Service["health"],
): ServiceTaskSpecContainerSpecHealthcheck {
  const { kind, interval, timeout, retries, startPeriod } = health;
  return {
    test: lateTexts(() => ["CMD", ...words(asked(), port)]),
    interval: goDuration(interval),
    // a probe ends by itself and says why; what hangs all the same is ended by the engine
    timeout: goDuration(kind === "command" ? timeout : timeout + 2),
    retries,
    startPeriod: goDuration(startPeriod),
  };
}

const ABSENT = "-";

function words(health: Service["health"], port: number | undefined): string[] {
  const { kind, command, seconds, timeout, path = ABSENT, expectStatus, host = ABSENT } = health;
  if (kind === "command") return [...(command as readonly string[])];
  const script = ["sh", HEALTH_FILE, kind];
  if (kind === "running") return [...script, `${seconds}`];
  if (kind === "tcp") return [...script, `${port}`];
  return [...script, `${port}`, `${timeout}`, path, `${expectStatus ?? "2xx"}`, host];
}
