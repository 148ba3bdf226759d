import { context } from "./context.ts";
import { down } from "./down.ts";
import { logs, maintenance, releases, rollback, status } from "./host-verbs.ts";
import { lock } from "./lock.ts";
import type { Arguments, Tools } from "./tools.ts";
import { up } from "./up.ts";
import { volumes } from "./volumes.ts";

const VERBS: Record<string, (asked: Arguments, tools: Tools) => Promise<number>> = {
  ...{ up, down, lock, context, volumes },
  ...{ status, logs, releases, rollback, maintenance },
};

/** Does what was asked on a machine that is ready, and answers the exit code. */
export function perform(asked: Arguments, tools: Tools): Promise<number> {
  const verb = VERBS[asked.verb];
  if (!verb) throw new Error(`verb must be one of ${Object.keys(VERBS).join(", ")}, got ${asked.verb}`);
  return verb(asked, tools);
}
