import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Where a rehearsal keeps what takes long to make: in the cache folder of this machine's user, never in the tree. */
export function rehearsalCache(env: NodeJS.ProcessEnv = process.env): string {
  if (env.SLIPWAY_CACHE_DIR) return join(resolve(env.SLIPWAY_CACHE_DIR), "rehearsal");
  const base = env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "slipway", "rehearsal");
}
