// @ts-check
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/**
 * Where things are kept that belong to the machine and can be made again, by the XDG convention unless SLIPWAY_CACHE_DIR
 * names a folder.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheFolder(env = process.env) {
  if (env.SLIPWAY_CACHE_DIR) return resolve(env.SLIPWAY_CACHE_DIR);
  const base = env.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), ".cache"), "slipway");
}
