import { context } from "./context.ts";
import { down } from "./down.ts";
import { downExpired } from "./down-expired.ts";
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

/** Loaded when it is asked for: it reads Dockerfiles, and an engine's API. */
function images(asked: Arguments, tools: Tools): Promise<number> {
  return (require("./images/images") as typeof import("./images/images.ts")).images(asked, tools);
}

const VERBS: Record<string, (asked: Arguments, tools: Tools) => Promise<number>> = {
  down: (asked, tools) => (asked.expired ? downExpired : down)(asked, tools),
  ...{ init, up, list, outputs, diff, review, lock, context, volumes, images },
  ...{ status, logs, releases, rollback, maintenance },
};

/** Does what was asked on a machine that is ready, and answers the exit code. */
export function perform(asked: Arguments, tools: Tools): Promise<number> {
  const verb = VERBS[asked.verb];
  if (!verb) throw new Error(`verb must be one of ${Object.keys(VERBS).join(", ")}, got ${asked.verb}`);
  return verb(asked, tools);
}
