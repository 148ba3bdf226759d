import { UnnamedStackError } from "./chosen-stack.ts";
import { context } from "./context.ts";
import { down } from "./down.ts";
import { logs, maintenance, releases, rollback, status } from "./host-verbs.ts";
import { list } from "./list.ts";
import { lock } from "./lock.ts";
import { outputs } from "./outputs.ts";
import { diff, review } from "./review.ts";
import type { Arguments, Tools } from "./tools.ts";
import { up } from "./up.ts";
import { volumes } from "./volumes.ts";

/** Loaded when it is asked for: no other verb reads YAML. */
function init(asked: Arguments, tools: Tools): Promise<number> {
  return (require("./init/init") as typeof import("./init/init.ts")).init(asked, tools);
}

const VERBS: Record<string, (asked: Arguments, tools: Tools) => Promise<number>> = {
  ...{ init, up, down, list, outputs, diff, review, lock, context, volumes },
  ...{ status, logs, releases, rollback, maintenance },
};

/** Does what was asked on a machine that is ready, and answers the exit code. */
export function perform(asked: Arguments, tools: Tools): Promise<number> {
  const verb = VERBS[asked.verb];
  if (!verb) throw new Error(`verb must be one of ${Object.keys(VERBS).join(", ")}, got ${asked.verb}`);
  return verb(asked, tools).catch((error: unknown) => {
    if (!(error instanceof UnnamedStackError)) throw error;
    console.error(`slipway: ${error.message}`);
    return 2;
  });
}
