// @ts-check

/** @typedef {"root" | "ci" | "yes" | "ask" | "none"} Consent */

/**
 * Whether the machine may be changed, and who said so: root and CI mean it, `--yes` says it, a terminal can be asked;
 * otherwise nobody has.
 *
 * @param {{ uid: number | undefined, env: NodeJS.ProcessEnv, yes: boolean, interactive: boolean }} situation
 * @returns {Consent}
 */
export function consentOf({ uid, env, yes, interactive }) {
  if (yes) return "yes";
  if (isCi(env)) return "ci";
  if (uid === 0) return "root";
  return interactive ? "ask" : "none";
}

/** @param {NodeJS.ProcessEnv} env */
export function isCi(env) {
  return env.CI !== undefined && !["", "0", "false"].includes(env.CI.toLowerCase());
}
